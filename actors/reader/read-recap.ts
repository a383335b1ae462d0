import * as z from 'zod';
import { createRecap } from '../model/recap/recap.ts';
import { decodeFact, isRunFact } from '../protocol/facts/events.ts';
import { timestampSchema } from '../protocol/facts/id-schemas.ts';
import type { SessionKey } from '../protocol/facts/ids.ts';
import type { Database } from '../store/file/sqlite.ts';

const row = z.object({ type: z.string(), payload: z.string(), occurred_at: timestampSchema });

/**
 * What a new conversation has to know of a session's earlier ones, at most `maxBytes` of UTF-8; null when nothing was
 * said in them. `exceptRun` is the run that is to be told: what it has of its own it will be told anyway.
 */
export const readRecap = (
  database: Database,
  key: SessionKey,
  { maxBytes, exceptRun }: { readonly maxBytes: number; readonly exceptRun: number },
): string | null => {
  const recap = createRecap(maxBytes);
  const events = database
    .prepare(
      `SELECT type, payload, occurred_at FROM session_events JOIN runs USING (run_key)
        WHERE session_key = ? AND ordinal > 0 AND ordinal <> ?
          AND type IN ('prompt', 'message', 'tool_call', 'tool_result', 'plan', 'approval_requested',
                       'approval_resolved', 'status')
        ORDER BY ordinal, seq`,
    )
    .iterate(key, exceptRun);
  for (const stored of events) {
    const { type, payload, occurred_at } = row.parse(stored);
    const fact = decodeFact(type, payload, occurred_at);
    if (fact !== null && isRunFact(fact)) recap.add(fact);
  }
  return recap.text();
};
