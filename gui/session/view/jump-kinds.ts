/** What one can jump to, with the event types that mean it. */
export const jumpKinds = {
  attention: { name: 'Errors and approvals', types: ['error', 'approval_requested'] },
  prompt: { name: 'Prompts', types: ['prompt'] },
  message: { name: 'Messages', types: ['message'] },
  tool: { name: 'Tool calls', types: ['tool_call'] },
  plan: { name: 'Plans', types: ['plan'] },
  status: { name: 'Changes of status', types: ['status'] },
} as const satisfies Record<string, { readonly name: string; readonly types: readonly string[] }>;

export type JumpKind = keyof typeof jumpKinds;
