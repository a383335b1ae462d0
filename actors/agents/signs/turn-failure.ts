/** Whether a turn that its agent calls ended has failed. */
import { sessionFailureIn } from './session-failure.ts';
import type { TurnEvidence, TurnFailure } from './turn-evidence.ts';

/** How an agent shows that a turn failed that it ends as done: its own signs, of which there is a recording each. */
export type FailureSigns = (turn: TurnEvidence) => TurnFailure | null;

/** The failure of a turn that has ended: what the agent says in fields, else by its signs; null where it is none. */
export const turnFailure = (turn: TurnEvidence, signs: FailureSigns | undefined): TurnFailure | null => {
  const told = sessionFailureIn(turn.answer._meta);
  if (told !== null && !told.isWarning) return { message: told.message, kind: told.kind };
  // What an agent calls cut short, refused or cancelled has its own words.
  return turn.answer.stopReason === 'end_turn' ? (signs?.(turn) ?? null) : null;
};
