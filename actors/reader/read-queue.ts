import * as z from 'zod';
import { applyToQueue, type PromptQueue, queueTypes } from '../model/queue/prompt-queue.ts';
import { decodeFact } from '../protocol/facts/events.ts';
import { sessionKeySchema, timestampSchema } from '../protocol/facts/id-schemas.ts';
import type { SessionId } from '../protocol/facts/ids.ts';
import type { Database } from '../store/file/sqlite.ts';
import { isShown } from '../store/rows.ts';
import { sessionNotFound } from './dashboard-queries.ts';

const identity = z.object({ session_key: sessionKeySchema });
const row = z.object({ type: z.string(), payload: z.string(), occurred_at: timestampSchema });

const types = queueTypes.map((type) => `'${type}'`).join(', ');

/** The prompts of a session that wait, in the order in which they are sent. Raises `session.not_found`. */
export const readQueue = (database: Database, id: SessionId): PromptQueue => {
  const found = database.prepare(`SELECT session_key FROM sessions WHERE session_id = ? AND ${isShown}`).get(id);
  if (found === undefined) throw sessionNotFound(id);
  const events = database
    .prepare(
      `SELECT type, payload, occurred_at FROM session_events JOIN runs USING (run_key)
        WHERE session_key = ? AND ((ordinal = 0 AND type IN (${types})) OR (ordinal > 0 AND seq = 1))
        ORDER BY position`,
    )
    .iterate(identity.parse(found).session_key);
  let queue: PromptQueue = [];
  for (const stored of events) {
    const { type, payload, occurred_at } = row.parse(stored);
    const fact = decodeFact(type, payload, occurred_at);
    if (fact !== null) queue = applyToQueue(queue, fact);
  }
  return queue;
};
