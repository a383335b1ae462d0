/** Events that make sense from where a machine stands, ready to be sent to a copy of it. */
import type { Standing } from '../../../actors/protocol/gateway/inspection.ts';
import { stateName } from './state-words.ts';

export type EventTemplate = { readonly name: string; readonly type: string; readonly payload: unknown };

export const templatesFor = ({ active, context }: Standing): readonly EventTemplate[] => {
  const isIn = (name: string): boolean => active.some((id) => stateName(id) === name);
  const hasEnded = ['completed', 'interrupted', 'failed'].some(isIn);
  return [
    ...(isIn('queued') ? [prompt, status('starting', 'The agent is being started')] : []),
    ...(isIn('starting') ? [status('running', 'The agent is ready')] : []),
    ...context.openApprovals.flatMap((id) => [approve(id), deny(id)]),
    ...(isIn('working') ? [approvalRequest(context.openApprovals), toolCall] : []),
    ...context.openToolCalls.map(toolResult),
    ...(hasEnded ? [] : [interrupt(Math.min(3, context.interruptAttempts + 1))]),
    ...(hasEnded ? [prompt] : ends),
  ];
};

const prompt: EventTemplate = { name: 'A prompt', type: 'prompt', payload: { text: 'What if?', origin: 'prompt' } };

const status = (word: string, name: string): EventTemplate => ({ name, type: 'status', payload: { status: word } });

const resolution = (approvalId: string, outcome: string) => ({ approvalId, outcome, by: 'person' });
const approve = (id: string): EventTemplate => ({
  name: `Allow ${short(id)}`,
  type: 'approval_resolved',
  payload: resolution(id, 'allowed'),
});
const deny = (id: string): EventTemplate => ({
  name: `Deny ${short(id)}`,
  type: 'approval_resolved',
  payload: resolution(id, 'denied'),
});

const approvalRequest = (open: readonly string[]): EventTemplate => ({
  name: 'The agent asks for approval',
  type: 'approval_requested',
  payload: {
    approvalId: `what-if-${open.length + 1}`,
    toolCallId: 'what-if',
    title: 'What if?',
    options: [{ optionId: 'allow', name: 'Allow', kind: 'allow_once' }],
  },
});

const toolCall: EventTemplate = {
  name: 'The agent calls a tool',
  type: 'tool_call',
  payload: { toolCallId: 'what-if', title: 'What if?', kind: 'execute' },
};

const toolResult = (id: string): EventTemplate => ({
  name: `Result of ${short(id)}`,
  type: 'tool_result',
  payload: { toolCallId: id, status: 'completed' },
});

const interrupt = (attempt: number): EventTemplate => ({
  name: attempt === 1 ? 'Interrupt' : attempt === 2 ? 'Interrupt once more' : 'End the agent',
  type: 'interrupt_requested',
  payload: { attempt },
});

const ends: readonly EventTemplate[] = [
  { name: 'The run completes', type: 'status', payload: { status: 'completed', stopReason: 'end_turn' } },
  { name: 'The run is interrupted', type: 'status', payload: { status: 'interrupted', stopReason: 'cancelled' } },
  { name: 'The run fails', type: 'status', payload: { status: 'failed', reason: 'What if it failed?' } },
];

const mostCharacters = 24;
const short = (id: string): string => (id.length <= mostCharacters ? id : `${id.slice(0, mostCharacters - 1)}…`);
