import * as z from 'zod';
import type { HistoryEvent } from '../protocol/facts/events.ts';
import { sessionKeySchema, writtenRunId, writtenSessionId } from '../protocol/facts/id-schemas.ts';
import { type Position, type SessionId, type SessionKey, toPosition } from '../protocol/facts/ids.ts';
import type { EventsAfter, HistoryPage, HistoryPlace } from '../protocol/gateway/history-pages.ts';
import type { Database } from '../store/file/sqlite.ts';
import { isShown } from '../store/rows.ts';
import { sessionNotFound } from './dashboard-queries.ts';
import { readRunPage } from './run-page.ts';

const eventRow = z.object({
  position: z.number(),
  run_id: writtenRunId,
  ordinal: z.number(),
  seq: z.number(),
  type: z.string(),
  payload: z.string(),
  occurred_at: z.number(),
  recorded_at: z.number(),
});
const tailRow = eventRow.extend({ session_id: writtenSessionId });
const sessionKeyRow = z.object({ session_key: sessionKeySchema }).optional();
const runRows = z.array(z.object({ run_key: z.number(), run_id: writtenRunId, ordinal: z.number() }));
export const pageRow = eventRow.omit({ run_id: true, ordinal: true });

/**
 * A page of a session's events in the order of (run, seq). Walks from run to run and within a run by the unique index
 * (run_key, seq), so the last page costs what the first does. Raises `session.not_found`.
 */
export const readHistory = (
  database: Database,
  id: SessionId,
  after: HistoryPlace | null,
  limit: number,
): HistoryPage => {
  const sessionKey = keyOfSession(database, id);
  const from = after ?? { run: 0, seq: 0 };
  const runs = runRows.parse(
    database
      .prepare(
        'SELECT run_key, run_id, ordinal FROM runs WHERE session_key = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?',
      )
      // A run has at least one event, so a page never needs more runs than it has places, and one more to go on from.
      .all(sessionKey, from.run, limit + 1),
  );
  const events: HistoryEvent[] = [];
  for (const run of runs) {
    const seq = run.ordinal === from.run ? from.seq : 0;
    const wanted = limit + 1 - events.length;
    if (wanted <= 0) break;
    for (const row of readRunPage(database, { runKey: run.run_key, after: seq, limit: wanted })) {
      events.push(toHistoryEvent({ ...row, run_id: run.run_id, ordinal: run.ordinal }));
    }
  }
  if (events.length <= limit) return { events, next: null };
  const kept = events.slice(0, limit);
  const last = kept.at(-1);
  return { events: kept, next: last === undefined ? null : { run: last.run, seq: last.seq } };
};

/** Raises `session.not_found`. */
export const keyOfSession = (database: Database, id: SessionId): SessionKey => {
  const session = sessionKeyRow.parse(
    database.prepare(`SELECT session_key FROM sessions WHERE session_id = ? AND ${isShown}`).get(id),
  );
  if (session === undefined) throw sessionNotFound(id);
  return session.session_key;
};

/** Events after a position, in order of position; of one session if one is given. */
export const readEventsAfter = (
  database: Database,
  position: Position,
  options: { readonly session?: SessionId | undefined; readonly limit: number },
): EventsAfter => {
  const select = `SELECT position, seq, type, payload, occurred_at, recorded_at, run_id, ordinal, session_id
      FROM session_events CROSS JOIN runs USING (run_key) CROSS JOIN sessions USING (session_key)
     WHERE position > @position`;
  const { session, limit } = options;
  const all = session === undefined;
  // Before the rows: what is committed in between is then in them or after `upTo`. The other way round, it would be
  // taken for looked at and never be told.
  const head = z
    .object({ head: z.number() })
    .parse(database.prepare('SELECT coalesce(max(position), 0) AS head FROM session_events').get()).head;
  const sessionKey = all
    ? undefined
    : sessionKeyRow.parse(database.prepare('SELECT session_key FROM sessions WHERE session_id = ?').get(session))
        ?.session_key;
  const rows = z.array(tailRow).parse(
    database
      .prepare(
        all
          ? `${select} ORDER BY position LIMIT @limit`
          : // Without a limit on what is looked at, a quiet session's tail would read the whole log in one go.
            `${select} AND position <= @position + 20000 AND session_key = @sessionKey ORDER BY position LIMIT @limit`,
      )
      .all(all ? { position, limit } : { position, limit, sessionKey: sessionKey ?? null }),
  );
  const last = rows.at(-1)?.position ?? position;
  const lookedAt = all || rows.length === limit ? last : Math.min(head, position + 20_000);
  return {
    events: rows.map((row) => ({ sessionId: row.session_id, event: toHistoryEvent(row) })),
    upTo: toPosition(Math.max(last, lookedAt)),
    sessionKey: sessionKey ?? null,
  };
};

export const toHistoryEvent = (row: z.infer<typeof eventRow>): HistoryEvent => ({
  position: row.position,
  runId: row.run_id,
  run: row.ordinal,
  seq: row.seq,
  type: row.type,
  payload: parsePayload(row.payload),
  occurredAt: row.occurred_at,
  recordedAt: row.recorded_at,
});

// One damaged row must not hide the rest of a history: it is shown as the text it is.
const parsePayload = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return { unreadable: json };
  }
};
