/** What can still happen, as opposed to what the log left open: law 5 of the design in three functions. */
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { ApprovalItem, ToolItem } from '../model/item.ts';

/**
 * The run that is under way, or null. A restored session has none: its status is what was last known, and nobody works
 * on it.
 */
export const liveRun = (row: DashboardRow | null, lastRun: number): number | null =>
  row !== null && !row.restored && (row.status === 'Starting' || row.status === 'Running')
    ? Math.max(row.runCount, lastRun)
    : null;

export type ToolOutcome = 'waiting' | 'running' | 'completed' | 'failed' | 'not_done' | 'unknown';

/**
 * A call without a result whose run is not under way any more: nobody knows what became of it, unless it still waited to
 * be allowed, or was not. Then it was not done.
 */
export const toolOutcome = (item: ToolItem, live: number | null): ToolOutcome => {
  if (item.result !== null) return item.result;
  if (item.refused) return 'not_done';
  if (item.run !== live) return item.awaitsApproval ? 'not_done' : 'unknown';
  return item.awaitsApproval ? 'waiting' : 'running';
};

/** A call that waits is told of by its request for approval: a line of its own would only say the same above it. */
export const isToldByItsApproval = (item: ToolItem, live: number | null): boolean =>
  toolOutcome(item, live) === 'waiting' && item.output === null && item.diffs.length === 0;

export type ApprovalState = 'open' | 'expired' | 'answered';

/** Only an approval of the run that is under way can be answered. */
export const approvalState = (item: ApprovalItem, live: number | null): ApprovalState => {
  if (item.resolution !== null) return item.resolution.outcome === 'expired' ? 'expired' : 'answered';
  return item.run === live ? 'open' : 'expired';
};
