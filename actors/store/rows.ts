/** Between the projections' states and their rows. Rows come from a file, so they are parsed by a schema. */

import * as z from 'zod';
import type { RunState } from '../model/dashboard/run-projection.ts';
import type { OpenApproval, Removal, SessionState } from '../model/dashboard/session-projection.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { failureKinds, mcpServer, openings } from '../protocol/facts/events.ts';
import {
  ordinalSchema,
  positionSchema,
  runKeySchema,
  seqSchema,
  sessionKeySchema,
  timestampSchema,
} from '../protocol/facts/id-schemas.ts';
import type { Ordinal, SessionKey } from '../protocol/facts/ids.ts';
import { runStatuses, terminalStatuses } from '../protocol/facts/status.ts';
import { storedWork, workSummary } from '../protocol/facts/work-summary.ts';
import type { Database } from './file/sqlite.ts';

const integerBoolean = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

/** What the column `removed` holds, by its number: 0 alone is an ordinary session. */
const removals: readonly Removal[] = ['none', 'done', 'begun', 'erasing'];

/** For SQL: which rows of `sessions` are shown. Only a mark of ours hides one; a damaged mark has no meaning. */
export const isShown = `removed NOT IN (${removals.flatMap((_, mark) => (mark === 0 ? [] : [mark])).join(', ')})`;

/** The same of a value that was read. */
export const isHidingMark = (removed: unknown): boolean =>
  typeof removed === 'number' && removed !== 0 && removals[removed] !== undefined;

const removal = z
  .number()
  .int()
  .transform((stored, context): Removal => {
    const found = removals[stored];
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: 'no step of a removal' });
    return z.NEVER;
  });

const openApprovals = z.array(
  z.object({
    approvalId: z.string(),
    toolCallId: z.string(),
    title: z.string(),
    kind: z.string().nullable(),
    options: z.array(z.object({ optionId: z.string(), name: z.string(), kind: z.string() })),
    requestedAt: z.number(),
    isQuestion: z.literal(true).optional(),
  }),
);

const choices = z.record(z.string(), z.union([z.string(), z.boolean()]));
const mcpServers = z.array(mcpServer);
const folders = z.array(z.string());

const sessionRow = z
  .object({
    name: z.string(),
    agent: z.string(),
    repository: z.string(),
    approval_policy: z.enum(['ask', 'allow', 'deny']),
    uses_worktree: integerBoolean,
    mode: z.string().nullable(),
    agent_session_id: z.string().nullable(),
    worktree_path: z.string().nullable(),
    branch: z.string().nullable(),
    base: z.string().nullable(),
    base_commit: z.string().nullable(),
    status: z.enum(runStatuses),
    activity: z.enum(['working', 'awaiting_approval']).nullable(),
    failure_reason: z.string().nullable(),
    created_at: timestampSchema,
    last_activity_at: timestampSchema,
    run_count: z.number().int(),
    resume_count: z.number().int(),
    active_run_key: runKeySchema.nullable(),
    approvals: z.string(),
    usage_used: z.number().nullable(),
    usage_size: z.number().nullable(),
    cost_amount: z.number().nullable(),
    cost_currency: z.string().nullable(),
    restored: integerBoolean,
    restored_at: timestampSchema.nullable(),
    recovery_hint: z.string().nullable(),
    removed: removal,
    conversation: z.enum(openings).nullable(),
    asks: integerBoolean.nullable(),
    stop_reason: z.string().nullable(),
    failure_kind: z.enum(failureKinds).nullable(),
    agent_title: z.string().nullable(),
    options_position: positionSchema.nullable(),
    commands_position: positionSchema.nullable(),
    choices: z.string(),
    mcp_servers: z.string(),
    additional_directories: z.string(),
    left_running: z.number().int(),
    work: z.string(),
  })
  .transform(
    (row): SessionState => ({
      name: row.name,
      agent: row.agent,
      repository: row.repository,
      approvalPolicy: row.approval_policy,
      usesWorktree: row.uses_worktree,
      mode: row.mode,
      agentSessionId: row.agent_session_id,
      worktreePath: row.worktree_path,
      branch: row.branch,
      base: row.base,
      baseCommit: row.base_commit,
      status: row.status,
      activity: row.activity,
      failureReason: row.failure_reason,
      createdAt: row.created_at,
      lastActivityAt: row.last_activity_at,
      runCount: row.run_count,
      resumeCount: row.resume_count,
      activeRunKey: row.active_run_key,
      approvals: parseApprovals(row.approvals),
      usageUsed: row.usage_used,
      usageSize: row.usage_size,
      costAmount: row.cost_amount,
      costCurrency: row.cost_currency,
      restored: row.restored,
      restoredAt: row.restored_at,
      recoveryHint: row.recovery_hint,
      removal: row.removed,
      conversation: row.conversation,
      asks: row.asks,
      stopReason: row.stop_reason,
      failureKind: row.failure_kind,
      agentTitle: row.agent_title,
      optionsPosition: row.options_position,
      commandsPosition: row.commands_position,
      choices: choices.parse(JSON.parse(row.choices)),
      mcpServers: mcpServers.parse(JSON.parse(row.mcp_servers)),
      additionalDirectories: folders.parse(JSON.parse(row.additional_directories)),
      leftRunning: row.left_running,
      work: workSummary.parse(JSON.parse(row.work)),
    }),
  );

const parseApprovals = (json: string): readonly OpenApproval[] => openApprovals.parse(JSON.parse(json));

/**
 * The state in a row of `sessions`. Raises `session.damaged` for a row that no program of ours wrote: a value that is
 * not known is given no meaning, because the next event would store that one in its place.
 */
export const sessionStateOf = (row: unknown): SessionState => orDamaged('session', () => sessionRow.parse(row));

/** Reads a stored row. Whatever does not fit raises `session.damaged`, so that it concerns its session alone. */
export const orDamaged = <Value>(what: 'session' | 'run', read: () => Value): Value => {
  try {
    return read();
  } catch (cause) {
    throw new ThroughlineError('session.damaged', `the stored row of this ${what} is damaged`, {
      hint: 'the other sessions are not concerned; `throughline doctor --repair` mends it from the log',
      cause,
    });
  }
};

/** The columns of a state, by name, as SQLite takes them. */
export const sessionColumns = (state: SessionState): Record<string, string | number | null> => ({
  name: state.name,
  agent: state.agent,
  repository: state.repository,
  approval_policy: state.approvalPolicy,
  uses_worktree: Number(state.usesWorktree),
  mode: state.mode,
  agent_session_id: state.agentSessionId,
  worktree_path: state.worktreePath,
  branch: state.branch,
  base: state.base,
  base_commit: state.baseCommit,
  status: state.status,
  activity: state.activity,
  failure_reason: state.failureReason,
  created_at: state.createdAt,
  last_activity_at: state.lastActivityAt,
  run_count: state.runCount,
  resume_count: state.resumeCount,
  active_run_key: state.activeRunKey,
  approvals: JSON.stringify(state.approvals),
  pending_approvals: state.approvals.length,
  usage_used: state.usageUsed,
  usage_size: state.usageSize,
  cost_amount: state.costAmount,
  cost_currency: state.costCurrency,
  restored: Number(state.restored),
  restored_at: state.restoredAt,
  recovery_hint: state.recoveryHint,
  removed: removals.indexOf(state.removal),
  conversation: state.conversation,
  asks: state.asks === null ? null : Number(state.asks),
  stop_reason: state.stopReason,
  failure_kind: state.failureKind,
  agent_title: state.agentTitle,
  options_position: state.optionsPosition,
  commands_position: state.commandsPosition,
  choices: JSON.stringify(state.choices),
  mcp_servers: JSON.stringify(state.mcpServers),
  additional_directories: JSON.stringify(state.additionalDirectories),
  left_running: state.leftRunning,
  work: storedWork(state.work),
});

/** A run's row: where it belongs, and its projected state. */
export type RunRow = { readonly sessionKey: SessionKey; readonly ordinal: Ordinal; readonly state: RunState };

const runRow = z
  .object({
    session_key: sessionKeySchema,
    ordinal: ordinalSchema,
    last_seq: seqSchema,
    outcome: z.enum(terminalStatuses).nullable(),
    agent_pid: z.number().int().nullable(),
    agent_started_at: z.string().nullable(),
  })
  .transform(
    (row): RunRow => ({
      sessionKey: row.session_key,
      ordinal: row.ordinal,
      state: {
        lastSeq: row.last_seq,
        outcome: row.outcome,
        agentPid: row.agent_pid,
        agentStartedAt: row.agent_started_at,
      },
    }),
  );

/** The state in a row of `runs`. Raises `session.damaged` for a row that no program of ours wrote. */
export const runRowOf = (row: unknown): RunRow => orDamaged('run', () => runRow.parse(row));

export const runColumns = (state: RunState): Record<string, string | number | null> => ({
  last_seq: state.lastSeq,
  outcome: state.outcome,
  agent_pid: state.agentPid,
  agent_started_at: state.agentStartedAt,
});

/** An UPDATE of the given columns by key, prepared. */
export const prepareUpdate = (
  database: Database,
  table: 'sessions' | 'runs',
  key: string,
  columns: readonly string[],
) =>
  database.prepare(
    `UPDATE ${table} SET ${columns.map((name) => `${name} = @${name}`).join(', ')} WHERE ${key} = @${key}`,
  );
