import { basename } from 'node:path';
import * as z from 'zod';
import { byDefaultOrder } from '../model/dashboard/default-order.ts';
import { applyEpochToSession, type SessionState } from '../model/dashboard/session-projection.ts';
import { waitingOf } from '../model/dashboard/waiting.ts';
import { shownOf } from '../model/work/work-summary.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import {
  type AskedFor,
  askedForIn,
  decodeFact,
  optionValue,
  type Payload,
  payloadOf,
} from '../protocol/facts/events.ts';
import { positionSchema, timestampSchema, writtenSessionId } from '../protocol/facts/id-schemas.ts';
import { type Position, type SessionId, type SessionKey, toTimestamp } from '../protocol/facts/ids.ts';
import { dashboardStatus, terminalStatuses } from '../protocol/facts/status.ts';
import type { AgentOptions } from '../protocol/gateway/api.ts';
import type { DashboardRow, DashboardSnapshot, SessionDetail } from '../protocol/gateway/dashboard.ts';
import type { DashboardRows } from '../protocol/gateway/log-queries.ts';
import type { RecentRepositories } from '../protocol/gateway/window.ts';
import { isCorruption } from '../store/file/corruption.ts';
import type { Database } from '../store/file/sqlite.ts';
import { readLastEpoch } from '../store/last-epoch.ts';
import { isHidingMark, isShown, orDamaged, sessionStateOf } from '../store/rows.ts';
import { largestKey, rowsAround } from '../store/rows-around.ts';
import { damagedDashboardRow } from './damaged-row.ts';

export type DashboardView = { readonly database: Database; readonly runtimeIsAlive: boolean };

const identity = z.looseObject({
  session_key: z.number(),
  session_id: writtenSessionId,
  active_run_id: z.string().nullable(),
});
const chosen = z.record(z.string(), optionValue);
const removal = z.looseObject({ removed: z.unknown() });
const repositoryRows = z.array(z.object({ repository: z.string(), last_used_at: z.number() }));
const maxRecentRepositories = 50;
const position = z.object({ position: z.number() });
const runRows = z.array(
  z.object({
    run_id: z.string(),
    ordinal: z.number(),
    last_seq: z.number(),
    outcome: z.enum(terminalStatuses).nullable(),
  }),
);

// What is neither removed nor not is damaged, and shown as that: only a known mark hides a session.
const rowsSql = `SELECT sessions.*, runs.run_id AS active_run_id
    FROM sessions LEFT JOIN runs ON runs.run_key = sessions.active_run_key
   WHERE ${isShown}`;

/** All rows and the position they reflect, from one read transaction. */
export const readDashboard = (view: DashboardView): DashboardSnapshot => {
  const { database } = view;
  return database.transaction((): DashboardSnapshot => {
    const version = position.parse(
      database.prepare('SELECT coalesce(max(position), 0) AS position FROM session_events').get(),
    ).position;
    const shown = showing(view);
    const rows = readSessionRows(database).flatMap((row) => dashboardRow(row, shown) ?? []);
    return { version, rows: rows.sort(byDefaultOrder) };
  })();
};

// A page of the file that cannot be read hides only the sessions on it.
const readSessionRows = (database: Database): readonly unknown[] => {
  try {
    return database.prepare(rowsSql).all();
  } catch (thrown) {
    if (!isCorruption(thrown)) throw thrown;
    const table = { name: 'sessions', key: 'session_key' } as const;
    return [...rowsAround(database, table, largestKey(database, table, 0))]
      .filter((row) => !isGone(row))
      .map((row) => ({ ...Object(row), active_run_id: null }));
  }
};

const isGone = (row: unknown): boolean => isHidingMark(removal.parse(row).removed);

/** A row for the list. A damaged one is shown as what it is; null when not even its id can be read. */
const dashboardRow = (stored: unknown, shown: Showing): DashboardRow | null => {
  try {
    return toDashboardRow(stored, shown).row;
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code === 'session.damaged') return damagedDashboardRow(stored);
    throw thrown;
  }
};

/** The rows of these sessions alone: one changed row among a thousand costs one row. */
export const readDashboardRows = (view: DashboardView, keys: readonly SessionKey[]): DashboardRows => {
  const shown = showing(view);
  const stored = view.database
    .prepare(
      `SELECT sessions.*, runs.run_id AS active_run_id
         FROM sessions LEFT JOIN runs ON runs.run_key = sessions.active_run_key
        WHERE sessions.session_key IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(keys));
  return {
    rows: stored.filter((row) => !isGone(row)).flatMap((row) => dashboardRow(row, shown) ?? []),
    gone: stored.filter(isGone).map((row) => identity.parse(row).session_id),
  };
};

/** Repositories that sessions worked on, the last used first. */
export const readRepositories = ({ database }: Pick<DashboardView, 'database'>): RecentRepositories => ({
  repositories: repositoryRows
    .parse(
      database
        .prepare(
          `SELECT repository, max(last_activity_at) AS last_used_at FROM sessions
            WHERE ${isShown} GROUP BY repository ORDER BY last_used_at DESC LIMIT ?`,
        )
        .all(maxRecentRepositories),
    )
    .map(({ repository, last_used_at }) => ({
      path: repository,
      name: basename(repository) || repository,
      lastUsedAt: last_used_at,
    })),
});

/** One session with its runs and open approvals. Raises `session.not_found`, and `session.damaged`. */
export const readSession = (view: DashboardView, id: SessionId): SessionDetail => {
  const { database } = view;
  const stored = database.prepare(`${rowsSql} AND session_id = ?`).get(id);
  if (stored === undefined) throw sessionNotFound(id);
  const { row, state, sessionKey } = toDashboardRow(stored, showing(view));
  const runs = orDamaged('run', () =>
    runRows.parse(
      database
        // Relies on the unique index (session_key, ordinal).
        .prepare('SELECT run_id, ordinal, last_seq, outcome FROM runs WHERE session_key = ? ORDER BY ordinal')
        .all(sessionKey),
    ),
  );
  const asked = askedForByApproval(database, state);
  return {
    ...row,
    approvals: state.approvals.map((approval) => ({
      ...approval,
      options: [...approval.options],
      runId: row.activeRunId ?? '',
      ...asked.get(approval.approvalId),
    })),
    approvalPolicy: state.approvalPolicy,
    mode: state.mode,
    options: offered(database, 'options', state.optionsPosition)?.options ?? [],
    choices: { ...state.choices },
    commands: offered(database, 'commands', state.commandsPosition)?.commands ?? [],
    mcpServers: [...state.mcpServers],
    additionalDirectories: [...state.additionalDirectories],
    runs: runs.map((run) => ({ runId: run.run_id, run: run.ordinal, events: run.last_seq, outcome: run.outcome })),
  };
};

/**
 * What an agent of this name offered in the session that told it last, and the choices of the last session that has any.
 * As many rows are looked at as there are sessions, when somebody begins another.
 */
export const readAgentOptions = ({ database }: Pick<DashboardView, 'database'>, agent: string): AgentOptions => {
  const last = (what: string, where: string): unknown =>
    database
      .prepare(`SELECT ${what} AS found FROM sessions WHERE agent = ? AND ${isShown} AND ${where} LIMIT 1`)
      .pluck()
      .get(agent);
  const position = last('options_position', 'options_position IS NOT NULL ORDER BY options_position DESC');
  const choices = last('choices', `choices <> '{}' ORDER BY created_at DESC, session_key DESC`);
  return {
    options: offered(database, 'options', positionSchema.nullable().parse(position ?? null))?.options ?? [],
    choices: typeof choices === 'string' ? chosen.parse(JSON.parse(choices)) : {},
  };
};

/** What the agent told last of what it offers; null when it told nothing. */
const offered = <Type extends 'options' | 'commands'>(
  database: Database,
  type: Type,
  position: Position | null,
): Payload<Type> | null => {
  if (position === null) return null;
  const stored = database
    .prepare('SELECT payload, occurred_at FROM session_events WHERE position = ? AND type = ?')
    .get(position, type);
  if (stored === undefined) return null;
  return payloadOf(type, requestRow.parse(stored).payload);
};

const requestRow = z.object({ payload: z.string(), occurred_at: timestampSchema });

/**
 * What the open approvals of a session ask for, by their ids. An agent that waits has said little since it asked, so they
 * are looked for from the end of the run.
 */
const askedForByApproval = (
  database: Database,
  { approvals, activeRunKey }: SessionState,
): ReadonlyMap<string, AskedFor> => {
  const wanted = new Set(approvals.map(({ approvalId }) => approvalId));
  const found = new Map<string, AskedFor>();
  if (wanted.size === 0 || activeRunKey === null) return found;
  const requests = database
    // Relies on the unique index (run_key, seq).
    .prepare(
      `SELECT payload, occurred_at FROM session_events
        WHERE run_key = ? AND type = 'approval_requested' ORDER BY seq DESC`,
    )
    .iterate(activeRunKey);
  for (const stored of requests) {
    const { payload, occurred_at } = requestRow.parse(stored);
    const fact = decodeFact('approval_requested', payload, occurred_at);
    if (fact?.type !== 'approval_requested' || !wanted.delete(fact.payload.approvalId)) continue;
    found.set(fact.payload.approvalId, askedForIn(fact.payload));
    if (wanted.size === 0) break;
  }
  return found;
};

export const sessionNotFound = (id: SessionId): ThroughlineError =>
  new ThroughlineError('session.not_found', `there is no session ${id}`, { hint: 'see the list for those there are' });

const toDashboardRow = (
  stored: unknown,
  shown: Showing,
): { row: DashboardRow; state: SessionState; sessionKey: number } => {
  const { session_id, session_key, active_run_id } = identity.parse(stored);
  const state = shown(sessionStateOf(stored));
  const cost = state.costAmount === null ? null : { amount: state.costAmount, currency: state.costCurrency ?? 'USD' };
  return {
    state,
    sessionKey: session_key,
    row: {
      id: session_id,
      name: state.name,
      agent: state.agent,
      repository: state.repository,
      status: dashboardStatus(state.status),
      activity: state.activity,
      createdAt: state.createdAt,
      lastActivityAt: state.lastActivityAt,
      failureReason: state.failureReason,
      worktree: { path: state.worktreePath, branch: state.branch, base: state.base },
      runCount: state.runCount,
      resumeCount: state.resumeCount,
      activeRunId: active_run_id,
      pendingApprovals: state.approvals.length,
      approvalIds: state.approvals.map(({ approvalId }) => approvalId),
      usage: { used: state.usageUsed, size: state.usageSize, cost },
      restored: state.restored,
      restoredAt: state.restoredAt,
      ...waitingOf(state),
      recoveryHint: state.recoveryHint,
      conversation: state.conversation,
      asks: state.asks,
      stopReason: state.stopReason,
      failureKind: state.failureKind,
      agentTitle: state.agentTitle,
      leftRunning: state.leftRunning,
      work: shownOf(state.work),
    },
  };
};

type Showing = (state: SessionState) => SessionState;

/** What a stored state is shown as: itself, or where no runtime lives what the next start would make of it. */
const showing = ({ database, runtimeIsAlive }: DashboardView): Showing => {
  if (runtimeIsAlive) return (state) => state;
  const epoch = { startedAt: toTimestamp(Date.now()), previousWasClean: endedCleanly(database) };
  return (state) => applyEpochToSession(state, epoch);
};

// What says so may be damaged, which must not hide the sessions.
const endedCleanly = (database: Database): boolean => {
  try {
    return readLastEpoch(database)?.clean === true;
  } catch (thrown) {
    if (isCorruption(thrown)) return false;
    throw thrown;
  }
};
