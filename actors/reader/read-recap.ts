import * as z from 'zod';
import { createRecap } from '../model/recap/recap.ts';
import { decodeFact, isRunFact, payloadOf } from '../protocol/facts/events.ts';
import { sessionKeySchema, timestampSchema } from '../protocol/facts/id-schemas.ts';
import type { SessionKey } from '../protocol/facts/ids.ts';
import type { Database } from '../store/file/sqlite.ts';
import { isShown } from '../store/rows.ts';

const row = z.object({ type: z.string(), payload: z.string(), occurred_at: timestampSchema });
const created = z.object({ payload: z.string() });
const identity = z.object({ session_key: sessionKeySchema });

/** What was said in a session, up to the end of a run, and without one. */
type Told = {
  readonly key: SessionKey;
  readonly upToRun: number | null;
  /** Only what stands before this position. */
  readonly before: number | null;
  readonly exceptRun: number | null;
};

/** A session that goes on from another, which goes on from another: no more of them are told. */
const maxSessions = 5;

/**
 * What a new conversation has to know of a session's earlier ones, and of the session that it goes on from, at most
 * `maxBytes` of UTF-8; null when nothing was said in them. `exceptRun` is the run that is to be told: what it has of its
 * own it will be told anyway.
 */
export const readRecap = (
  database: Database,
  key: SessionKey,
  { maxBytes, exceptRun }: { readonly maxBytes: number; readonly exceptRun: number },
): string | null => {
  const sessions: Told[] = [{ key, upToRun: null, before: null, exceptRun }];
  for (let before = goesOnFrom(database, key); before !== null && sessions.length < maxSessions; ) {
    sessions.unshift(before);
    before = goesOnFrom(database, before.key);
  }
  const recap = createRecap(maxBytes, { ofAnother: sessions.length > 1 });
  for (const told of sessions) {
    const events = database
      .prepare(
        `SELECT type, payload, occurred_at FROM session_events JOIN runs USING (run_key)
          WHERE session_key = ? AND ordinal > 0 AND ordinal IS NOT ? AND (? IS NULL OR ordinal <= ?)
            AND (? IS NULL OR position < ?)
            AND type IN ('prompt', 'message', 'tool_call', 'tool_result', 'plan', 'approval_requested',
                         'approval_resolved', 'status')
          ORDER BY ordinal, seq`,
      )
      .iterate(told.key, told.exceptRun, told.upToRun, told.upToRun, told.before, told.before);
    for (const stored of events) {
      const { type, payload, occurred_at } = row.parse(stored);
      const fact = decodeFact(type, payload, occurred_at);
      if (fact !== null && isRunFact(fact)) recap.add(fact);
    }
  }
  return recap.text();
};

/** The session that this one goes on from, if it does and that one is there. */
const goesOnFrom = (database: Database, key: SessionKey): Told | null => {
  const first = database
    .prepare(
      `SELECT payload FROM session_events JOIN runs USING (run_key)
        WHERE session_key = ? AND ordinal = 0 AND seq = 1 AND type = 'session_created'`,
    )
    .get(key);
  if (first === undefined) return null;
  const retells = payloadOf('session_created', created.parse(first).payload)?.retells;
  if (retells === undefined) return null;
  const found = database
    .prepare(`SELECT session_key FROM sessions WHERE session_id = ? AND ${isShown}`)
    .get(retells.session);
  if (found === undefined) return null;
  return {
    key: identity.parse(found).session_key,
    upToRun: retells.run,
    before: retells.before ?? null,
    exceptRun: null,
  };
};
