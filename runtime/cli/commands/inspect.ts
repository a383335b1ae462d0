import { readFile, writeFile } from 'node:fs/promises';
import {
  type InspectedRun,
  readInspectionEvents,
  toInspectionEvents,
} from '../../../actors/model/inspection/exchange.ts';
import { runStatechart } from '../../../actors/model/inspection/replay.ts';
import { drawStatechart } from '../../../actors/model/inspection/statechart/draw-statechart.ts';
import { drawnRunStatechart } from '../../../actors/model/inspection/statechart/drawn-statechart.ts';
import { svgText } from '../../../actors/model/inspection/statechart/svg-text.ts';
import { asThroughlineError, codeOf, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type Ordinal, toOrdinal } from '../../../actors/protocol/facts/ids.ts';
import { maxStepsOfPage, type RunOverview, type StepPage } from '../../../actors/protocol/gateway/inspection.ts';
import type { Queries } from '../../../actors/reader/open-queries.ts';
import { resolveSession, withQueries } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { standingAt, standingLines } from '../render/standing.ts';
import { createStepTable } from '../render/step-table.ts';

export type InspectOptions = {
  readonly run?: number;
  readonly at?: { readonly run: number; readonly seq: number };
  readonly all?: boolean;
  readonly svg?: string;
  readonly export?: string;
};

/** A run of a session, with what reads it. */
type Inspected = {
  readonly queries: Queries;
  readonly reference: { readonly id: Parameters<Queries['session']>[0]; readonly run: Ordinal };
  readonly name: string;
};

/**
 * `inspect ID`: the steps of a run's machine, or where it stood at one of them. Raises `run.not_found`, and
 * `input.invalid` for a step the run does not have.
 */
export const inspect = async (invocation: Invocation, given: string, options: InspectOptions): Promise<ExitCode> => {
  const { id, row } = await resolveSession(invocation, given);
  const run = toOrdinal(options.at?.run ?? options.run ?? row.runCount);
  return withQueries(invocation, async (queries) => {
    const inspected: Inspected = { queries, reference: { id, run }, name: row.name };
    if (options.export !== undefined) await exportSteps(invocation, inspected, options.export);
    if (options.svg !== undefined) await drawStep(invocation, inspected, options.at?.seq ?? null, options.svg);
    if (options.export === undefined && options.svg === undefined) await showSteps(invocation, inspected, options);
    return exitCodes.done;
  });
};

/** `inspect --file FILE`: the steps of a file of inspection events, ours or another tool's. */
export const inspectFile = async (invocation: Invocation, path: string, all: boolean): Promise<ExitCode> => {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new ThroughlineError('input.invalid', `${path} cannot be read: ${asThroughlineError(cause).message}`, {
      hint: 'name a file that `inspect --export` or another tool wrote',
      cause,
    });
  });
  const read: InspectedRun = readInspectionEvents(text);
  const { terminal, json } = invocation;
  if (json) for (const step of read.steps) await terminal.writeJson(step);
  else {
    const table = createStepTable({ colours: terminal.colours, all, machine: read.machine });
    await terminal.write(table.heading(read.name, null));
    for (const step of read.steps) await terminal.write(table.show(step));
    await terminal.write(table.end());
  }
  return exitCodes.done;
};

const showSteps = async (invocation: Invocation, inspected: Inspected, options: InspectOptions): Promise<void> => {
  const { terminal, json } = invocation;
  if (options.at !== undefined) {
    const standing = standingAt(stepAt(inspected, options.at.seq), {
      stays: staysUpTo(inspected, options.at.seq),
      beganAt: stepAt(inspected, 1).steps[0]?.event.occurredAt ?? 0,
    });
    if (json) await terminal.writeJson(standing);
    else await terminal.write(standingLines(standing, terminal.colours));
    return;
  }
  const table = createStepTable({
    colours: terminal.colours,
    all: options.all === true,
    machine: runStatechart.id,
  });
  let isFirst = true;
  for (const page of pagesOf(inspected)) {
    // Only now is it known that there is such a run.
    if (isFirst && !json) await terminal.write(table.heading(inspected.name, inspected.reference.run));
    isFirst = false;
    for (const step of page.steps) {
      if (json) await terminal.writeJson(step);
      else await terminal.write(table.show(step));
    }
  }
  if (!json) await terminal.write(table.end());
};

const exportSteps = async (invocation: Invocation, inspected: Inspected, path: string): Promise<void> => {
  const { queries, reference, name } = inspected;
  const { runId } = queries.overview(reference, 0);
  const lines = toInspectionEvents({ name, runId, statechart: runStatechart }, pagesOf(inspected));
  if (path === '-') {
    for (const line of lines) await invocation.terminal.writeJson(line);
    return;
  }
  const text = [...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  await writeNew(path, text);
  await invocation.terminal.writeLine(`Wrote ${path}`);
};

/** The picture with the state at a step lit; at the run's last without one. */
const drawStep = async (
  invocation: Invocation,
  inspected: Inspected,
  seq: number | null,
  path: string,
): Promise<void> => {
  const last = seq ?? inspected.queries.overview(inspected.reference, 0).lastSeq;
  const stays = staysUpTo(inspected, last);
  const { active, step } = standingAt(stepAt(inspected, last), { stays, beganAt: 0 });
  const counts = new Map<string, number>();
  for (const transition of stays.flatMap(({ by }) => by)) counts.set(transition, (counts.get(transition) ?? 0) + 1);
  const picture = drawStatechart(drawnRunStatechart, { active: new Set(active), taken: new Set(step.taken), counts });
  if (path === '-') {
    await invocation.terminal.write(svgText(picture));
    return;
  }
  await writeNew(path, svgText(picture));
  await invocation.terminal.writeLine(`Wrote ${path}`);
};

/** Raises `input.invalid` when something is there already: what a person has is never written over. */
const writeNew = async (path: string, text: string): Promise<void> => {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    const { message } = asThroughlineError(cause);
    const why = codeOf(cause) === 'EEXIST' ? `${path} is there already` : `${path} cannot be written: ${message}`;
    throw new ThroughlineError('input.invalid', why, { hint: 'name another file, or - for standard output', cause });
  }
};

/** The page that holds one step and the machine before it. */
const stepAt = ({ queries, reference }: Inspected, seq: number): StepPage => {
  const page = queries.steps(reference, { after: seq - 1, limit: 1 });
  if (page.steps.length > 0) return page;
  throw new ThroughlineError('input.invalid', `run ${reference.run} has no event ${seq}; it has ${page.lastSeq}`, {
    hint: 'a place is RUN:SEQ, for example 1:5',
  });
};

function* pagesOf({ queries, reference }: Inspected): Generator<StepPage> {
  for (let after = 0; ; ) {
    const page = queries.steps(reference, { after, limit: maxStepsOfPage });
    yield page;
    const last = page.steps.at(-1);
    if (last === undefined || last.event.seq >= page.lastSeq) return;
    after = last.event.seq;
  }
}

/** Every change of state up to a seq, put together from the parts of the overview. */
const staysUpTo = ({ queries, reference }: Inspected, seq: number): RunOverview['stays'] => {
  const stays: RunOverview['stays'] = [];
  for (let after = 0; after < seq; ) {
    const part = queries.overview(reference, after);
    stays.push(...part.stays.filter((stay) => stay.seq <= seq));
    if (part.upTo >= part.lastSeq) break;
    after = part.upTo;
  }
  return stays;
};
