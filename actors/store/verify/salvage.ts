/**
 * Saves what can be read of a damaged database into a new one: row by row, so that a damaged page costs only what is on
 * it. Events keep their positions, seqs and hashes. Where one was lost or altered, a note stands in its place, without a
 * hash: the chain is broken there on record, and what follows it is not claimed to follow from what was before. All rows
 * of the dashboard are then folded from the log that is left.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { unbornRun } from '../../model/dashboard/run-projection.ts';
import { type SessionState, unbornSession } from '../../model/dashboard/session-projection.ts';
import {
  ordinalSchema,
  positionSchema,
  runKeySchema,
  seqSchema,
  sessionKeySchema,
  timestampSchema,
} from '../../protocol/facts/id-schemas.ts';
import { hashedEvent } from '../chain/chain-existing.ts';
import { eventHash, genesisHash, hashBlob, hashHex } from '../chain/event-hash.ts';
import type { Database } from '../file/sqlite.ts';
import { prepareUpdate, runColumns, sessionColumns, sessionStateOf } from '../rows.ts';
import { type KeyedTable, largestKey, orNull, rowsAround } from '../rows-around.ts';
import { foldRepairedLog } from './verify-log.ts';

export type Salvaged = {
  /** Positions that were given out, those of removed sessions apart. */
  readonly events: number;
  /** Events that are as they were written. */
  readonly saved: number;
  readonly sessions: number;
};

// No less exact than what folds the repaired log: what that could not read is damaged, and not saved.
const eventRow = z.object({
  position: positionSchema,
  run_key: runKeySchema,
  seq: seqSchema,
  type: z.string(),
  version: z.number().int(),
  payload: z.string(),
  occurred_at: timestampSchema,
  recorded_at: timestampSchema,
  hash: z.instanceof(Uint8Array).nullable(),
});
type EventRow = Omit<z.infer<typeof eventRow>, 'hash'> & { readonly hash: Uint8Array | null };

const epochRow = z.looseObject({
  epoch_key: z.number().int(),
  start_position: z.number().int(),
  started_at: timestampSchema,
  ended_at: z.number().int().nullable(),
  // A repair has to say something. That the runtime ended of its own will is said only where it stands.
  clean: z.union([z.literal(0), z.literal(1)]).catch(0),
  program_version: z.string(),
  pid: z.number().int(),
});
const gapRow = z.object({
  first_position: z.number().int(),
  last_position: z.number().int(),
  reason: z.enum(['removed', 'lost']),
  hash: z.instanceof(Uint8Array).nullable(),
});
const runIdentity = z.object({
  run_key: runKeySchema,
  run_id: z.string(),
  session_key: sessionKeySchema,
  ordinal: ordinalSchema,
  epoch_key: z.number().int(),
});
const sessionIdentity = z.object({ session_key: sessionKeySchema, session_id: z.string() });
const placeRow = z.object({ position: positionSchema, run_key: runKeySchema, seq: seqSchema });

const tables = {
  events: { name: 'session_events', key: 'position' },
  sessions: { name: 'sessions', key: 'session_key' },
  runs: { name: 'runs', key: 'run_key' },
  epochs: { name: 'epochs', key: 'epoch_key' },
  gaps: { name: 'log_gaps', key: 'first_position' },
} as const satisfies Record<string, KeyedTable>;

/**
 * Fills `target`, a new and empty database of ours, from `source`. `lastKnown` is the last position that is known from
 * elsewhere (the head mark), 0 if none is.
 */
export const salvage = (source: Database, target: Database, lastKnown: number): Salvaged =>
  target
    .transaction((): Salvaged => {
      target.pragma('defer_foreign_keys = ON');
      const runs = saveIdentities(source, target);
      const gaps = parsed(gapRow, rowsAround(source, tables.gaps, largestKey(source, tables.gaps, 0)));
      const last = Math.max(largestKey(source, tables.events, lastKnown), ...gaps.map((gap) => gap.last_position));
      const saved = saveEvents(source, target, { runs, gaps, last });
      const lost = standInForLost(source, target, { runs, gaps, last });
      const sessions = project(target);
      return { events: saved + lost, saved, sessions };
    })
    .immediate();

type Runs = ReadonlyMap<number, z.infer<typeof runIdentity>>;

/** Keys and ids, from the tables or, where their pages are damaged, from the indexes, which hold them as well. */
const saveIdentities = (source: Database, target: Database): Runs => {
  const insertEpoch = target.prepare(
    'INSERT INTO epochs VALUES (@epoch_key, @start_position, @started_at, @ended_at, @clean, @program_version, @pid)',
  );
  for (const epoch of parsed(epochRow, rowsAround(source, tables.epochs, largestKey(source, tables.epochs, 0)))) {
    insertEpoch.run(epoch);
  }
  const sessions = new Map<number, string>();
  const sessionRows = [...rowsAround(source, tables.sessions, largestKey(source, tables.sessions, 0))];
  const fromIndex = orNull(() => source.prepare('SELECT session_key, session_id FROM sessions').all()) ?? [];
  for (const { session_key, session_id } of parsed(sessionIdentity, [...fromIndex, ...sessionRows])) {
    sessions.set(session_key, session_id);
  }
  const insertSession = target.prepare(
    `INSERT OR IGNORE INTO sessions (session_key, session_id, ${Object.keys(sessionColumns(unbornSession)).join(', ')})
     VALUES (@session_key, @session_id, ${Object.keys(sessionColumns(unbornSession))
       .map((name) => `@${name}`)
       .join(', ')})`,
  );
  const states = new Map(sessionRows.flatMap((row) => stateOf(row)));
  for (const [session_key, session_id] of sessions) {
    insertSession.run({ ...sessionColumns(states.get(session_key) ?? unbornSession), session_key, session_id });
  }
  const runs = new Map<number, z.infer<typeof runIdentity>>();
  for (const run of parsed(runIdentity, rowsAround(source, tables.runs, largestKey(source, tables.runs, 0)))) {
    runs.set(run.run_key, run);
  }
  for (const run of runsByIndex(source)) if (!runs.has(run.run_key)) runs.set(run.run_key, run);
  const insertRun = target.prepare(
    `INSERT OR IGNORE INTO runs (run_key, run_id, session_key, ordinal, last_seq, epoch_key)
     VALUES (@run_key, @run_id, @session_key, @ordinal, 0, @epoch_key)`,
  );
  for (const [key, run] of runs) {
    if (!sessions.has(run.session_key) || insertRun.run(run).changes === 0) runs.delete(key);
  }
  return runs;
};

const stateOf = (row: unknown): readonly (readonly [number, SessionState])[] => {
  const identity = sessionIdentity.safeParse(row);
  if (!identity.success) return [];
  try {
    return [[identity.data.session_key, sessionStateOf(row)]];
  } catch {
    return [];
  }
};

const runsByIndex = (source: Database): readonly z.infer<typeof runIdentity>[] => {
  const epoch = orNull(() => source.prepare('SELECT min(epoch_key) FROM epochs').pluck().get()) ?? 1;
  const places = orNull(() => source.prepare('SELECT run_key, session_key, ordinal FROM runs').all()) ?? [];
  const ids = new Map(
    parsed(
      z.object({ run_key: z.number(), run_id: z.string() }),
      orNull(() => source.prepare('SELECT run_key, run_id FROM runs').all()) ?? [],
    ).map((run) => [run.run_key, run.run_id]),
  );
  return parsed(
    runIdentity,
    places.map((place) => {
      const { run_key } = z.looseObject({ run_key: z.number() }).parse(place);
      return { ...Object(place), run_id: ids.get(run_key) ?? randomUUID(), epoch_key: epoch };
    }),
  );
};

type Found = { readonly runs: Runs; readonly gaps: readonly z.infer<typeof gapRow>[]; readonly last: number };

/** Copies every event that is as it was written, and gives their number. */
const saveEvents = (source: Database, target: Database, { runs, gaps, last }: Found): number => {
  const insert = target.prepare(
    `INSERT OR IGNORE INTO session_events
     VALUES (@position, @run_key, @seq, @type, @version, @payload, @occurred_at, @recorded_at, @hash)`,
  );
  const hashAfterGap = new Map(gaps.map((gap) => [gap.last_position, hashHex(gap.hash)]));
  let position = 0;
  let previous: string | null = genesisHash;
  // One that its own hash does not vouch for, and the hash it should have: if the next event was chained to that one,
  // only the stored hash was hit, and the event is as it was written.
  let doubtful: { readonly event: EventRow; readonly hash: string } | null = null;
  let saved = 0;
  const save = (event: EventRow): void => {
    if (runs.has(event.run_key)) saved += insert.run(event).changes;
  };
  for (const row of rowsAround(source, tables.events, last)) {
    const read = eventRow.safeParse(row);
    if (!read.success) continue;
    const event = read.data;
    if (event.position !== position + 1) {
      previous = hashAfterGap.get(event.position - 1) ?? null;
      doubtful = null;
    }
    const stored = hashHex(event.hash);
    const fits = (from: string): boolean => stored !== null && eventHash(from, hashedEvent(event)) === stored;
    if (doubtful !== null && !(previous !== null && fits(previous)) && fits(doubtful.hash)) {
      save({ ...doubtful.event, hash: hashBlob(doubtful.hash) });
      previous = doubtful.hash;
    }
    doubtful = null;
    // After a break nothing vouches for the first event but that it can be read.
    if (previous === null ? stored !== null : fits(previous)) save(event);
    else if (previous !== null) doubtful = { event, hash: eventHash(previous, hashedEvent(event)) };
    position = event.position;
    previous = stored;
  }
  return saved;
};

/** Puts something in the place of each event that was not saved, and gives their number. */
const standInForLost = (source: Database, target: Database, { runs, gaps, last }: Found): number => {
  const insertGap = target.prepare('INSERT INTO log_gaps VALUES (?, ?, ?, ?)');
  for (const gap of gaps) insertGap.run(gap.first_position, gap.last_position, gap.reason, gap.hash);
  const insert = target.prepare(
    `INSERT OR IGNORE INTO session_events VALUES (@position, @run_key, @seq, @type, 1, @payload, @at, @at, NULL)`,
  );
  const places = placesByIndex(source, runs);
  const text = source.prepare('SELECT type, payload FROM session_events WHERE position = ?');
  let lost = 0;
  for (const position of missingPositions(target, last)) {
    lost += 1;
    const found = places.get(position);
    const run = found === undefined ? undefined : runs.get(found.run_key);
    const fact =
      run === undefined || found === undefined ? null : standIn(target, run, found.seq, () => text.get(position));
    const stands = fact !== null && insert.run({ ...found, ...fact, at: 0 }).changes === 1;
    if (!stands) insertGap.run(position, position, 'lost', null);
  }
  return lost;
};

const placesByIndex = (source: Database, runs: Runs): ReadonlyMap<number, z.infer<typeof placeRow>> => {
  const places = new Map<number, z.infer<typeof placeRow>>();
  // Only columns of the index (run_key, seq), which is read alone.
  const ofRun = source.prepare('SELECT position, run_key, seq FROM session_events WHERE run_key = ?');
  for (const key of runs.keys()) {
    for (const place of parsed(placeRow, orNull(() => ofRun.all(key)) ?? [])) places.set(place.position, place);
  }
  return places;
};

/** Positions up to `last` that neither an event nor a gap accounts for. */
const missingPositions = (target: Database, last: number): readonly number[] => {
  const taken = z.array(z.object({ first: z.number(), last: z.number() })).parse(
    target
      .prepare(
        `SELECT position AS first, position AS last FROM session_events
            UNION ALL SELECT first_position, last_position FROM log_gaps ORDER BY first`,
      )
      .all(),
  );
  const missing: number[] = [];
  let next = 1;
  for (const span of [...taken, { first: last + 1, last }]) {
    for (; next < span.first; next += 1) missing.push(next);
    next = Math.max(next, span.last + 1);
  }
  return missing;
};

const maxKeptCharacters = 4_000;

/** What stands where an event was: a note, or for a session's creation the creation as its row still tells it. */
const standIn = (
  target: Database,
  run: z.infer<typeof runIdentity>,
  seq: number,
  read: () => unknown,
): { readonly type: string; readonly payload: string } => {
  if (run.ordinal === 0 && seq === 1) {
    const row = target.prepare('SELECT * FROM sessions WHERE session_key = ?').get(run.session_key);
    const state = sessionStateOf(row);
    const { name, agent, repository, approvalPolicy, usesWorktree, branch, base, baseCommit, mode } = state;
    const told = {
      name,
      agent,
      repository,
      approvals: approvalPolicy,
      worktree: usesWorktree,
      branch,
      base,
      baseCommit,
      mode,
    };
    return { type: 'session_created', payload: JSON.stringify({ ...told, recovered: true }) };
  }
  const left = z.object({ type: z.string(), payload: z.string() }).safeParse(orNull(read));
  const why = left.success ? 'it was not what had been written' : 'the file was damaged there';
  const kept = left.success ? { was: left.data.type, text: left.data.payload.slice(0, maxKeptCharacters) } : {};
  return { type: 'note', payload: JSON.stringify({ note: 'event_lost', why, ...kept }) };
};

/** Writes every session's and run's row as the log that is left gives it, and gives the number of sessions. */
const project = (target: Database): number => {
  const { sessions, runs } = foldRepairedLog(target);
  const updateSession = prepareUpdate(target, 'sessions', 'session_key', Object.keys(sessionColumns(unbornSession)));
  const updateRun = prepareUpdate(target, 'runs', 'run_key', Object.keys(runColumns(unbornRun)));
  for (const [run_key, state] of runs) updateRun.run({ ...runColumns(state), run_key });
  for (const [session_key, state] of sessions) updateSession.run({ ...sessionColumns(state), session_key });
  // What has no event left is nothing any more.
  target.exec('DELETE FROM runs WHERE run_key NOT IN (SELECT run_key FROM session_events)');
  target.exec('DELETE FROM sessions WHERE session_key NOT IN (SELECT session_key FROM runs)');
  return [...sessions.values()].filter((state) => state.removal === 'none').length;
};

const parsed = <Schema extends z.ZodType>(schema: Schema, rows: Iterable<unknown>): z.infer<Schema>[] =>
  [...rows].flatMap((row) => {
    const read = schema.safeParse(row);
    return read.success ? [read.data] : [];
  });
