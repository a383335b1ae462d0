/** Whether a session is at work, and what it waits for: what rows and scripts have of it. */

import { isInFlight } from '../../protocol/facts/status.ts';
import type { DashboardRow } from '../../protocol/gateway/dashboard.ts';
import type { SessionState } from './session-projection.ts';

/**
 * What of a session's state says whether somebody works on it, what its run waits for, and how many prompts wait. Of
 * several requests the one that has waited longest counts.
 */
export const waitingOf = (
  state: Pick<SessionState, 'restored' | 'approvals' | 'work' | 'status'>,
): Pick<DashboardRow, 'live' | 'waitingFor' | 'waitingUntil' | 'queued'> => ({
  live: !state.restored,
  ...waitOf(state),
  queued: state.work.queuedPrompts,
});

const waitOf = (
  state: Pick<SessionState, 'approvals' | 'work' | 'status'>,
): Pick<DashboardRow, 'waitingFor' | 'waitingUntil'> => {
  const [first] = state.approvals;
  if (first !== undefined) return { waitingFor: first.isQuestion ? 'question' : 'approval', waitingUntil: null };
  const { pause } = state.work;
  if (pause !== null) return { waitingFor: 'limit', waitingUntil: pause.until };
  const next = nextTimeOf(state);
  return { waitingFor: next === null ? null : 'schedule', waitingUntil: next };
};

/** When the first of its prompts is sent, where no run is under way and all that wait do so for a time; else null. */
const nextTimeOf = ({ status, work }: Pick<SessionState, 'work' | 'status'>): number | null => {
  const later = Object.values(work.later);
  if (later.length === 0 || later.length < work.queuedPrompts || isInFlight(status)) return null;
  const times = later.filter(({ evenAfterFailure }) => evenAfterFailure || status === 'completed').map(({ at }) => at);
  return times.length === 0 ? null : Math.min(...times);
};
