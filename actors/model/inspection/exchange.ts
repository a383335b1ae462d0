/**
 * A run's steps in the shape of XState's inspection events, as @statelyai/inspect sends them (`@xstate.actor`,
 * `@xstate.event`, `@xstate.snapshot`), one JSON object a line: other tools can read ours, and theirs can be viewed
 * here. What that shape has no place for (guards, transitions, actions) stands in a field of ours, `step`.
 */
import * as z from 'zod';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import type { HistoryEvent } from '../../protocol/facts/events.ts';
import { writtenRunId } from '../../protocol/facts/id-schemas.ts';
import {
  type ContextChange,
  consideredTransition,
  type PlainValue,
  type Step,
  type StepPage,
} from '../../protocol/gateway/inspection.ts';
import { applyChanges } from './apply-changes.ts';
import { activeStates, type Statechart } from './statechart/statechart.ts';

/** The version of the shape that is written; that of @statelyai/inspect whose types it follows. */
const shapeVersion = '0.7.2';
const maxFileCharacters = 200_000_000;
const maxSteps = 200_000;

type Context = Readonly<Record<string, unknown>>;

/** A run, or what a file says was one: where its machine stood, and each step from there. */
export type InspectedRun = {
  readonly name: string;
  /** The id of the machine, which is the root of its states' ids. */
  readonly machine: string;
  readonly before: { readonly active: readonly string[]; readonly context: Context };
  readonly steps: readonly Step[];
};

const snapshot = z.looseObject({
  status: z.string().optional(),
  value: z.unknown().optional(),
  context: z.record(z.string(), z.unknown()).optional(),
});
const base = z.looseObject({
  rootId: z.string().optional(),
  /** Of ours a run's id; another tool's actors have other names. */
  sessionId: writtenRunId,
  createdAt: z.union([z.string(), z.number()]),
});
const event = z.looseObject({ type: z.string(), payload: z.unknown().optional() });
const stepDetails = z.object({
  heard: z.boolean(),
  considered: z.array(consideredTransition),
  taken: z.array(z.string()),
  actions: z.array(z.string()),
});
const inspectionEvent = z.discriminatedUnion('type', [
  base.extend({
    type: z.literal('@xstate.actor'),
    name: z.string(),
    snapshot: snapshot.optional(),
    definition: z.string().optional(),
  }),
  base.extend({ type: z.literal('@xstate.event'), event }),
  base.extend({ type: z.literal('@xstate.snapshot'), event, snapshot, step: stepDetails.optional() }),
]);
type InspectionEvent = z.infer<typeof inspectionEvent>;

/**
 * The steps of a run as inspection events, in order; each is one line of the file. `pages` are the run's pages of
 * steps, from its first.
 */
export function* toInspectionEvents(
  run: { readonly name: string; readonly runId: string; readonly statechart: Statechart },
  pages: Iterable<StepPage>,
): Generator<Readonly<Record<string, unknown>>> {
  const { statechart } = run;
  let context: Context | null = null;
  for (const page of pages) {
    if (context === null) {
      context = page.before.context;
      yield {
        type: '@xstate.actor',
        name: run.name,
        ...placed(run.runId, 'actor', page.steps[0]?.event.occurredAt ?? 0),
        snapshot: { status: 'active', value: machineValue(statechart.id, page.before.active), context },
        definition: JSON.stringify(statechart),
      };
    }
    for (const step of page.steps) {
      const { type, payload, position, seq, occurredAt, recordedAt } = step.event;
      const spoken = { type, payload, position, run: step.event.run, seq, occurredAt, recordedAt };
      context = applyChanges(context as StepPage['before']['context'], step.changes);
      yield { type: '@xstate.event', event: spoken, ...placed(run.runId, `${seq} event`, occurredAt) };
      yield {
        type: '@xstate.snapshot',
        event: spoken,
        ...placed(run.runId, `${seq} snapshot`, occurredAt),
        snapshot: {
          status: isFinal(statechart, step.to) ? 'done' : 'active',
          value: machineValue(statechart.id, step.to),
          context,
        },
        step: { heard: step.heard, considered: step.considered, taken: step.taken, actions: step.actions },
      };
    }
  }
}

/**
 * Reads such a file: one of ours, or what another tool wrote of any machine. Of several actors in it the first is taken.
 * Raises `input.invalid`, which names the line, for text that is no such file.
 */
export const readInspectionEvents = (text: string): InspectedRun => {
  if (text.length > maxFileCharacters) throw invalid(`it is larger than ${maxFileCharacters / 1_000_000} MB`);
  let actor: Extract<InspectionEvent, { type: '@xstate.actor' }> | null = null;
  let machine = 'machine';
  let active: readonly string[] = [];
  let context: Context = {};
  let before: InspectedRun['before'] | null = null;
  const steps: Step[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = readLine(line, index + 1);
    if (read.type === '@xstate.actor') {
      if (actor !== null) continue;
      actor = read;
      machine = machineOf(read.definition) ?? read.name;
      active = statesOf(machine, read.snapshot?.value);
      context = read.snapshot?.context ?? {};
      before = { active, context };
      continue;
    }
    if (read.type !== '@xstate.snapshot' || (actor !== null && read.sessionId !== actor.sessionId)) continue;
    if (steps.length >= maxSteps) throw invalid(`it has more than ${maxSteps} steps`);
    before ??= { active: statesOf(machine, read.snapshot.value), context: read.snapshot.context ?? {} };
    const next = statesOf(machine, read.snapshot.value);
    const nextContext = read.snapshot.context ?? {};
    const details = read.step ?? { heard: true, considered: [], taken: [], actions: [] };
    steps.push({
      event: historyEventOf(read, steps.length + 1),
      omittedPayload: null,
      from: [...innermostOf(active)],
      to: [...innermostOf(next)],
      ...details,
      changes: [...changesBetween(context, nextContext)],
    });
    active = next;
    context = nextContext;
  }
  if (before === null) throw invalid('it has no @xstate.actor and no @xstate.snapshot event');
  return { name: actor?.name ?? machine, machine, before, steps };
};

const placed = (runId: string, id: string, at: number) => ({
  rootId: runId,
  sessionId: runId,
  createdAt: new Date(at).toISOString(),
  id: `${runId} ${id}`,
  _version: shapeVersion,
});

const readLine = (line: string, number: number): InspectionEvent => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw invalid(`line ${number} is no JSON`, cause);
  }
  const parsed = inspectionEvent.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(`line ${number} is no inspection event`, parsed.error);
};

const invalid = (why: string, cause?: unknown): ThroughlineError =>
  new ThroughlineError('input.invalid', `this is no file of inspection events: ${why}`, {
    hint: 'it is JSON lines of @xstate.actor, @xstate.event and @xstate.snapshot; `inspect --export` writes one',
    cause,
  });

const definitionOf = z.looseObject({ id: z.string() });

const machineOf = (definition: string | undefined): string | null => {
  if (definition === undefined) return null;
  try {
    return definitionOf.parse(JSON.parse(definition)).id;
  } catch {
    return null;
  }
};

const statesOf = (machine: string, value: unknown): readonly string[] => activeStates(machine, value);

const innermostOf = (active: readonly string[]): readonly string[] =>
  active.filter((id) => !active.some((other) => other.startsWith(`${id}.`)));

const isFinal = ({ states }: Statechart, ids: readonly string[]): boolean =>
  states.some(({ id, kind }) => kind === 'final' && ids.includes(id));

/** XState's value of a machine that is in these states: `{ running: 'working' }`. */
const machineValue = (root: string, active: readonly string[]): unknown => {
  type Regions = { [name: string]: Regions };
  const regions: Regions = {};
  for (const id of active) {
    let at = regions;
    for (const name of id.slice(root.length + 1).split('.')) {
      if (name === '') continue;
      at[name] ??= {};
      at = at[name];
    }
  }
  const value = (of: Regions): unknown => {
    const names = Object.keys(of);
    const [only = ''] = names;
    if (names.length === 1 && Object.keys(of[only] ?? {}).length === 0) return only;
    return Object.fromEntries(names.map((name) => [name, value(of[name] ?? {})]));
  };
  return value(regions);
};

const historyEventOf = (read: Extract<InspectionEvent, { type: '@xstate.snapshot' }>, index: number): HistoryEvent => {
  const { type, payload, ...rest } = read.event;
  const at = new Date(read.createdAt).getTime();
  const number = (key: string, otherwise: number): number => {
    const given = rest[key];
    return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0 ? given : otherwise;
  };
  const occurredAt = number('occurredAt', Number.isNaN(at) ? 0 : at);
  return {
    position: Math.max(1, number('position', index)),
    runId: read.sessionId,
    run: number('run', 1),
    seq: Math.max(1, number('seq', index)),
    type,
    // An event of another machine has its fields beside its type.
    payload: payload === undefined ? rest : payload,
    occurredAt,
    recordedAt: number('recordedAt', occurredAt),
  };
};

/** How any context changed, field by field; what is neither text, number nor list of text is compared as JSON. */
const changesBetween = (before: Context, after: Context): readonly ContextChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): readonly ContextChange[] => {
    const [had, has] = [before[key], after[key]];
    if (JSON.stringify(had) === JSON.stringify(has)) return [];
    if (isTexts(had) && isTexts(has)) {
      const kept = had.filter((item) => has.includes(item));
      if (kept.every((item, index) => has[index] === item)) {
        return [{ key, added: has.slice(kept.length), removed: had.filter((item) => !has.includes(item)) }];
      }
    }
    return [{ key, before: plain(had), after: plain(has) }];
  });

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const plain = (value: unknown): PlainValue => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
};
