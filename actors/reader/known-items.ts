/** What a session's log has of its agent's words, so that what the agent replays can be told from news. */
import * as z from 'zod';
import { hashOfText } from '../model/run/item-marks.ts';
import { createKnownItems } from '../model/run/known-items.ts';
import { decodeFact } from '../protocol/facts/events.ts';
import { runKeySchema, timestampSchema } from '../protocol/facts/id-schemas.ts';
import type { SessionKey } from '../protocol/facts/ids.ts';
import type { KnownItems } from '../protocol/facts/known-item.ts';
import type { Database } from '../store/file/sqlite.ts';

const runRow = z.object({ run_key: runKeySchema });
const factRow = z.object({ type: z.string(), payload: z.string(), occurred_at: timestampSchema });

const itemTypes =
  "'prompt', 'message', 'thinking', 'tool_call', 'tool_result', 'approval_requested', 'title', 'commands'";

/** Reads every run once, in order and row by row: what is held of it is bounded, however long it is. */
export const readKnownItems = (database: Database, key: SessionKey): KnownItems => {
  const runs = z
    .array(runRow)
    .parse(
      database.prepare('SELECT run_key FROM runs WHERE session_key = ? AND ordinal > 0 ORDER BY ordinal').all(key),
    );
  const events = database.prepare(
    `SELECT type, payload, occurred_at FROM session_events
      WHERE run_key = ? AND type IN (${itemTypes})
      ORDER BY seq`,
  );
  const known = createKnownItems();
  const standing: Record<string, string> = {};
  for (const { run_key: run } of runs) {
    for (const raw of events.iterate(run)) {
      const row = factRow.parse(raw);
      if (row.type === 'title' || row.type === 'commands') {
        standing[row.type] = hashOfText(row.payload);
        continue;
      }
      const fact = decodeFact(row.type, row.payload, row.occurred_at);
      if (fact !== null) known.take(fact);
    }
  }
  return { ...known.known(), standing };
};
