import * as fc from 'fast-check';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { RunId } from '../../../actors/protocol/facts/ids.ts';

export const event = (run: number, seq: number, type: string, payload: unknown = {}): HistoryEvent => ({
  position: run * 10_000 + seq,
  runId: `run-${run}` as RunId,
  run,
  seq,
  type,
  payload,
  occurredAt: 1_000_000 + run * 100_000 + seq * 100,
  recordedAt: 1_000_000 + run * 100_000 + seq * 100,
});

/** A run's events from types and payloads, numbered from 1. */
export const runOf = (run: number, facts: readonly (readonly [string, unknown])[]): readonly HistoryEvent[] =>
  facts.map(([type, payload], index) => event(run, index + 1, type, payload));

const toolId = fc.constantFrom('a', 'b', 'c');
const approvalId = fc.constantFrom('p', 'q');
const words = fc.string({ maxLength: 12 });

const anyFact: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ text: words, messageId: fc.option(toolId, { nil: undefined }) })
      .map((p) => ['message', p] as const),
  },
  { weight: 3, arbitrary: fc.record({ text: words }).map((p) => ['thinking', p] as const) },
  {
    weight: 4,
    arbitrary: fc
      .record({ toolCallId: toolId, title: words, outputAppended: fc.record({ text: words }) })
      .map((p) => ['tool_call', p] as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ toolCallId: toolId, status: fc.constantFrom('completed', 'failed') })
      .map((p) => ['tool_result', p] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ approvalId, toolCallId: toolId, title: words, options: fc.constant([]) })
      .map((p) => ['approval_requested', p] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ approvalId, outcome: fc.constantFrom('allowed', 'expired'), by: fc.constant('person') })
      .map((p) => ['approval_resolved', p] as const),
  },
  fc
    .record({ entries: fc.array(fc.record({ content: words, status: words }), { maxLength: 3 }) })
    .map((p) => ['plan', p] as const),
  fc
    .record({ status: fc.constantFrom('starting', 'running', 'completed', 'failed') })
    .map((p) => ['status', p] as const),
  fc.constant(['usage', { used: 5 }] as const),
  fc.constant(['note', { note: 'hello' }] as const),
  fc.constant(['commands', { commands: [] }] as const),
  fc.constant(['options', { options: [] }] as const),
  fc.constant(['retry', { attempt: 1, message: 'again' }] as const),
  fc.constant(['recap', { text: { text: 'before' }, reason: 'lost' }] as const),
  fc.constant(['message', { text: '', parts: [{ type: 'image', bytes: 1, sha256: 'x' }] }] as const),
  fc.constant(['error', { code: 'x', message: 'y' }] as const),
  fc.constant(['prompt', { text: 'go', origin: 'prompt' }] as const),
  fc.constant(['interrupt_requested', { attempt: 1 }] as const),
  fc.tuple(fc.constantFrom('message', 'tool_call', 'from_the_future', 'plan'), fc.jsonValue()),
);

/** Histories of several runs, with whatever a log may hold in whatever order. */
export const anyHistory: fc.Arbitrary<readonly HistoryEvent[]> = fc
  .array(fc.array(anyFact, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 4 })
  .map((runs) => runs.flatMap((facts, run) => runOf(run, facts)));
