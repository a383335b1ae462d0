import type { EventType, RunFact } from '../../protocol/facts/events.ts';
import { inertScope } from './inert-scope.ts';
import { type RunSnapshot, runMachine } from './machine.ts';
import { defaultRunInput, type RunInput } from './run-input.ts';

/** The types of facts that can move the machine. */
export const typesHeard: readonly EventType[] = [
  'prompt',
  'tool_call',
  'tool_result',
  'approval_requested',
  'approval_resolved',
  'interrupt_requested',
  'paused',
  'continued',
  'status',
];

/** Whether a fact of this type can move the machine; all others pass it by. */
export const machineHears = (type: string): boolean => (typesHeard as readonly string[]).includes(type);

/** The machine before the first event of a run. */
export const beginningOfRun = (input: RunInput = defaultRunInput): RunSnapshot =>
  runMachine.getInitialSnapshot(inertScope, input);

/** The machine after one more fact: the fold of event sourcing. Pure: nothing is carried out. */
export const afterFact = (snapshot: RunSnapshot, fact: RunFact): RunSnapshot =>
  // A machine that has ended hears nothing more; XState would warn.
  snapshot.status === 'active' && machineHears(fact.type)
    ? runMachine.transition(snapshot, fact, inertScope)
    : snapshot;

/** A run's persisted facts, folded into where the machine stands: from here a run is taken up or closed. */
export const foldRun = (facts: Iterable<RunFact>, from: RunSnapshot = beginningOfRun()): RunSnapshot => {
  let snapshot = from;
  for (const fact of facts) snapshot = afterFact(snapshot, fact);
  return snapshot;
};
