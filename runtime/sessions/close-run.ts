/**
 * The end of a run that its own actor can no longer tell, as the facts to log: folded from what the log has of it.
 * Pure. Loaded when the first such run has to be closed, because the machine it folds with is half of the program.
 */

import { abandonedRunClosed, interruptRequested, notRunning, runFailed } from '../../actors/model/run/decide.ts';
import { foldRun } from '../../actors/model/run/fold-run.ts';
import type { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { RunFact } from '../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../actors/protocol/facts/ids.ts';

/**
 * A run that an earlier epoch left open, because its session goes on with the next one. It ended when its runtime did,
 * which is `endedAt`, the time of its last event: how long nobody was there is no part of it.
 */
export const abandoned = (facts: readonly RunFact[], endedAt: Timestamp): readonly RunFact[] =>
  abandonedRunClosed(foldRun(facts), endedAt);

/** A run that could not go on, with the reason. */
export const failed = (facts: readonly RunFact[], error: ThroughlineError, at: Timestamp): readonly RunFact[] => {
  const { code, message, hint } = error;
  return runFailed(foldRun(facts), { code, message, ...(hint === undefined ? {} : { hint }) }, at);
};

/**
 * A run that a person interrupts at `at` and nobody works on, also one whose interrupt was cut off. Null: there is no
 * run. It ended at `endedAt`, as one that was abandoned. Raises `session.not_running`.
 */
export const interrupted = (
  facts: readonly RunFact[] | null,
  at: Timestamp,
  endedAt: Timestamp,
): readonly RunFact[] => {
  if (facts === null) throw notRunning();
  const run = foldRun(facts);
  const asked = run.context.interruptAttempts > 0 ? [] : interruptRequested(run, at);
  return [...asked, ...abandonedRunClosed(foldRun(asked, run), endedAt)];
};
