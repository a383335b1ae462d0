/** A page of a run's events by the unique index (run_key, seq), also where a page of the file is damaged. */

import * as z from 'zod';
import { isCorruption } from '../store/file/corruption.ts';
import type { Database } from '../store/file/sqlite.ts';

export type RunPage =
  | { readonly runKey: number; readonly after: number; readonly limit: number }
  | { readonly runKey: number; readonly before: number; readonly limit: number };

const pageRow = z.object({
  position: z.number(),
  seq: z.number(),
  type: z.string(),
  payload: z.string(),
  occurred_at: z.number(),
  recorded_at: z.number(),
});
/** A row of a page; what cannot be read is given as a note that says so. */
export type RunPageRow = z.infer<typeof pageRow>;

const placeRow = z.object({ position: z.number() }).optional();
const lastSeqRow = z.object({ last_seq: z.number() }).optional();
const columns = 'position, seq, type, payload, occurred_at, recorded_at';

/** Ascending after a seq, or descending before one. */
export const readRunPage = (database: Database, page: RunPage): readonly RunPageRow[] => {
  const [than, order, from] = 'after' in page ? ['>', 'ASC', page.after] : ['<', 'DESC', page.before];
  try {
    return database
      .prepare(
        `SELECT ${columns} FROM session_events WHERE run_key = ? AND seq ${than} ? ORDER BY seq ${order} LIMIT ?`,
      )
      .all(page.runKey, from, page.limit)
      .map(rowOrNote);
  } catch (thrown) {
    if (!isCorruption(thrown)) throw thrown;
    return readOneByOne(database, page);
  }
};

// A page of the file holds several events: those beside a damaged one are read, each by itself.
const readOneByOne = (database: Database, page: RunPage): readonly RunPageRow[] => {
  const last = lastSeqRow.parse(database.prepare('SELECT last_seq FROM runs WHERE run_key = ?').get(page.runKey));
  if (last === undefined) return [];
  const event = database.prepare(`SELECT ${columns} FROM session_events WHERE run_key = ? AND seq = ?`);
  // The index holds the position as well, so it is known where the event itself is not.
  const place = database.prepare('SELECT position FROM session_events WHERE run_key = ? AND seq = ?');
  const rows: RunPageRow[] = [];
  const step = 'after' in page ? 1 : -1;
  let seq = 'after' in page ? page.after + 1 : Math.min(page.before - 1, last.last_seq);
  for (; seq >= 1 && seq <= last.last_seq && rows.length < page.limit; seq += step) {
    const read = orNull(() => event.get(page.runKey, seq));
    if (read !== null) {
      if (read !== undefined) rows.push(rowOrNote(read));
      continue;
    }
    const position = orNull(() => placeRow.parse(place.get(page.runKey, seq)))?.position;
    if (position !== undefined) rows.push(lostEvent({ position, seq }));
  }
  return rows;
};

const orNull = <Value>(read: () => Value): Value | null => {
  try {
    return read();
  } catch (thrown) {
    if (isCorruption(thrown)) return null;
    throw thrown;
  }
};

const rowOrNote = (row: unknown): RunPageRow => {
  const read = pageRow.safeParse(row);
  return read.success ? read.data : lostEvent(z.looseObject({ position: z.number(), seq: z.number() }).parse(row));
};

const lostEvent = ({ position, seq }: { readonly position: number; readonly seq: number }): RunPageRow => ({
  position,
  seq,
  type: 'note',
  payload: JSON.stringify({ note: 'event_lost', why: 'the file is damaged here' }),
  occurred_at: 0,
  recorded_at: 0,
});
