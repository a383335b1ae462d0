/** Whether a session is at work, and what it waits for: what rows and scripts have of it. */
import type { DashboardRow } from '../../protocol/gateway/dashboard.ts';
import type { SessionState } from './session-projection.ts';

/**
 * What of a session's state says whether somebody works on it, what its run waits for, and how many prompts wait. Of
 * several requests the one that has waited longest counts.
 */
export const waitingOf = ({
  restored,
  approvals: [first],
  work,
}: Pick<SessionState, 'restored' | 'approvals' | 'work'>): Pick<
  DashboardRow,
  'live' | 'waitingFor' | 'waitingUntil' | 'queued'
> => ({
  live: !restored,
  waitingFor: first !== undefined ? (first.isQuestion ? 'question' : 'approval') : work.pause === null ? null : 'limit',
  waitingUntil: first === undefined ? (work.pause?.until ?? null) : null,
  queued: work.queuedPrompts,
});
