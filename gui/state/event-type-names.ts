/** The kinds of events a person searches for, as they are called in the window. */
export const eventTypeNames = {
  prompt: 'Prompts',
  message: 'Messages',
  thinking: 'Thinking',
  'tool_call,tool_result': 'Tools',
  plan: 'Plans',
  approval_requested: 'Approvals',
  error: 'Errors',
} as const;

const singular: Readonly<Record<string, string>> = {
  prompt: 'Prompt',
  message: 'Message',
  thinking: 'Thinking',
  tool_call: 'Tool',
  tool_result: 'Tool result',
  plan: 'Plan',
  approval_requested: 'Approval',
  approval_resolved: 'Approval',
  error: 'Error',
  status: 'Status',
  note: 'Note',
  session_created: 'Session',
  session_renamed: 'Session',
  session_archived: 'Session',
};

/** One event's kind in a word; a type of a newer program is called by its own name. */
export const eventTypeName = (type: string): string => singular[type] ?? type.replaceAll('_', ' ');
