import * as z from 'zod';
import { applyEpochToSession, type SessionState, unbornSession } from '../model/dashboard/session-projection.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { writtenSessionId } from '../protocol/facts/id-schemas.ts';
import { type EpochKey, type Position, type SessionId, type Timestamp, toEpochKey } from '../protocol/facts/ids.ts';
import type { AgentOfEarlierEpoch } from '../protocol/threads/writer-messages.ts';
import type { Database } from '../store/file/sqlite.ts';
import { readLastEpoch } from '../store/last-epoch.ts';
import { prepareUpdate, sessionColumns, sessionStateOf } from '../store/rows.ts';

export type OpenedEpoch = {
  readonly epochKey: EpochKey;
  readonly restored: readonly SessionId[];
  readonly agents: readonly AgentOfEarlierEpoch[];
  readonly hasUnfinishedRemovals: boolean;
};

const agentRow = z.object({ session_id: writtenSessionId, agent_pid: z.number(), agent_started_at: z.string() });
const keyedRow = z.looseObject({ session_key: z.number(), session_id: writtenSessionId });

/**
 * Begins a life of the runtime, with the recovery from a crash: records the epoch and marks every session that was in
 * flight as restored, in one transaction. No status changes, no agent is started, no git is touched.
 */
export const openEpoch = (
  database: Database,
  life: {
    readonly startPosition: Position;
    readonly startedAt: Timestamp;
    readonly programVersion: string;
    readonly pid: number;
  },
): OpenedEpoch =>
  database
    .transaction((): OpenedEpoch => {
      const previous = readLastEpoch(database);
      const inserted = database
        .prepare('INSERT INTO epochs (start_position, started_at, program_version, pid) VALUES (?, ?, ?, ?)')
        .run(life.startPosition, life.startedAt, life.programVersion, life.pid);
      const epochKey = toEpochKey(Number(inserted.lastInsertRowid));
      if (previous === undefined) return { epochKey, restored: [], agents: [], hasUnfinishedRemovals: false };
      const restored = markInFlight(database, {
        startedAt: life.startedAt,
        previousWasClean: previous.clean,
      });
      const agents = agentsOfEarlierEpochs(database, epochKey);
      return { epochKey, restored, agents, hasUnfinishedRemovals: hasUnfinishedRemovals(database) };
    })
    .immediate();

// Relies on the partial index sessions_being_removed, whose condition this repeats: no session's row is read.
const hasUnfinishedRemovals = (database: Database): boolean =>
  database.prepare('SELECT session_key FROM sessions WHERE removed IN (2, 3) LIMIT 1').get() !== undefined;

const markInFlight = (
  database: Database,
  epoch: { readonly startedAt: Timestamp; readonly previousWasClean: boolean },
): readonly SessionId[] => {
  const update = prepareUpdate(database, 'sessions', 'session_key', Object.keys(sessionColumns(unbornSession)));
  // Relies on the partial index sessions_in_flight, whose condition this repeats.
  const inFlight = database
    .prepare("SELECT * FROM sessions WHERE status NOT IN ('completed', 'interrupted', 'failed')")
    .all();
  const restored: SessionId[] = [];
  for (const row of inFlight) {
    const { session_key, session_id } = keyedRow.parse(row);
    const before = stateOrNull(row);
    const after = before === null ? null : applyEpochToSession(before, epoch);
    if (after === null || after === before) continue;
    update.run({ ...sessionColumns(after), session_key });
    restored.push(session_id);
  }
  return restored;
};

/** Null for a damaged row: it is left as it is, and keeps none of the others from being restored. */
const stateOrNull = (row: unknown): SessionState | null => {
  try {
    return sessionStateOf(row);
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code === 'session.damaged') return null;
    throw thrown;
  }
};

// An agent that idled after its run had ended is left behind as well, so all runs of unclean epochs count, back to the
// last clean stop.
const agentsOfEarlierEpochs = (database: Database, epochKey: EpochKey): readonly AgentOfEarlierEpoch[] =>
  database
    .prepare(
      `SELECT DISTINCT session_id, agent_pid, agent_started_at
         FROM runs JOIN sessions USING (session_key)
        WHERE agent_pid IS NOT NULL
          AND epoch_key < @epochKey
          AND epoch_key > (SELECT coalesce(max(epoch_key), 0) FROM epochs WHERE clean = 1)`,
    )
    .all({ epochKey })
    .flatMap((row): readonly AgentOfEarlierEpoch[] => {
      const agent = agentRow.safeParse(row);
      // A damaged row names no process for sure, and none is stopped on a guess.
      if (!agent.success) return [];
      const { session_id, agent_pid, agent_started_at } = agent.data;
      return [{ sessionId: session_id, pid: agent_pid, startedAt: agent_started_at }];
    });

/** Records that the runtime ended of its own will, with nothing left to do. */
export const closeEpoch = (database: Database, epochKey: EpochKey, endedAt: Timestamp): void => {
  database.prepare('UPDATE epochs SET ended_at = ?, clean = 1 WHERE epoch_key = ?').run(endedAt, epochKey);
};
