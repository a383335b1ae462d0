import * as z from 'zod';
import type { SessionState } from '../model/dashboard/session-projection.ts';
import { decodeFact, isRunFact, type Payload, type RunFact } from '../protocol/facts/events.ts';
import {
  epochKeySchema,
  ordinalSchema,
  runKeySchema,
  seqSchema,
  sessionKeySchema,
  timestampSchema,
  writtenRunId,
} from '../protocol/facts/id-schemas.ts';
import type { EpochKey, Ordinal, RunId, RunKey, Seq, SessionId, SessionKey } from '../protocol/facts/ids.ts';
import type { Database } from '../store/file/sqlite.ts';
import { isShown, orDamaged, sessionStateOf } from '../store/rows.ts';
import { sessionNotFound } from './dashboard-queries.ts';

/** A session as the runtime needs it to command it. */
export type SessionHandle = {
  readonly id: SessionId;
  readonly key: SessionKey;
  readonly state: SessionState;
  readonly ledgerRunKey: RunKey;
  readonly ledgerLastSeq: Seq;
  readonly activeRun: ActiveRun | null;
  /** Its agent's conversation was begun elsewhere, and was not opened here yet. */
  readonly takesUp: boolean;
  /** That conversation is another session's, to be forked. */
  readonly forks: boolean;
  /** It goes on from another session, and no conversation of its own was opened yet: that is told what went before. */
  readonly retells: boolean;
  /** The tree that its worktree begins with, where that is not a commit's. */
  readonly startsFrom: string | null;
  /** The folder of its worktree that its agent works in, where that is not its top. */
  readonly folder: string | null;
  /** Its worktree was there before it, at this path, and is not ours to remove. */
  readonly takesWorktree: string | null;
};

export type ActiveRun = {
  readonly runId: RunId;
  readonly runKey: RunKey;
  readonly ordinal: Ordinal;
  readonly lastSeq: Seq;
  readonly epochKey: EpochKey;
};

const identity = z.looseObject({ session_key: sessionKeySchema });
const runRow = z.object({
  run_id: writtenRunId,
  run_key: runKeySchema,
  ordinal: ordinalSchema,
  last_seq: seqSchema,
  epoch_key: epochKeySchema,
});

const created = z.object({ type: z.string(), payload: z.string(), occurred_at: timestampSchema });

/** As what a session was made, as far as its row does not say it. */
const madeAs = (database: Database, ledger: RunKey): Payload<'session_created'> | null => {
  const first = orDamaged('session', () =>
    created
      .optional()
      .parse(
        database
          .prepare('SELECT type, payload, occurred_at FROM session_events WHERE run_key = ? AND seq = 1')
          .get(ledger),
      ),
  );
  const made = first === undefined ? null : decodeFact(first.type, first.payload, first.occurred_at);
  return made?.type === 'session_created' ? made.payload : null;
};

/** Raises `session.not_found`, and `session.damaged`. */
export const readSessionHandle = (database: Database, id: SessionId): SessionHandle => {
  const row = database.prepare(`SELECT * FROM sessions WHERE session_id = ? AND ${isShown}`).get(id);
  if (row === undefined) throw sessionNotFound(id);
  const key = identity.parse(row).session_key;
  const state = sessionStateOf(row);
  const run = (where: string, value: number) =>
    orDamaged('run', () =>
      runRow
        .optional()
        .parse(
          database.prepare(`SELECT run_id, run_key, ordinal, last_seq, epoch_key FROM runs WHERE ${where}`).get(value),
        ),
    );
  const ledger = run('session_key = ? AND ordinal = 0', key);
  if (ledger === undefined) throw sessionNotFound(id);
  const made = madeAs(database, ledger.run_key);
  // Until it has been opened, how a conversation is to be opened stands where the session was made.
  const given = state.conversation === null ? made : null;
  const active = state.activeRunKey === null ? undefined : run('run_key = ?', state.activeRunKey);
  return {
    id,
    key,
    state,
    ledgerRunKey: ledger.run_key,
    ledgerLastSeq: ledger.last_seq,
    takesUp: state.agentSessionId !== null && given?.agentSessionId !== undefined,
    forks: state.agentSessionId !== null && given?.forks === true,
    retells: given?.retells !== undefined,
    startsFrom: made?.startsFrom?.tree ?? null,
    folder: made?.folder ?? null,
    takesWorktree: made?.takesWorktree ?? null,
    activeRun:
      active === undefined
        ? null
        : {
            runId: active.run_id,
            runKey: active.run_key,
            ordinal: active.ordinal,
            lastSeq: active.last_seq,
            epochKey: active.epoch_key,
          },
  };
};

const factRow = z.object({ type: z.string(), payload: z.string(), occurred_at: timestampSchema });

/** The facts of a run that say where it stands, in order; the bulk of it (what was said and done) is not read. */
export const readRunFacts = (database: Database, key: RunKey): readonly RunFact[] =>
  z
    .array(factRow)
    .parse(
      database
        .prepare(
          `SELECT type, payload, occurred_at FROM session_events
            WHERE run_key = ?
              AND type IN ('prompt', 'approval_requested', 'approval_resolved', 'interrupt_requested', 'status')
            ORDER BY seq`,
        )
        .all(key),
    )
    .flatMap((row) => {
      const fact = decodeFact(row.type, row.payload, row.occurred_at);
      return fact !== null && isRunFact(fact) ? [fact] : [];
    });
