import * as z from 'zod';
import type { Database } from '../file/sqlite.ts';
import { eventHash, genesisHash, hashBlob } from './event-hash.ts';

const rowsAtOnce = 1_000;

const eventRow = z.object({
  position: z.number(),
  run_key: z.number(),
  seq: z.number(),
  type: z.string(),
  version: z.number(),
  payload: z.string(),
  occurred_at: z.number(),
  recorded_at: z.number(),
});
const eventRows = z.array(eventRow);

/** An event's row as the hash covers it. */
export const hashedEvent = (row: z.infer<typeof eventRow>) => ({
  position: row.position,
  runKey: row.run_key,
  seq: row.seq,
  type: row.type,
  version: row.version,
  payload: row.payload,
  occurredAt: row.occurred_at,
  recordedAt: row.recorded_at,
});

/**
 * Computes the chain of a log that was written before there was one. What was removed then left no hash, so the event
 * after such a gap is chained to the one before it.
 */
export const chainExisting = (database: Database): void => {
  const page = database.prepare('SELECT * FROM session_events WHERE position > ? ORDER BY position LIMIT ?');
  const update = database.prepare('UPDATE session_events SET hash = ? WHERE position = ?');
  const gap = database.prepare("INSERT INTO log_gaps VALUES (?, ?, 'removed', ?)");
  let previous = genesisHash;
  let position = 0;
  for (;;) {
    const rows = eventRows.parse(page.all(position, rowsAtOnce));
    if (rows.length === 0) return;
    for (const row of rows) {
      if (row.position > position + 1) gap.run(position + 1, row.position - 1, hashBlob(previous));
      previous = eventHash(previous, hashedEvent(row));
      update.run(hashBlob(previous), row.position);
      position = row.position;
    }
  }
};
