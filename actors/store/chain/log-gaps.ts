/**
 * What deletions leave of the hash chain: spans of positions without events, each with the hash that the event after it
 * is chained to. Spans that touch become one, so their number is bounded by what is still there.
 */

import * as z from 'zod';
import type { Database } from '../file/sqlite.ts';

const storedHash = z.instanceof(Uint8Array).nullable();
const spanRow = z.object({ first_position: z.number().int(), last_position: z.number().int(), hash: storedHash });
const spanRows = z.array(spanRow);

/** Records events as removed, before they are deleted. */
export const recordRemoved = (database: Database, positions: readonly number[]): void => {
  // Positions that follow each other have the same difference to their rank.
  const spans = spanRows.parse(
    database
      .prepare(
        `WITH removed AS (
           SELECT position, position - row_number() OVER (ORDER BY position) AS island
             FROM session_events
            WHERE position IN (SELECT value FROM json_each(?))
         ), spans AS (
           SELECT min(position) AS first_position, max(position) AS last_position FROM removed GROUP BY island
         )
         SELECT spans.first_position, spans.last_position, session_events.hash
           FROM spans JOIN session_events ON session_events.position = spans.last_position
          ORDER BY first_position`,
      )
      .all(JSON.stringify(positions)),
  );
  const before = database.prepare(
    "SELECT first_position, last_position, hash FROM log_gaps WHERE last_position = ? AND reason = 'removed'",
  );
  const after = database.prepare(
    "SELECT first_position, last_position, hash FROM log_gaps WHERE first_position = ? AND reason = 'removed'",
  );
  const forget = database.prepare('DELETE FROM log_gaps WHERE first_position = ?');
  const insert = database.prepare("INSERT INTO log_gaps VALUES (?, ?, 'removed', ?)");
  for (const span of spans) {
    const left = spanRow.optional().parse(before.get(span.first_position - 1));
    const right = spanRow.optional().parse(after.get(span.last_position + 1));
    for (const touching of [left, right]) if (touching !== undefined) forget.run(touching.first_position);
    insert.run(
      left?.first_position ?? span.first_position,
      right?.last_position ?? span.last_position,
      (right ?? span).hash,
    );
  }
};
