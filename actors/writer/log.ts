/**
 * The log's write side inside one transaction: gives each event its position and seq, keeps the projections beside it,
 * and remembers rows it has read. The caller begins and commits; after a rollback it must call `forget`.
 */

import * as z from 'zod';
import { applyToRun, type RunState, runLooksInto, unbornRun } from '../model/dashboard/run-projection.ts';
import {
  applyToSession,
  type SessionState,
  sessionLooksInto,
  unbornSession,
} from '../model/dashboard/session-projection.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { decodeFact, type EncodedFact, type EventPlace, eventVersion } from '../protocol/facts/events.ts';
import { runKeySchema, sessionKeySchema } from '../protocol/facts/id-schemas.ts';
import {
  type EpochKey,
  ledgerOrdinal,
  type Ordinal,
  type Position,
  positionAfter,
  type RunId,
  type RunKey,
  type Seq,
  type SessionId,
  type SessionKey,
  seqAfter,
  type Timestamp,
  toRunKey,
  toSessionKey,
} from '../protocol/facts/ids.ts';
import { isTerminal } from '../protocol/facts/status.ts';
import { eventHash, hashBlob } from '../store/chain/event-hash.ts';
import { type LogEnd, readLogEnd } from '../store/chain/log-end.ts';
import { type Database, isSqliteError } from '../store/file/sqlite.ts';
import { prepareUpdate, type RunRow, runColumns, runRowOf, sessionColumns, sessionStateOf } from '../store/rows.ts';

const maxRememberedSessions = 5_000;

const storedContent = z.object({ type: z.string(), payload: z.string() });
const keyOnly = z.object({ session_key: sessionKeySchema }).optional();
const runReference = z.object({ run_key: runKeySchema, session_key: sessionKeySchema }).optional();

export type Log = ReturnType<typeof createLog>;

export const createLog = (database: Database, epochKey: EpochKey, clock: () => Timestamp) => {
  const statements = {
    insertEvent: database.prepare(
      'INSERT INTO session_events (position, run_key, seq, type, version, payload, occurred_at, recorded_at, hash) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    insertSnapshot: database.prepare('INSERT INTO run_snapshots (run_key, seq, snapshot) VALUES (?, ?, ?)'),
    // Relies on the unique index (run_key, seq).
    eventAt: database.prepare('SELECT type, payload FROM session_events WHERE run_key = ? AND seq = ?'),
    run: database.prepare('SELECT * FROM runs WHERE run_key = ?'),
    runById: database.prepare('SELECT run_key, session_key FROM runs WHERE run_id = ?'),
    ledgerOf: database.prepare('SELECT run_key, session_key FROM runs WHERE session_key = ? AND ordinal = 0'),
    insertRun: database.prepare(
      'INSERT INTO runs (run_key, run_id, session_key, ordinal, last_seq, epoch_key) VALUES (?, ?, ?, ?, 0, ?)',
    ),
    session: database.prepare('SELECT * FROM sessions WHERE session_key = ?'),
    sessionById: database.prepare('SELECT session_key FROM sessions WHERE session_id = ?'),
    insertSession: database.prepare(
      `INSERT INTO sessions (session_id, ${Object.keys(sessionColumns(unbornSession)).join(', ')})
       VALUES (@session_id, ${Object.keys(sessionColumns(unbornSession))
         .map((name) => `@${name}`)
         .join(', ')})`,
    ),
    updateSession: prepareUpdate(database, 'sessions', 'session_key', Object.keys(sessionColumns(unbornSession))),
    updateRun: prepareUpdate(database, 'runs', 'run_key', Object.keys(runColumns(unbornRun))),
    savepoint: database.prepare('SAVEPOINT command'),
    rollbackTo: database.prepare('ROLLBACK TO command'),
    release: database.prepare('RELEASE command'),
  };

  /** Null after a rollback, until it is read again: a disk that has just refused a write may refuse that as well. */
  let known: LogEnd | null = readLogEnd(database);
  const end = (): LogEnd => {
    known ??= readLogEnd(database);
    return known;
  };
  const sessions = new Map<SessionKey, SessionState>();
  const runs = new Map<RunKey, RunRow>();
  const touchedSessions = new Set<SessionKey>();
  let lastRunKey = Number(database.prepare('SELECT coalesce(max(run_key), 0) FROM runs').pluck().get());
  const touchedRuns = new Set<RunKey>();
  /** Sessions whose rows this transaction has written. */
  const written = new Set<SessionKey>();

  const sessionOf = (sessionKey: SessionKey): SessionState => {
    const known = sessions.get(sessionKey);
    if (known !== undefined) return known;
    const state = sessionStateOf(statements.session.get(sessionKey));
    sessions.set(sessionKey, state);
    return state;
  };

  /** A run's row, or null when there is none. */
  const run = (runKey: RunKey): RunRow | null => {
    const known = runs.get(runKey);
    if (known !== undefined) return known;
    const row = statements.run.get(runKey);
    if (row === undefined) return null;
    const read = runRowOf(row);
    runs.set(runKey, read);
    return read;
  };

  const writeTouched = (): void => {
    for (const runKey of touchedRuns) {
      const row = run(runKey);
      if (row !== null) statements.updateRun.run({ ...runColumns(row.state), run_key: runKey });
    }
    for (const sessionKey of touchedSessions) {
      statements.updateSession.run({ ...sessionColumns(sessionOf(sessionKey)), session_key: sessionKey });
      written.add(sessionKey);
    }
    touchedRuns.clear();
    touchedSessions.clear();
  };

  const forgetRows = (): void => {
    sessions.clear();
    runs.clear();
    touchedRuns.clear();
    touchedSessions.clear();
    known = null;
  };

  return {
    position: (): Position => end().position,
    /** Where the log ends: the last position that was given out, and what the next event is chained to. */
    end,
    run,
    session: sessionOf,

    /** The run of this id, or null. */
    runById: (runId: RunId): { runKey: RunKey; sessionKey: SessionKey } | null => {
      const found = runReference.parse(statements.runById.get(runId));
      return found === undefined ? null : { runKey: found.run_key, sessionKey: found.session_key };
    },

    /** The session of this id, or null. */
    sessionById: (sessionId: SessionId): SessionKey | null => {
      const found = keyOnly.parse(statements.sessionById.get(sessionId));
      return found?.session_key ?? null;
    },

    /** The run that is a session's ledger. */
    ledgerOf: (sessionKey: SessionKey): RunKey => {
      const found = runReference.parse(statements.ledgerOf.get(sessionKey));
      if (found === undefined) throw new ThroughlineError('internal', `session ${sessionKey} has no ledger`);
      return found.run_key;
    },

    /** Whether the events of a run from `firstSeq` on are these. */
    holds: (runKey: RunKey, firstSeq: Seq, events: readonly EncodedFact[]): boolean =>
      events.every((event, index) => {
        const stored = storedContent.optional().parse(statements.eventAt.get(runKey, firstSeq + index));
        return stored?.type === event.type && stored.payload === event.payload;
      }),

    insertSession: (sessionId: SessionId): SessionKey => {
      const columns = { ...sessionColumns(unbornSession), session_id: sessionId };
      const sessionKey = toSessionKey(Number(statements.insertSession.run(columns).lastInsertRowid));
      sessions.set(sessionKey, unbornSession);
      return sessionKey;
    },

    insertRun: (runId: RunId, sessionKey: SessionKey, ordinal: Ordinal): RunKey => {
      // SQLite would give the key of a removed run again, to which a batch may still be on its way.
      const runKey = toRunKey(lastRunKey + 1);
      lastRunKey = runKey;
      statements.insertRun.run(runKey, runId, sessionKey, ordinal, epochKey);
      runs.set(runKey, { sessionKey, ordinal, state: unbornRun });
      return runKey;
    },

    /** Appends events to a run. A second terminal status is refused before anything is written. */
    append: (runKey: RunKey, events: readonly EncodedFact[]): RunState => {
      const row = run(runKey);
      if (row === null) throw new ThroughlineError('run.not_found', `there is no run ${runKey}`);
      refuseSecondOutcome(row.state, events);
      const { sessionKey, ordinal } = row;
      const recordedAt = clock();
      let state = row.state;
      let session = sessionOf(sessionKey);
      let { position, hash } = end();
      for (const { type, payload, occurredAt, snapshot } of events) {
        position = positionAfter(position);
        const seq = seqAfter(state.lastSeq);
        hash = eventHash(hash, { position, runKey, seq, type, version: eventVersion, payload, occurredAt, recordedAt });
        const chained = hashBlob(hash);
        statements.insertEvent.run(position, runKey, seq, type, eventVersion, payload, occurredAt, recordedAt, chained);
        if (snapshot !== undefined) statements.insertSnapshot.run(runKey, seq, snapshot);
        const place: EventPlace = { position, sessionKey, runKey, ordinal, seq, recordedAt };
        const fact = sessionLooksInto(type) || runLooksInto(type) ? decodeFact(type, payload, occurredAt) : null;
        state = applyToRun(state, place, fact);
        session = applyToSession(session, place, fact);
      }
      known = { position, hash };
      runs.set(runKey, { ...row, state });
      sessions.set(sessionKey, session);
      touchedRuns.add(runKey);
      touchedSessions.add(sessionKey);
      return state;
    },

    /**
     * Does something whole or not at all: when the body raises, nothing of it is left, neither in the transaction nor in
     * what is remembered. An error of SQLite undoes the whole transaction, which is its caller's.
     */
    wholly: <Value>(body: () => Value): Value => {
      // What was remembered until now is in the transaction then, and is read from there if the body is undone.
      writeTouched();
      const lastRunKeyBefore = lastRunKey;
      statements.savepoint.run();
      try {
        const value = body();
        statements.release.run();
        return value;
      } catch (thrown) {
        if (isSqliteError(thrown)) throw thrown;
        statements.rollbackTo.run();
        statements.release.run();
        forgetRows();
        // Nobody was told of a key that was given out meanwhile.
        lastRunKey = lastRunKeyBefore;
        throw thrown;
      }
    },

    /** Writes the projections of everything that was appended, and gives the sessions that the transaction changed. */
    writeProjections: (): readonly SessionKey[] => {
      writeTouched();
      const changed = [...written];
      written.clear();
      if (sessions.size > maxRememberedSessions) {
        sessions.clear();
        runs.clear();
      }
      return changed;
    },

    /** When what was remembered may never have happened, for it is rolled back. Reads nothing, so it cannot fail. */
    forget: (): void => {
      forgetRows();
      written.clear();
    },

    /** After a session's runs were deleted, all but its ledger: nothing can be appended to them any more. */
    forgetRuns: (sessionKey: SessionKey): void => {
      for (const [runKey, row] of runs) {
        if (row.sessionKey !== sessionKey || row.ordinal === ledgerOrdinal) continue;
        runs.delete(runKey);
        touchedRuns.delete(runKey);
      }
    },
  };
};

const refuseSecondOutcome = (state: RunState, events: readonly EncodedFact[]): void => {
  let outcome: string | null = state.outcome;
  for (const event of events) {
    if (event.type !== 'status') continue;
    const fact = decodeFact(event.type, event.payload, event.occurredAt);
    if (fact?.type !== 'status' || !isTerminal(fact.payload.status)) continue;
    if (outcome !== null) throw new ThroughlineError('append.run_ended', `the run has ended already: ${outcome}`);
    outcome = fact.payload.status;
  }
};
