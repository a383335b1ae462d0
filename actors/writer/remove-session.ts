/** A session's events are deleted piece by piece, so that nobody waits for all of them. */
import * as z from 'zod';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { decodeFact } from '../protocol/facts/events.ts';
import { noTime, type RunKey, type SessionKey } from '../protocol/facts/ids.ts';
import { maxRemovedEvents } from '../protocol/threads/writer-messages.ts';
import { recordRemoved } from '../store/chain/log-gaps.ts';
import type { Database } from '../store/file/sqlite.ts';

/** A piece is smaller where events are large: what takes time is the pages that are freed. */
const maxRemovedBytes = 8 * 1024 * 1024;

const eventRow = z.object({ position: z.number(), run_key: z.number(), seq: z.number(), bytes: z.number() });
const countRow = z.object({ position: z.number(), payload: z.string() }).optional();

export type RemovedPiece = {
  /** How many events of the session are deleted now, those of earlier pieces included. */
  readonly events: number;
  /** What an earlier piece was told of its work. */
  readonly parkedRef: string | null;
  /** Nothing is left of it but the row of its ledger. */
  readonly isLast: boolean;
};

/**
 * Deletes the next of a session's events: those of its runs, the ledger's after them, and the count that the piece
 * before this one left, whose place the caller fills. Of the hash chain it keeps what is needed to verify it across the
 * gaps; the ledger's row stays, to carry the tombstone. Space is given back when the transaction has committed
 * (`give-space-back.ts`).
 */
export const deleteNextPiece = (database: Database, sessionKey: SessionKey, ledger: RunKey): RemovedPiece => {
  const count = readCount(database, ledger);
  const piece: z.infer<typeof eventRow>[] = [];
  let bytes = 0;
  let isLast = true;
  // Relies on the unique indexes (session_key, ordinal) and (run_key, seq): nothing is sorted.
  const events = database.prepare(
    `SELECT position, run_key, seq, octet_length(payload) AS bytes
       FROM runs CROSS JOIN session_events USING (run_key)
      WHERE session_key = ? AND position IS NOT ? ORDER BY ordinal DESC, seq`,
  );
  for (const row of events.iterate(sessionKey, count?.position ?? null)) {
    if (piece.length === maxRemovedEvents - 1 || bytes > maxRemovedBytes) {
      isLast = false;
      break;
    }
    const event = eventRow.parse(row);
    piece.push(event);
    bytes += event.bytes;
  }
  const positions = [...(count === null ? [] : [count]), ...piece].map(({ position }) => position);
  recordRemoved(database, positions);
  const lastSeqs = new Map(piece.map(({ run_key, seq }) => [run_key, seq]));
  const deleteSnapshots = database.prepare('DELETE FROM run_snapshots WHERE run_key = ? AND seq <= ?');
  for (const [runKey, seq] of lastSeqs) deleteSnapshots.run(runKey, seq);
  database
    .prepare('DELETE FROM session_events WHERE position IN (SELECT value FROM json_each(?))')
    .run(JSON.stringify(positions));
  database
    .prepare(
      `DELETE FROM runs WHERE run_key IN (SELECT value FROM json_each(?)) AND ordinal > 0
          AND NOT EXISTS (SELECT 1 FROM session_events WHERE session_events.run_key = runs.run_key)`,
    )
    .run(JSON.stringify([...lastSeqs.keys()]));
  return { events: (count?.events ?? 0) + positions.length, parkedRef: count?.parkedRef ?? null, isLast };
};

/** What the piece before this one left; null when this is the first. Raises `session.damaged`. */
const readCount = (
  database: Database,
  ledger: RunKey,
): { readonly position: number; readonly events: number; readonly parkedRef: string | null } | null => {
  const row = countRow.parse(
    // Relies on the unique index (run_key, seq), whose end this looks at.
    database
      .prepare(
        `SELECT position, payload FROM session_events
          WHERE run_key = ? AND type = 'events_removed' ORDER BY seq DESC LIMIT 1`,
      )
      .get(ledger),
  );
  if (row === undefined) return null;
  const count = decodeFact('events_removed', row.payload, noTime);
  if (count?.type === 'events_removed') {
    return { position: row.position, events: count.payload.events, parkedRef: count.payload.parkedRef ?? null };
  }
  throw new ThroughlineError('session.damaged', 'how much of this session was removed cannot be read', {
    hint: 'the other sessions are not concerned; `throughline doctor --repair` mends the log',
  });
};
