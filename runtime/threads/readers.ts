/**
 * The reader actors: a small pool of threads, each with a read-only connection. Reads that may take long never have all
 * of them, so what is short, the look-ups of commands first of all, waits for no long one.
 */
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { RunFact } from '../../actors/protocol/facts/events.ts';
import type { RunKey, SessionId, SessionKey } from '../../actors/protocol/facts/ids.ts';
import type { VerifyReport } from '../../actors/protocol/gateway/api.ts';
import type { DashboardSnapshot, SessionDetail } from '../../actors/protocol/gateway/dashboard.ts';
import type { RunOverview, StepPage, WhatIf } from '../../actors/protocol/gateway/inspection.ts';
import type { RecentRepositories } from '../../actors/protocol/gateway/window.ts';
import type { ReaderOptions, ReaderQuery } from '../../actors/protocol/threads/reader-messages.ts';
import type { DashboardRows } from '../../actors/reader/dashboard-queries.ts';
import type { HistoryPageBefore } from '../../actors/reader/history-before.ts';
import type { EventsAfter, HistoryPage, HistoryPlace } from '../../actors/reader/history-queries.ts';
import type { KnownItems, SessionHandle } from '../../actors/reader/session-queries.ts';
import type { ReaderAnswer } from '../../actors/reader/thread.ts';
import type { Log } from '../data/log.ts';
import type { RuntimeQueries } from '../surface.ts';
import { createAtMost } from './at-most.ts';
import { loadPiscina } from './load-piscina.ts';
import { threadArguments, threadEntry } from './thread-entries.ts';

/** The third is there only while two long reads are under way. */
const maxReaderThreads = 3;
const maxLongReads = maxReaderThreads - 1;

/**
 * Whether a query takes as long as the log, a session's history or a run is, or folds much of one. What a command or its
 * session waits for is never among them.
 */
const isLong: Readonly<Record<ReaderQuery['kind'], boolean>> = {
  dashboard: false,
  session: false,
  history: false,
  history_before: false,
  find: true,
  dashboard_rows: false,
  repositories: false,
  events_after: false,
  verify: true,
  steps: true,
  overview: true,
  what_if: true,
  handle: false,
  known_items: false,
  run_facts: false,
};

export type Readers = RuntimeQueries & {
  readonly handle: (id: SessionId) => Promise<SessionHandle>;
  readonly knownItems: (key: SessionKey) => Promise<KnownItems>;
  readonly runFacts: (key: RunKey) => Promise<readonly RunFact[]>;
  /** The threads there are now, the queries that wait for one, and how many were answered by this pool. */
  readonly look: () => { readonly workers: readonly Worker[]; readonly waiting: number; readonly answered: number };
  /** Ends the threads at once, as a fault would. For tests of the supervision. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Threads are started when they are first needed: a runtime that nobody asks has none. */
export const createReaders = (options: ReaderOptions & { readonly log: Log }): Readers => {
  const { databasePath, log } = options;
  const longReads = createAtMost(maxLongReads);
  let pool: Piscina | null = null;
  let stopped = false;

  const open = (): Piscina => {
    const opened = new (loadPiscina().Piscina)({
      filename: threadEntry('reader'),
      execArgv: threadArguments,
      workerData: { databasePath } satisfies ReaderOptions,
      minThreads: 1,
      maxThreads: maxReaderThreads,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: 30_000,
    });
    // One that dies between two queries harms nobody.
    opened.on('error', (error) => log.error('a reader thread died', { error }));
    // Piscina replaces a thread that dies, but none that dies while it is loading; who waits for one would wait for ever.
    opened.on('workerDestroy', () =>
      setImmediate(() => {
        if (stopped || pool !== opened || opened.threads.length > 0) return;
        pool = null;
        void opened.destroy();
      }),
    );
    return opened;
  };

  const run = (query: ReaderQuery): Promise<ReaderAnswer> =>
    isLong[query.kind] ? longReads.run(() => perform(query)) : perform(query);

  const perform = async (query: ReaderQuery): Promise<ReaderAnswer> => {
    // A pool that was ended would start a thread for it that nobody ends.
    if (stopped) throw new ThroughlineError('runtime.stopping', 'the runtime is stopping');
    pool ??= open();
    return pool.run(query);
  };

  const ask = async <Value>(query: ReaderQuery): Promise<Value> => {
    const answer = await run(query).catch((cause) => {
      if (stopped) throw new ThroughlineError('runtime.stopping', 'the runtime is stopping', { cause });
      log.error('a reader thread died; its query is asked once more', { query: query.kind, error: cause });
      return run(query);
    });
    if (answer.kind === 'failed') throw ThroughlineError.fromPlain(answer.error);
    // The thread answers each kind of query with its own type; this is the one place that says which.
    return answer.value as Value;
  };

  return {
    dashboard: () => ask<DashboardSnapshot>({ kind: 'dashboard' }),
    session: (id) => ask<SessionDetail>({ kind: 'session', id }),
    history: (id, after, limit) => ask<HistoryPage>({ kind: 'history', id, after, limit }),
    historyBefore: (id, before, limit) => ask<HistoryPageBefore>({ kind: 'history_before', id, before, limit }),
    find: (id, options) => ask<HistoryPlace | null>({ kind: 'find', id, options }),
    dashboardRows: (keys) => ask<DashboardRows>({ kind: 'dashboard_rows', keys }),
    repositories: () => ask<RecentRepositories>({ kind: 'repositories' }),
    eventsAfter: (position, { session, limit }) => ask<EventsAfter>({ kind: 'events_after', position, session, limit }),
    verify: () => ask<VerifyReport>({ kind: 'verify' }),
    steps: (run, range) => ask<StepPage>({ kind: 'steps', run, range }),
    overview: (run, after) => ask<RunOverview>({ kind: 'overview', run, after }),
    whatIf: (run, supposed) => ask<WhatIf>({ kind: 'what_if', run, supposed }),
    handle: (id) => ask<SessionHandle>({ kind: 'handle', id }),
    knownItems: (key) => ask<KnownItems>({ kind: 'known_items', key }),
    runFacts: (key) => ask<readonly RunFact[]>({ kind: 'run_facts', key }),
    look: () => ({
      workers: pool?.threads ?? [],
      waiting: (pool?.queueSize ?? 0) + longReads.waiting(),
      answered: pool?.completed ?? 0,
    }),
    crash: async () => {
      await Promise.all(pool?.threads.map((thread) => thread.terminate()) ?? []);
    },
    stop: async () => {
      stopped = true;
      await pool?.destroy();
    },
  };
};
