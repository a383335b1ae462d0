/**
 * Everything that is read from the database, over one read-only connection. In the runtime it lives in reader threads;
 * the command line uses it directly, with or without a runtime.
 */
import { existsSync } from 'node:fs';
import { ThroughlineError } from '../protocol/facts/error.ts';
import type { RunFact } from '../protocol/facts/events.ts';
import type { RunKey, SessionId, SessionKey } from '../protocol/facts/ids.ts';
import type { KnownItems } from '../protocol/facts/known-item.ts';
import type { LogQueries } from '../protocol/gateway/log-queries.ts';
import { compareWithMark } from '../store/chain/compare-mark.ts';
import { type FoundMark, headMarkPath, readHeadMark } from '../store/chain/head-mark.ts';
import { isCorruption } from '../store/file/corruption.ts';
import { type Database, Sqlite } from '../store/file/sqlite.ts';
import { asStoreError, damaged, refuseForeign, refuseLoss } from '../store/open-store.ts';
import { verifyLog } from '../store/verify/verify-log.ts';
import {
  type DashboardView,
  readAgentOptions,
  readDashboard,
  readDashboardRows,
  readRepositories,
  readSession,
} from './dashboard-queries.ts';
import { type HeldConversation, readHeldConversations } from './held-conversations.ts';
import { findEvent, readHistoryBefore } from './history-before.ts';
import { readEventsAfter, readHistory } from './history-queries.ts';
import { readOverview, readSteps, readWhatIf } from './inspection-queries.ts';
import { readKnownItems } from './known-items.ts';
import { readQueue } from './read-queue.ts';
import { readRecap } from './read-recap.ts';
import { readUsage } from './read-usage.ts';
import { readWork } from './read-work.ts';
import { readRunFacts, readSessionHandle, type SessionHandle } from './session-queries.ts';
import { readUnfinishedRemovals, type UnfinishedRemoval } from './unfinished-removals.ts';
import { readUsedBytes } from './used-bytes.ts';

/** What the runtime asks besides, to command a session. */
export type Queries = LogQueries & {
  /** Set when the head mark beside the database remembers what is not in it: what is read is not all there was. */
  readonly damage: ThroughlineError | null;
  /** What the runtime needs to know of a session to command it. Raises `session.not_found`. */
  readonly handle: (id: SessionId) => SessionHandle;
  /** Sessions whose removal was begun and not finished. */
  readonly unfinishedRemovals: () => readonly UnfinishedRemoval[];
  /** Which conversations of agents are sessions here. */
  readonly heldConversations: () => readonly HeldConversation[];
  /** The bytes of the database that hold something. */
  readonly usedBytes: () => number;
  /** What the log has of the agent's words and deeds, to know a replay by. */
  readonly knownItems: (key: SessionKey) => KnownItems;
  /** What a new conversation has to know of the earlier ones of a session; null when nothing was said in them. */
  readonly recap: (
    key: SessionKey,
    options: { readonly maxBytes: number; readonly exceptRun: number },
  ) => string | null;
  /** The facts of a run that say where it stands (its approvals and statuses), in order. */
  readonly runFacts: (key: RunKey) => readonly RunFact[];
  readonly close: () => void;
};

/**
 * Opens a database to read. `runtimeIsAlive` false shows what is in flight as restored already, as the next start
 * would mark it: nobody works on it, and a reader should not believe so.
 *
 * Raises `store.missing` when there is no database and never was, `store.damaged` when it is gone or too damaged to be
 * opened, `store.unreadable` when it is not ours.
 */
export const openQueries = (databasePath: string, options: { readonly runtimeIsAlive: boolean }): Queries => {
  // Read before the database: what is committed in between is then only ahead of it.
  const mark = readHeadMark(headMarkPath(databasePath));
  if (!existsSync(databasePath)) {
    refuseLoss(databasePath, mark);
    throw new ThroughlineError('store.missing', `there is no database at ${databasePath}`, {
      hint: 'it is made when the runtime starts for the first time',
    });
  }
  let opened: Database | undefined;
  try {
    const database = new Sqlite(databasePath, { readonly: true });
    opened = database;
    database.pragma('trusted_schema = OFF');
    database.pragma('query_only = ON');
    refuseForeign(database, databasePath);
    const view: DashboardView = { database, runtimeIsAlive: options.runtimeIsAlive };
    return {
      damage: damageOf(database, databasePath, mark),
      dashboard: () => readDashboard(view),
      session: (id) => readSession(view, id),
      history: (id, after, limit) => readHistory(database, id, after, limit),
      historyBefore: (id, before, limit) => readHistoryBefore(database, id, before, limit),
      find: (id, options) => findEvent(database, id, options),
      dashboardRows: (keys) => readDashboardRows(view, keys),
      work: (id) => readWork(database, id),
      promptQueue: (id) => readQueue(database, id),
      repositories: () => readRepositories(view),
      agentOptions: (agent) => readAgentOptions(view, agent),
      eventsAfter: (position, filter) => readEventsAfter(database, position, filter),
      usage: (question) => readUsage(database, databasePath, question),
      verify: () => verifyLog(database),
      handle: (id) => readSessionHandle(database, id),
      unfinishedRemovals: () => readUnfinishedRemovals(database),
      heldConversations: () => readHeldConversations(database),
      usedBytes: () => readUsedBytes(database),
      knownItems: (key) => readKnownItems(database, key),
      recap: (key, options) => readRecap(database, key, options),
      runFacts: (key) => readRunFacts(database, key),
      steps: (run, range) => readSteps(database, run, range),
      overview: (run, after) => readOverview(database, run, after),
      whatIf: (run, supposed) => readWhatIf(database, run, supposed),
      close: () => database.close(),
    };
  } catch (thrown) {
    opened?.close();
    throw asStoreError(databasePath, thrown);
  }
};

/** What the head mark remembers and the database lacks; null when there is nothing to say. */
const damageOf = (database: Database, path: string, mark: FoundMark): ThroughlineError | null => {
  try {
    const difference = mark.kind === 'mark' ? compareWithMark(database, mark.mark) : null;
    return difference === null ? null : damaged(`${path} is not what it was: ${difference}`);
  } catch (thrown) {
    // The end of the log cannot be read; the list and most histories may well be.
    if (isCorruption(thrown)) return asStoreError(path, thrown);
    throw thrown;
  }
};
