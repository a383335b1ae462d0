/** What a session's row holds of its run's pause: a fold of the run's events and of what a person says of its end. */
import type { Fact } from '../../protocol/facts/events.ts';
import type { PauseState } from '../../protocol/facts/limit-events.ts';
import { failureReasonLine, isTerminal } from '../../protocol/facts/status.ts';

/** Whether the fold looks into events of this type. */
export const pauseLooksInto = (type: string): boolean =>
  type === 'paused' || type === 'continued' || type === 'pause_moved';

/** The pause after one event; null: the run does not wait. */
export const pauseAfter = (pause: PauseState | null, fact: Fact): PauseState | null => {
  switch (fact.type) {
    case 'paused': {
      const { why, until, known, attempt, message, name, again } = fact.payload;
      return { why, until, known, attempt, message: failureReasonLine(message), again, name: name ?? null };
    }
    case 'pause_moved':
      return pause && { ...pause, until: fact.payload.until, known: true };
    case 'continued':
    case 'interrupt_requested':
    case 'prompt':
      return null;
    case 'status':
      return isTerminal(fact.payload.status) ? null : pause;
    default:
      return pause;
  }
};
