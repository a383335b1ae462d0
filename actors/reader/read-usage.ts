import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { countUsage, nothingUsed, type UsageCount, usageTypes } from '../model/usage/count-usage.ts';
import { knownPrices, type PriceTable, priceTable } from '../model/usage/prices.ts';
import { sumUsage, type Used } from '../model/usage/sum-usage.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { decodeFact, type RunFact } from '../protocol/facts/events.ts';
import { sessionKeySchema, timestampSchema, writtenSessionId } from '../protocol/facts/id-schemas.ts';
import type { SessionKey } from '../protocol/facts/ids.ts';
import type { UsageAnswer, UsageQuestion } from '../protocol/gateway/usage-routes.ts';
import type { Database } from '../store/file/sqlite.ts';
import { isShown } from '../store/rows.ts';

const session = z.object({
  session_key: sessionKeySchema,
  session_id: writtenSessionId,
  name: z.string(),
  repository: z.string(),
  agent: z.string(),
});
const row = z.object({
  session_key: sessionKeySchema,
  ordinal: z.number().int(),
  type: z.string(),
  payload: z.string(),
  occurred_at: timestampSchema,
});

// Word for word the condition of the index `usage_events`: else all of the log would be read.
const types = usageTypes.map((type) => `'${type}'`).join(', ');

/**
 * What the sessions that there are have used, as often as it is asked made anew from the log: nothing is stored of it
 * that could differ from that. Takes as long as agents told of tokens, not as the log is long.
 *
 * Raises `configuration.invalid` for a `prices.json` beside the database that is no table of prices.
 */
export const readUsage = (database: Database, databasePath: string, { by, since }: UsageQuestion): UsageAnswer => {
  const prices = readPrices(join(dirname(databasePath), 'prices.json'));
  const sessions = new Map<SessionKey, z.infer<typeof session>>();
  const shown = database.prepare(
    `SELECT session_key, session_id, name, repository, agent FROM sessions WHERE ${isShown}`,
  );
  for (const stored of shown.iterate()) {
    const read = session.safeParse(stored);
    // What is damaged concerns its session alone, here and below.
    if (read.success) sessions.set(read.data.session_key, read.data);
  }
  const counts = new Map<SessionKey, UsageCount>();
  const events = database.prepare(
    `SELECT session_key, ordinal, type, payload, occurred_at FROM session_events JOIN runs USING (run_key)
      WHERE type IN (${types}) ORDER BY position`,
  );
  for (const stored of events.iterate()) {
    const read = row.safeParse(stored);
    if (!read.success || !sessions.has(read.data.session_key)) continue;
    const { session_key, ordinal, type, payload, occurred_at } = read.data;
    const fact = decodeFact(type, payload, occurred_at);
    if (fact === null || !isOfUsage(fact)) continue;
    counts.set(session_key, countUsage(counts.get(session_key) ?? nothingUsed, ordinal, fact));
  }
  return sumUsage(usedSince(sessions, counts, since), by, prices);
};

type OfUsage = Extract<RunFact, { readonly type: (typeof usageTypes)[number] }>;

const isOfUsage = (fact: { readonly type: string }): fact is OfUsage => usageTypes.some((type) => type === fact.type);

const usedSince = function* (
  sessions: ReadonlyMap<SessionKey, z.infer<typeof session>>,
  counts: ReadonlyMap<SessionKey, UsageCount>,
  since: number,
): Iterable<Used> {
  for (const [key, { turns }] of counts) {
    const whose = sessions.get(key);
    if (whose === undefined) continue;
    const { session_id, name, repository, agent } = whose;
    for (const turn of turns) {
      if (turn.at >= since) yield { ...turn, session: session_id, name, repository, agent, day: dayOf(turn.at) };
    }
  }
};

const dayOf = (time: number): string => {
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

const readPrices = (path: string): PriceTable => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return knownPrices;
  }
  const invalid = (reason: string, cause: unknown) =>
    new ThroughlineError('configuration.invalid', `${path} is no table of prices: ${reason}`, {
      hint: 'it is {"date": "2026-11-30", "models": [{"model": "gpt-5", "input": 1.25, "output": 10}]}, in US dollars for a million tokens',
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid('it is not JSON', cause);
  }
  const read = priceTable.safeParse(json);
  if (!read.success) throw invalid(z.prettifyError(read.error).split('\n').slice(0, 2).join(' '), read.error);
  return read.data;
};
