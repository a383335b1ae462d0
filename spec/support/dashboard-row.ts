import { shownOf } from '../../actors/model/work/work-summary.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { noWork } from '../../actors/protocol/facts/work-summary.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';

/** A session that completed at 1, apart from what is said. */
export const dashboardRow = (id: string, over: Partial<Omit<DashboardRow, 'id'>> = {}): DashboardRow => ({
  // A short name does for an id here.
  id: id as SessionId,
  name: id,
  agent: 'rehearsal',
  repository: '/repository',
  status: 'Completed',
  activity: null,
  createdAt: 1,
  lastActivityAt: 1,
  failureReason: null,
  worktree: { path: null, branch: null, base: null },
  runCount: 1,
  resumeCount: 0,
  activeRunId: null,
  pendingApprovals: 0,
  approvalIds: [],
  usage: { used: null, size: null, cost: null },
  restored: false,
  restoredAt: null,
  live: over.restored !== true,
  waitingFor: null,
  waitingUntil: null,
  queued: 0,
  recoveryHint: null,
  conversation: null,
  asks: null,
  stopReason: null,
  failureKind: null,
  agentTitle: null,
  leftRunning: 0,
  work: shownOf(noWork),
  ...over,
});
