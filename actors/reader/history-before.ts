/** Reading a history backwards, and looking for events of a type. Both walk by the unique index (run_key, seq). */

import * as z from 'zod';
import type { HistoryEvent } from '../protocol/facts/events.ts';
import { writtenRunId } from '../protocol/facts/id-schemas.ts';
import type { SessionId } from '../protocol/facts/ids.ts';
import type { FindOptions, HistoryPageBefore, HistoryPlace } from '../protocol/gateway/history-pages.ts';
import type { Database } from '../store/file/sqlite.ts';
import { keyOfSession, toHistoryEvent } from './history-queries.ts';
import { readRunPage } from './run-page.ts';

const runRows = z.array(z.object({ run_key: z.number(), run_id: writtenRunId, ordinal: z.number() }));
const seqRow = z.object({ seq: z.number() }).optional();

/** The last events before a place, in ascending order. Raises `session.not_found`. */
export const readHistoryBefore = (
  database: Database,
  id: SessionId,
  before: HistoryPlace | null,
  limit: number,
): HistoryPageBefore => {
  const from = before ?? theEnd;
  const runs = runRows.parse(
    database
      .prepare(
        `SELECT run_key, run_id, ordinal FROM runs WHERE session_key = ? AND ordinal <= ?
          ORDER BY ordinal DESC LIMIT ?`,
      )
      // A run has at least one event; the one more is for a place at the very beginning of its run.
      .all(keyOfSession(database, id), from.run, limit + 2),
  );
  const events: HistoryEvent[] = [];
  for (const run of runs) {
    const wanted = limit + 1 - events.length;
    if (wanted <= 0) break;
    const seq = run.ordinal === from.run ? from.seq : theEnd.seq;
    for (const row of readRunPage(database, { runKey: run.run_key, before: seq, limit: wanted })) {
      events.push(toHistoryEvent({ ...row, run_id: run.run_id, ordinal: run.ordinal }));
    }
  }
  const kept = events.slice(0, limit).reverse();
  const [first] = kept;
  const more = events.length > limit && first !== undefined;
  return { events: kept, previous: more ? { run: first.run, seq: first.seq } : null };
};

/** The nearest event of some types after or before a place, itself left out. Raises `session.not_found`. */
export const findEvent = (
  database: Database,
  id: SessionId,
  { types, from, direction }: FindOptions,
): HistoryPlace | null => {
  const forwards = direction === 'next';
  const begin = from ?? (forwards ? theBeginning : theEnd);
  const [than, order] = forwards ? (['>', 'ASC'] as const) : (['<', 'DESC'] as const);
  const runs = runRows.parse(
    database
      .prepare(
        `SELECT run_key, run_id, ordinal FROM runs WHERE session_key = ? AND ordinal ${than}= ? ORDER BY ordinal ${order}`,
      )
      .all(keyOfSession(database, id), begin.run),
  );
  const nearest = database.prepare(
    `SELECT seq FROM session_events
      WHERE run_key = ? AND seq ${than} ? AND type IN (SELECT value FROM json_each(?)) ORDER BY seq ${order} LIMIT 1`,
  );
  for (const run of runs) {
    const seq = run.ordinal === begin.run ? begin.seq : forwards ? theBeginning.seq : theEnd.seq;
    const found = seqRow.parse(nearest.get(run.run_key, seq, JSON.stringify(types)));
    if (found !== undefined) return { run: run.ordinal, seq: found.seq };
  }
  return null;
};

const theBeginning: HistoryPlace = { run: 0, seq: 0 };
const theEnd: HistoryPlace = { run: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };
