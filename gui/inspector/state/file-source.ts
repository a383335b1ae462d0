/** A file of inspection events as a source of steps: no session, no runtime, nothing that is live. */

import { type InspectedRun, readInspectionEvents } from '../../../actors/model/inspection/exchange.ts';
import type { InspectedContext, RunOverview, Step } from '../../../actors/protocol/gateway/inspection.ts';
import { stateName } from '../model/state-words.ts';
import { withContexts } from '../model/step-book.ts';
import type { InspectorSource } from './inspector-source.ts';

const maxFileBytes = 64_000_000;

/** What was read of a file. */
export type OpenedFile = { readonly name: string; readonly run: InspectedRun };

/** Reads a file; raises an error that says what is wrong with it. */
export const readInspectionFile = async (file: File): Promise<OpenedFile> => {
  if (file.size > maxFileBytes) {
    throw new Error(
      `the file has ${Math.ceil(file.size / 1_000_000)} MB, and at most ${maxFileBytes / 1_000_000} can be opened`,
    );
  }
  const run = readInspectionEvents(await file.text());
  if (run.steps.length === 0) throw new Error('the file holds no step');
  return { name: file.name, run };
};

/** Its steps are numbered anew, from 1: what a file says of itself may have gaps. */
export const fileSource = ({ run: { before, steps: read } }: OpenedFile): InspectorSource => {
  const steps = read.map((step, index): Step => ({ ...step, event: { ...step.event, run: 1, seq: index + 1 } }));
  // A machine of another program remembers other things; they are shown as they are.
  const context = before.context as InspectedContext;
  const shown = withContexts({ before: { context }, steps });
  return {
    runs: async () => [{ run: 1, events: steps.length, outcome: 'completed' }],
    overview: async () => overviewOf(steps),
    steps: async (run, after, limit) => ({
      run,
      lastSeq: steps.length,
      before: { active: [...before.active], context: shown[after]?.before ?? context },
      steps: steps.slice(after, after + limit),
    }),
    payload: async ({ seq }) => steps[seq - 1]?.event.payload ?? null,
    live: null,
  };
};

const overviewOf = (steps: readonly Step[]): RunOverview => ({
  run: 1,
  runId: steps[0]?.event.runId ?? '',
  lastSeq: steps.length,
  upTo: steps.length,
  stays: steps
    .filter(({ from, to }) => from.join() !== to.join())
    .map(({ event, to, taken }) => ({ seq: event.seq, at: event.occurredAt, states: to, by: taken })),
  marks: steps.flatMap((step) => {
    const kind = markOf(step);
    return kind === null ? [] : [{ seq: step.event.seq, at: step.event.occurredAt, kind }];
  }),
});

const markByType: Readonly<Record<string, RunOverview['marks'][number]['kind']>> = {
  error: 'error',
  approval_requested: 'approval',
  interrupt_requested: 'interrupt',
};
const ends = new Set(['completed', 'interrupted', 'failed']);

const markOf = ({ event, from, to }: Step) =>
  markByType[event.type] ??
  (from.join() !== to.join() && to.some((id) => ends.has(stateName(id))) ? ('end' as const) : null);
