import * as z from 'zod';
import { waitingOf } from '../model/dashboard/waiting.ts';
import { shownOf } from '../model/work/work-summary.ts';
import { writtenSessionId } from '../protocol/facts/id-schemas.ts';
import { noWork } from '../protocol/facts/work-summary.ts';
import type { DashboardRow } from '../protocol/gateway/dashboard.ts';

const text = z.string().catch('');
const time = z.number().catch(0);
const whatIsLeft = z.looseObject({
  session_id: writtenSessionId,
  name: text,
  agent: text,
  repository: text,
  created_at: time,
  last_activity_at: time,
  worktree_path: z.string().nullable().catch(null),
  branch: z.string().nullable().catch(null),
});

/** A session whose stored row no program of ours wrote: what of it can be told, as a failed one. Null: not even its id. */
export const damagedDashboardRow = (stored: unknown): DashboardRow | null => {
  const left = whatIsLeft.safeParse(stored);
  if (!left.success) return null;
  const row = left.data;
  return {
    id: row.session_id,
    name: row.name || 'damaged session',
    agent: row.agent,
    repository: row.repository,
    status: 'Failed',
    activity: null,
    createdAt: row.created_at,
    lastActivityAt: row.last_activity_at,
    failureReason: 'what is stored of this session is damaged; `throughline doctor --repair` mends it from the log',
    worktree: { path: row.worktree_path, branch: row.branch, base: null },
    runCount: 0,
    resumeCount: 0,
    activeRunId: null,
    pendingApprovals: 0,
    approvalIds: [],
    usage: { used: null, size: null, cost: null },
    restored: false,
    restoredAt: null,
    ...waitingOf({ restored: false, approvals: [], work: noWork, status: 'failed' }),
    recoveryHint: null,
    conversation: null,
    asks: null,
    stopReason: null,
    failureKind: null,
    agentTitle: null,
    leftRunning: 0,
    work: shownOf(noWork),
  };
};
