import type { PauseState } from '../../protocol/facts/limit-events.ts';
import type { Activity, RunStatus } from '../../protocol/facts/status.ts';

const situation = (status: RunStatus, activity: Activity | null): string => {
  if (activity === 'awaiting_approval') return 'while this session waited for an approval, which has expired';
  switch (status) {
    case 'queued':
    case 'starting':
      return 'before the agent had begun';
    case 'interrupting':
      return 'while this session was being interrupted';
    default:
      return 'while this session was working';
  }
};

/**
 * One short line: what happened to a session that was in flight when the runtime ended, and what can be done.
 * @example
 * recoveryHint('starting', null, true).startsWith('Throughline was stopped before the agent had begun.') // => true
 */
export const recoveryHint = (
  status: RunStatus,
  activity: Activity | null,
  wasClean: boolean,
  pause: PauseState | null = null,
): string => {
  const how = `Throughline ${wasClean ? 'was stopped' : 'ended unexpectedly'}`;
  if (pause === null) return `${how} ${situation(status, activity)}. Resume to continue.`;
  const then = pause.until === null ? 'Resume to continue.' : 'It goes on by itself when the wait is over.';
  return `${how} while this session was paused. ${then}`;
};

const orphanSentence = 'Its agent had lived on and was stopped.';

/** The hint after an agent process that outlived the runtime was found and ended. */
export const withOrphanStopped = (hint: string | null): string | null =>
  hint === null || hint.includes(orphanSentence) ? hint : hint.replace('Resume', `${orphanSentence} Resume`);
