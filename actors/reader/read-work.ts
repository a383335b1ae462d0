import * as z from 'zod';
import { applyToWork, noSessionWork } from '../model/work/session-work.ts';
import { decodeFact } from '../protocol/facts/events.ts';
import { ordinalSchema, positionSchema, sessionKeySchema, timestampSchema } from '../protocol/facts/id-schemas.ts';
import type { SessionId } from '../protocol/facts/ids.ts';
import type { SessionWork } from '../protocol/gateway/work.ts';
import type { Database } from '../store/file/sqlite.ts';
import { isShown } from '../store/rows.ts';
import { sessionNotFound } from './dashboard-queries.ts';

const identity = z.object({ session_key: sessionKeySchema });
const row = z.object({
  position: positionSchema,
  ordinal: ordinalSchema,
  type: z.string(),
  payload: z.string(),
  occurred_at: timestampSchema,
});

/** What became of a session's work. Raises `session.not_found`. */
export const readWork = (database: Database, id: SessionId): SessionWork => {
  const found = database.prepare(`SELECT session_key FROM sessions WHERE session_id = ? AND ${isShown}`).get(id);
  if (found === undefined) throw sessionNotFound(id);
  // What commands said as they ran is the bulk of a ledger, and no part of it.
  const events = database
    .prepare(
      `SELECT position, ordinal, type, payload, occurred_at FROM session_events JOIN runs USING (run_key)
        WHERE session_key = ? AND ((ordinal = 0 AND type <> 'command_output') OR (ordinal > 0 AND seq = 1))
        ORDER BY position`,
    )
    .iterate(identity.parse(found).session_key);
  let work = noSessionWork;
  for (const stored of events) {
    const { position, ordinal, type, payload, occurred_at } = row.parse(stored);
    const fact = decodeFact(type, payload, occurred_at);
    if (fact !== null) work = applyToWork(work, { position, ordinal }, fact);
  }
  return work;
};
