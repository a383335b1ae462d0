/** The dashboard's rows, as `list --json`, the gateway and the window have them. */
import * as z from 'zod';
import {
  agentOption,
  askedFor,
  commandOffer,
  failureKinds,
  mcpServer,
  openings,
  optionValue,
} from '../facts/events.ts';
import { writtenSessionId } from '../facts/id-schemas.ts';
import { dashboardStatuses } from '../facts/status.ts';
import { shownWork } from './work.ts';

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
  /** False: it was in flight when an earlier runtime ended, and nobody works on it until it is resumed. */
  live: z.boolean(),
  /**
   * What the run under way waits for, or where none is, `schedule`: the next waits for its time; null: for nothing.
   * `limit` is every pause: its cause stands in `work.pause`.
   */
  waitingFor: z.enum(['approval', 'question', 'limit', 'schedule']).nullable(),
  /** When the wait is over by itself; null: that is not known, or up to a person. */
  waitingUntil: z.number().nullable(),
  /** How many prompts wait in its queue. */
  queued: z.number().int(),
  /** A short sentence that says what happened and what can be done. */
  recoveryHint: z.string().nullable(),
  /** How the last conversation with the agent was opened; `begun_anew`: it had lost the earlier one. */
  conversation: z.enum(openings).nullable(),
  /** Whether the agent asks before it acts; null when that is not known. */
  asks: z.boolean().nullable(),
  /** The agent's word for why the last run ended, where that is not that all was done (`max_tokens`, …). */
  stopReason: z.string().nullable(),
  /** What kind of failure it was; only Failed rows have one, where the agent let it be known. */
  failureKind: z.enum(failureKinds).nullable(),
  /** What the agent calls its conversation. */
  agentTitle: z.string().nullable(),
  /** How many processes an interrupted turn left running. */
  leftRunning: z.number().int(),
  /** What became of its work. */
  work: shownWork,
});
export type DashboardRow = z.infer<typeof dashboardRow>;

export const dashboardSnapshot = z.object({ version: z.number().int(), rows: z.array(dashboardRow) });
/** All rows in the default order; `version` is the position they reflect. */
export type DashboardSnapshot = z.infer<typeof dashboardSnapshot>;

export const sessionDetail = dashboardRow.extend({
  approvals: z.array(pendingApproval),
  approvalPolicy: z.enum(['ask', 'allow', 'deny']),
  mode: z.string().nullable(),
  /** What of the agent can be chosen, and what is chosen now, as the agent told it last. */
  options: z.array(agentOption),
  /** What a person chose, by the options' ids: it is set again whenever the conversation is opened. */
  choices: z.record(z.string(), optionValue),
  /** The agent's own commands. */
  commands: z.array(commandOffer),
  mcpServers: z.array(mcpServer),
  additionalDirectories: z.array(z.string()),
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
