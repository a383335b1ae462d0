import * as z from 'zod';
import { applyToRun, type RunState, runLooksInto, unbornRun } from '../../model/dashboard/run-projection.ts';
import {
  applyEpochToSession,
  applyToSession,
  type SessionState,
  sessionLooksInto,
  unbornSession,
} from '../../model/dashboard/session-projection.ts';
import { decodeFact, type EventPlace } from '../../protocol/facts/events.ts';
import {
  ordinalSchema,
  positionSchema,
  runKeySchema,
  seqSchema,
  sessionKeySchema,
  timestampSchema,
} from '../../protocol/facts/id-schemas.ts';
import { ledgerOrdinal, type RunKey, type SessionKey } from '../../protocol/facts/ids.ts';
import type { VerifyReport } from '../../protocol/gateway/api.ts';
import { isCorruption } from '../file/corruption.ts';
import type { Database } from '../file/sqlite.ts';
import { runColumns, sessionColumns } from '../rows.ts';
import { verifyChain } from './verify-chain.ts';
import { differenceOfMachines } from './verify-machines.ts';

const eventRow = z.object({
  position: positionSchema,
  run_key: runKeySchema,
  session_key: sessionKeySchema.nullable(),
  ordinal: ordinalSchema.nullable(),
  seq: seqSchema,
  type: z.string(),
  payload: z.string().nullable(),
  occurred_at: timestampSchema,
  recorded_at: timestampSchema,
});
const epochRows = z.array(
  z.object({
    epoch_key: z.number(),
    start_position: z.number(),
    started_at: timestampSchema,
    clean: z.union([z.literal(0), z.literal(1)]),
  }),
);
const keyedSession = z.looseObject({ session_key: sessionKeySchema, session_id: z.string() });
const keyedRun = z.looseObject({
  run_key: runKeySchema,
  run_id: z.string(),
  session_key: sessionKeySchema,
  ordinal: z.number(),
});

type Fold = {
  readonly sessions: Map<SessionKey, SessionState>;
  readonly runs: Map<RunKey, RunState>;
  /** Where a session's runs have a gap first: only of one that is being removed may events be missing. */
  readonly gaps: Map<SessionKey, string>;
  events: number;
  removedEvents: number;
};

const emptyFold = (): Fold => ({
  sessions: new Map(),
  runs: new Map(),
  gaps: new Map(),
  events: 0,
  removedEvents: 0,
});

const isErasing = (fold: Fold, key: SessionKey): boolean => fold.sessions.get(key)?.removal === 'erasing';

/** Folds a log whose chain is broken on record: what each session and run is by the events that are left. */
export const foldRepairedLog = (database: Database): Pick<Fold, 'sessions' | 'runs'> => {
  const fold = emptyFold();
  foldLog(database, fold, true);
  return fold;
};

class Difference extends Error {}

/** Whatever shows that something is not as it was written, in words; any other error is raised again. */
const describeDifference = (thrown: unknown): string => {
  if (thrown instanceof Difference) return thrown.message;
  if (thrown instanceof z.ZodError) return `a row is unreadable: ${z.prettifyError(thrown)}`;
  if (isCorruption(thrown)) return `the file is damaged: ${thrown.message}`;
  throw thrown;
};

/**
 * Folds the whole log, in order of position and with the epochs where they began, and compares the result with every
 * stored row. Before that it follows the hash chain: nothing was changed, and no position is empty but those that a
 * tombstone or a repair accounts for. After it the machine of each run is folded, and held against the run's outcome.
 */
export const verifyLog = (database: Database): VerifyReport => {
  const fold = emptyFold();
  const counts = () => ({ events: fold.events, sessions: livingSessions(fold) });
  try {
    // One read transaction: what is committed meanwhile is for the next time. An error leaves it as an error, because
    // after some of them SQLite has nothing left to commit.
    const lost = database.transaction(() => compareAll(database, fold))();
    return { ok: true, ...counts(), lost };
  } catch (thrown) {
    return { ok: false, ...counts(), difference: describeDifference(thrown) };
  }
};

/** Raises the first difference; gives how many events were lost before a repair. */
const compareAll = (database: Database, fold: Fold): number => {
  const chain = hasChain(database) ? verifyChain(database) : null;
  if (chain?.difference) throw new Difference(chain.difference);
  foldLog(database, fold, (chain?.lost ?? 0) > 0);
  for (const [key, difference] of fold.gaps) if (!isErasing(fold, key)) throw new Difference(difference);
  if (chain !== null && fold.removedEvents !== chain.removed) {
    throw new Difference(`${chain.removed} events were removed, the tombstones account for ${fold.removedEvents}`);
  }
  compareSessions(database, fold);
  compareRuns(database, fold);
  const lost = chain?.lost ?? 0;
  // Of a run whose events were lost in part, the machine cannot be asked to have seen them all.
  const difference = lost === 0 ? differenceOfMachines(database) : null;
  if (difference !== null) throw new Difference(difference);
  return lost;
};

const livingSessions = (fold: Fold): number =>
  [...fold.sessions.values()].reduce((count, state) => count + (state.removal === 'none' ? 1 : 0), 0);

/** A database that no runtime has opened since the chain was introduced has none yet. */
const hasChain = (database: Database): boolean => Number(database.pragma('user_version', { simple: true })) >= 3;

const foldLog = (database: Database, fold: Fold, eventsWereLost: boolean): void => {
  const epochs = epochRows.parse(
    database.prepare('SELECT epoch_key, start_position, started_at, clean FROM epochs ORDER BY epoch_key').all(),
  );
  let nextEpoch = 0;
  const openEpochsUpTo = (position: number): void => {
    for (let epoch = epochs[nextEpoch]; epoch !== undefined && epoch.start_position < position; ) {
      const previous = epochs[nextEpoch - 1];
      if (previous !== undefined) {
        const opened = { startedAt: epoch.started_at, previousWasClean: previous.clean === 1 };
        for (const [key, state] of fold.sessions) fold.sessions.set(key, applyEpochToSession(state, opened));
      }
      nextEpoch += 1;
      epoch = epochs[nextEpoch];
    }
  };

  // The payload of what no fold looks into is the bulk of the log: it is not even read.
  const looked = (type: string): boolean => sessionLooksInto(type) || runLooksInto(type);
  database.function('throughline_looks_into', { deterministic: true }, (type: unknown) => Number(looked(String(type))));
  const events = database
    .prepare(
      `SELECT position, run_key, session_key, ordinal, seq, type, occurred_at, recorded_at,
              CASE WHEN throughline_looks_into(type) THEN payload END AS payload
         FROM session_events LEFT JOIN runs USING (run_key) ORDER BY position`,
    )
    .iterate();
  for (const row of events) {
    const event = eventRow.parse(row);
    openEpochsUpTo(event.position);
    foldEvent(fold, event, eventsWereLost);
  }
  openEpochsUpTo(Number.POSITIVE_INFINITY);
};

const foldEvent = (fold: Fold, event: z.infer<typeof eventRow>, eventsWereLost: boolean): void => {
  const where = `position ${event.position}`;
  if (event.session_key === null || event.ordinal === null) throw new Difference(`${where}: its run is missing`);
  const place: EventPlace = {
    position: event.position,
    sessionKey: event.session_key,
    runKey: event.run_key,
    ordinal: event.ordinal,
    seq: event.seq,
    recordedAt: event.recorded_at,
  };
  const fact = event.payload === null ? null : decodeFact(event.type, event.payload, event.occurred_at);
  if (event.payload !== null && fact === null) throw new Difference(`${where}: the ${event.type} event is unreadable`);
  const run = fold.runs.get(place.runKey) ?? unbornRun;
  const isTombstone = fact?.type === 'session_removed' || fact?.type === 'events_removed';
  const follows = eventsWereLost ? event.seq > run.lastSeq : event.seq === run.lastSeq + 1;
  if (!follows && !isTombstone) {
    const difference = `${where}: seq ${event.seq} follows ${run.lastSeq} in run ${event.ordinal}`;
    if (!fold.gaps.has(place.sessionKey)) fold.gaps.set(place.sessionKey, difference);
  }
  fold.runs.set(place.runKey, applyToRun(run, place, fact));
  const session = fold.sessions.get(place.sessionKey) ?? unbornSession;
  fold.sessions.set(place.sessionKey, applyToSession(session, place, fact));
  fold.events += 1;
  if (isTombstone) fold.removedEvents += fact.payload.events;
};

/** Compares the columns as they are stored: a reading that makes sense of them could make it of damaged ones, too. */
const firstDifference = (
  stored: Readonly<Record<string, unknown>>,
  folded: Readonly<Record<string, string | number | null>>,
): string | null => {
  for (const [name, value] of Object.entries(folded)) {
    if (stored[name] !== value) {
      return `${name} is ${JSON.stringify(stored[name])}, the log gives ${JSON.stringify(value)}`;
    }
  }
  return null;
};

const compareSessions = (database: Database, fold: Fold): void => {
  const seen = new Set<number>();
  for (const row of database.prepare('SELECT * FROM sessions ORDER BY session_key').iterate()) {
    const stored = keyedSession.parse(row);
    const { session_key, session_id } = stored;
    const folded = fold.sessions.get(session_key);
    if (folded === undefined) throw new Difference(`session ${session_id} has no events`);
    const difference = firstDifference(stored, sessionColumns(folded));
    if (difference !== null) throw new Difference(`session ${session_id}: ${difference}`);
    seen.add(session_key);
  }
  for (const key of fold.sessions.keys()) if (!seen.has(key)) throw new Difference(`session row ${key} is missing`);
};

const compareRuns = (database: Database, fold: Fold): void => {
  for (const row of database.prepare('SELECT * FROM runs ORDER BY run_key').iterate()) {
    const stored = keyedRun.parse(row);
    const { run_key, run_id, session_key, ordinal } = stored;
    // Its row says what it was, and its events are being deleted from its beginning on.
    if (ordinal !== ledgerOrdinal && isErasing(fold, session_key)) continue;
    const folded = fold.runs.get(run_key);
    if (folded === undefined) throw new Difference(`run ${run_id} has no events`);
    const difference = firstDifference(stored, runColumns(folded));
    if (difference !== null) throw new Difference(`run ${run_id}: ${difference}`);
  }
};
