/** That a run's agent has not said a word for long: it works on something, or waits for its model and does not say so. */
import type { DashboardRow } from '../../protocol/gateway/dashboard.ts';

/** After so long without an event a run that works is silent. */
const silentAfterMs = 10 * 60_000;

/**
 * Since when the agent of a run that works is silent, in milliseconds UTC; null: it is not, or what it waits for is known.
 * @example
 * const row = { status: 'Running', activity: 'working', live: true, lastActivityAt: 0 } as const;
 * silentSince(row, 600_000) // => 0
 * silentSince(row, 599_999) // => null
 * silentSince({ ...row, activity: 'awaiting_approval' }, 600_000) // => null
 */
export const silentSince = (
  { status, activity, live, lastActivityAt }: Pick<DashboardRow, 'status' | 'activity' | 'live' | 'lastActivityAt'>,
  now: number,
): number | null =>
  live && status === 'Running' && activity === 'working' && now - lastActivityAt >= silentAfterMs
    ? lastActivityAt
    : null;
