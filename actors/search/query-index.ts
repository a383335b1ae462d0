/** Answers a search from the index, and from the log what a session is called and whether it is still there. */

import * as z from 'zod';
import type { SearchHit, SearchPage, SearchQuery } from '../protocol/gateway/window.ts';
import type { Database } from '../store/file/sqlite.ts';
import { isShown } from '../store/rows.ts';
import { excerptOf, matchBegin, matchEnd } from './excerpt.ts';
import { fullTextQuery } from './full-text-query.ts';

const matchRows = z.array(
  z.object({
    position: z.number(),
    session_key: z.number(),
    run: z.number(),
    first_seq: z.number(),
    type: z.string(),
    occurred_at: z.number(),
    marked: z.string(),
  }),
);
const sessionRows = z.array(
  z.object({ session_key: z.number(), session_id: z.string(), name: z.string(), agent: z.string() }),
);
const keys = z.array(z.number());

export type SearchSources = { readonly log: Database; readonly index: Database; readonly indexedUpTo: number };

export const queryIndex = ({ log, index, indexedUpTo }: SearchSources, query: SearchQuery): SearchPage => {
  const terms = fullTextQuery(query.text);
  const sessions = sessionFilter(log, query);
  const nothing: SearchPage = { hits: [], next: null, indexedUpTo };
  if (terms === null || sessions?.length === 0) return nothing;
  const matches = index.prepare(
    `SELECT position, session_key, run, first_seq, type, occurred_at,
            highlight(texts, 0, '${matchBegin}', '${matchEnd}') AS marked
       FROM texts JOIN entries ON entries.position = texts.rowid
      WHERE texts MATCH @terms AND texts.rowid < @before
        AND (@sessions IS NULL OR session_key IN (SELECT value FROM json_each(@sessions)))
        AND (@types IS NULL OR type IN (SELECT value FROM json_each(@types)))
        AND occurred_at BETWEEN @from AND @to
      ORDER BY texts.rowid DESC LIMIT @limit`,
  );
  const hits: SearchHit[] = [];
  let before = Number(query.before ?? Number.MAX_SAFE_INTEGER);
  for (;;) {
    const found = matchRows.parse(
      matches.all({
        terms,
        before,
        sessions: sessions === null ? null : JSON.stringify(sessions),
        types: query.type === undefined ? null : JSON.stringify(query.type.split(',')),
        from: query.from ?? 0,
        to: query.to ?? Number.MAX_SAFE_INTEGER,
        limit: query.limit,
      }),
    );
    const named = sessionsByKey(
      log,
      found.map((match) => match.session_key),
    );
    for (const match of found) {
      before = match.position;
      const session = named.get(match.session_key);
      // Removed a moment ago: the index has not come to it yet.
      if (session === undefined) continue;
      hits.push({
        sessionId: session.session_id,
        sessionName: session.name,
        agent: session.agent,
        position: match.position,
        run: match.run,
        seq: match.first_seq,
        type: match.type,
        occurredAt: match.occurred_at,
        ...excerptOf(match.marked),
      });
      if (hits.length === query.limit) break;
    }
    if (found.length < query.limit) return { hits, next: null, indexedUpTo };
    if (hits.length === query.limit) return { hits, next: String(before), indexedUpTo };
  }
};

/** The sessions that are meant, or null for all. */
const sessionFilter = (log: Database, { session, agent }: SearchQuery): readonly number[] | null => {
  if (session === undefined && agent === undefined) return null;
  return keys.parse(
    log
      .prepare(
        `SELECT session_key FROM sessions
          WHERE (@session IS NULL OR session_id = @session) AND (@agent IS NULL OR agent = @agent)`,
      )
      .pluck()
      .all({ session: session?.toLowerCase() ?? null, agent: agent ?? null }),
  );
};

const sessionsByKey = (log: Database, sessionKeys: readonly number[]) => {
  const rows = sessionRows.parse(
    log
      .prepare(
        `SELECT session_key, session_id, name, agent FROM sessions
          WHERE ${isShown} AND session_key IN (SELECT value FROM json_each(?))`,
      )
      .all(JSON.stringify(sessionKeys)),
  );
  return new Map(rows.map((row) => [row.session_key, row]));
};
