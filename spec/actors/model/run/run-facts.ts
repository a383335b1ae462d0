import fc from 'fast-check';
import { fact, type HistoryEvent, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { RunId, Timestamp } from '../../../../actors/protocol/facts/ids.ts';

const at = 1 as Timestamp;
const few = fc.constantFrom('a', 'b', 'c');

export const runId = '00000000-0000-7000-8000-000000000001' as RunId;

/** Facts as the events of a run, in its order. */
export const asEvents = (facts: readonly RunFact[]): readonly HistoryEvent[] =>
  facts.map((next, index) => ({
    position: index + 1,
    runId,
    run: 1,
    seq: index + 1,
    type: next.type,
    payload: next.payload,
    occurredAt: next.occurredAt,
    recordedAt: next.occurredAt,
  }));

/** Any fact of a run, those that make no sense where they come included. */
export const runFacts: fc.Arbitrary<RunFact> = fc.oneof(
  fc.constant(fact('prompt', { text: 'Do it', origin: 'prompt' }, at)),
  fc.constant(fact('message', { text: 'words' }, at)),
  fc
    .constantFrom('starting', 'running', 'running', 'completed', 'interrupted', 'failed')
    .map((status) => fact('status', { status, reason: 'a reason', stopReason: 'end_turn' }, at)),
  few.map((toolCallId) => fact('tool_call', { toolCallId }, at)),
  few.map((toolCallId) => fact('tool_result', { toolCallId, status: 'completed' }, at)),
  few.map((approvalId) => fact('approval_requested', { approvalId, toolCallId: 'a', title: 'T', options: [] }, at)),
  few.map((approvalId) => fact('approval_resolved', { approvalId, outcome: 'allowed', by: 'person' }, at)),
  fc.constantFrom(1, 2, 3).map((attempt) => fact('interrupt_requested', { attempt }, at)),
  fc.constant(fact('error', { code: 'agent.exited', message: 'it exited' }, at)),
);
