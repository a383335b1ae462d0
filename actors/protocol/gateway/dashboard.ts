/** The dashboard's rows, as `list --json`, the gateway and the window have them. */
import * as z from 'zod';
import { askedFor } from '../facts/events.ts';
import { writtenSessionId } from '../facts/id-schemas.ts';
import { dashboardStatuses } from '../facts/status.ts';

export const pendingApproval = z.object({
  approvalId: z.string(),
  runId: z.string(),
  toolCallId: z.string(),
  title: z.string(),
  kind: z.string().nullable(),
  options: z.array(z.object({ optionId: z.string(), name: z.string(), kind: z.string() })),
  requestedAt: z.number(),
  ...askedFor,
});
export type PendingApproval = z.infer<typeof pendingApproval>;

export const dashboardRow = z.object({
  id: writtenSessionId,
  name: z.string(),
  agent: z.string(),
  repository: z.string(),
  status: z.enum(dashboardStatuses),
  activity: z.enum(['working', 'awaiting_approval']).nullable(),
  createdAt: z.number(),
  lastActivityAt: z.number(),
  /** One line; only Failed rows have one. */
  failureReason: z.string().nullable(),
  worktree: z.object({ path: z.string().nullable(), branch: z.string().nullable(), base: z.string().nullable() }),
  runCount: z.number().int(),
  resumeCount: z.number().int(),
  /** The run that is under way, or null. */
  activeRunId: z.string().nullable(),
  /** Approvals somebody can still answer. */
  pendingApprovals: z.number().int(),
  /** Their ids, the one that has waited longest first. */
  approvalIds: z.array(z.string()),
  usage: z.object({
    used: z.number().nullable(),
    size: z.number().nullable(),
    cost: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  }),
  restored: z.boolean(),
  restoredAt: z.number().nullable(),
  /** A short sentence that says what happened and what can be done. */
  recoveryHint: z.string().nullable(),
});
export type DashboardRow = z.infer<typeof dashboardRow>;

export const dashboardSnapshot = z.object({ version: z.number().int(), rows: z.array(dashboardRow) });
/** All rows in the default order; `version` is the position they reflect. */
export type DashboardSnapshot = z.infer<typeof dashboardSnapshot>;

export const sessionDetail = dashboardRow.extend({
  approvals: z.array(pendingApproval),
  approvalPolicy: z.enum(['ask', 'allow', 'deny']),
  mode: z.string().nullable(),
  runs: z.array(
    z.object({
      runId: z.string(),
      run: z.number().int(),
      events: z.number().int(),
      outcome: z.enum(['completed', 'interrupted', 'failed']).nullable(),
    }),
  ),
});
export type SessionDetail = z.infer<typeof sessionDetail>;
