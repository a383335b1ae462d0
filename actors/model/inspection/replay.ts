/**
 * A run's events as the steps of its machine: what each one met, which transition it took, what that named and what
 * changed, which is the inspector's time travel. Pure, and the same for the inspector, the command line and `verify`;
 * the live machine is told the same facts and makes the same steps.
 */
import { type AnyTransitionDefinition, getNextTransitions } from 'xstate';
import { type HistoryEvent, isRunFact, parseFact, type RunFact } from '../../protocol/facts/events.ts';
import { toTimestamp } from '../../protocol/facts/ids.ts';
import type { ContextChange, InspectedContext, PlainValue, Standing, Step } from '../../protocol/gateway/inspection.ts';
import { afterFact, beginningOfRun, machineHears } from '../run/fold-run.ts';
import { type RunContext, type RunSnapshot, runMachine } from '../run/machine.ts';
import { activeStates, describeMachine, guardName, idOfTransition } from './statechart/statechart.ts';

/** The session machine, described. */
export const runStatechart = describeMachine(runMachine);

const statesById = new Map(runStatechart.states.map((state) => [state.id, state]));
const transitionsById = new Map(runStatechart.transitions.map((transition) => [transition.id, transition]));

type Guard = (given: { context: RunContext; event: RunFact }) => boolean;

/** The step that an event is for a machine standing at `snapshot`, and where it stands then. */
export const replayEvent = (
  snapshot: RunSnapshot,
  event: HistoryEvent,
): { readonly step: Step; readonly snapshot: RunSnapshot } => {
  const fact = factOf(event);
  const next = fact === null ? snapshot : afterFact(snapshot, fact);
  const from = innermost(snapshot);
  if (fact === null || snapshot.status !== 'active' || !machineHears(fact.type)) {
    return { step: { ...passingBy(event), from: [...from], to: [...from] }, snapshot };
  }
  const taken = runMachine.getTransitionData(snapshot, fact).map(idOfTransition);
  const step: Step = {
    event,
    omittedPayload: null,
    heard: true,
    from: [...from],
    to: [...innermost(next)],
    considered: considered(snapshot, fact),
    taken,
    actions: [...actionsNamed(snapshot, next, taken)],
    changes: [...changesBetween(snapshot.context, next.context)],
  };
  return { step, snapshot: next };
};

/** The steps of a run from its first event, or from where a machine stands. */
export function* replay(events: Iterable<HistoryEvent>, from: RunSnapshot = beginningOfRun()): Generator<Step> {
  let snapshot = from;
  for (const event of events) {
    const made = replayEvent(snapshot, event);
    snapshot = made.snapshot;
    yield made.step;
  }
}

/** Where a machine stands, as it is shown. */
export const standingOf = (snapshot: RunSnapshot): Standing => ({
  active: [...activeStates(runStatechart.id, snapshot.value)],
  context: contextOf(snapshot),
});

/** The innermost states that a machine is in. */
export const innermost = (snapshot: RunSnapshot): readonly string[] =>
  activeStates(runStatechart.id, snapshot.value).filter(
    (id) => statesById.get(id)?.kind !== 'compound' && statesById.get(id)?.kind !== 'parallel',
  );

const factOf = (event: HistoryEvent): RunFact | null => {
  const fact = parseFact(event.type, event.payload, toTimestamp(event.occurredAt));
  return fact !== null && isRunFact(fact) ? fact : null;
};

const passingBy = (event: HistoryEvent): Omit<Step, 'from' | 'to'> => ({
  event,
  omittedPayload: null,
  heard: false,
  considered: [],
  taken: [],
  actions: [],
  changes: [],
});

const contextOf = ({ context }: RunSnapshot): InspectedContext => {
  const { cancelRetryMs, interruptDeadlineMs, ...shown } = context;
  return { ...shown, openApprovals: [...shown.openApprovals], openToolCalls: [...shown.openToolCalls] };
};

/**
 * The transitions that the machine looks at for this fact, innermost state first, up to the one that is taken. For a
 * machine without parallel regions, which ours is.
 */
const considered = (snapshot: RunSnapshot, fact: RunFact): Step['considered'] => {
  const looked: Step['considered'] = [];
  for (const transition of getNextTransitions(snapshot)) {
    if (transition.eventType !== fact.type) continue;
    const passed = lets(transition, snapshot, fact);
    looked.push({ transition: idOfTransition(transition), guard: guardName(transition), passed });
    if (passed) break;
  }
  return looked;
};

const lets = (transition: AnyTransitionDefinition, { context }: RunSnapshot, event: RunFact): boolean => {
  const name = guardName(transition);
  if (name === null) return true;
  const guard = runMachine.implementations.guards[name as keyof typeof runMachine.implementations.guards];
  // Every guard of the machine is a function of context and event, which XState's own type of them leaves open.
  return (guard as unknown as Guard)({ context, event });
};

/** As XState carries them out: what is left, from the inside; the transition's own; what is entered, from the outside. */
const actionsNamed = (before: RunSnapshot, after: RunSnapshot, taken: readonly string[]): readonly string[] => {
  const left = activeStates(runStatechart.id, before.value);
  const entered = activeStates(runStatechart.id, after.value);
  return [
    ...left
      .filter((id) => !entered.includes(id))
      .reverse()
      .flatMap((id) => statesById.get(id)?.exit ?? []),
    ...taken.flatMap((id) => transitionsById.get(id)?.actions ?? []),
    ...entered.filter((id) => !left.includes(id)).flatMap((id) => statesById.get(id)?.entry ?? []),
  ];
};

const changesBetween = (before: RunContext, after: RunContext): readonly ContextChange[] => {
  if (before === after) return [];
  const { openApprovals, openToolCalls, ...rest } = after;
  return [
    ...listChange('openApprovals', before.openApprovals, openApprovals),
    ...listChange('openToolCalls', before.openToolCalls, openToolCalls),
    ...Object.entries(rest).flatMap(([key, value]) => valueChange(key, before[key as keyof typeof rest], value)),
  ];
};

/** A list may hold one item twice, so what was added is what stands behind all that was kept. */
const listChange = (key: string, before: readonly string[], after: readonly string[]): readonly ContextChange[] => {
  if (before === after) return [];
  const has = new Set(after);
  const kept = before.filter((item) => has.has(item));
  const isAppended = kept.every((item, index) => after[index] === item);
  const added = isAppended ? after.slice(kept.length) : [...after];
  const removed = isAppended ? before.filter((item) => !has.has(item)) : [...before];
  return added.length + removed.length === 0 ? [] : [{ key, added, removed }];
};

const valueChange = (key: string, before: PlainValue, after: PlainValue): readonly ContextChange[] =>
  before === after ? [] : [{ key, before, after }];
