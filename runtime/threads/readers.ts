/**
 * The reader actors: a small pool of threads, each with a read-only connection. Reads that may take long never have all
 * of them, so what is short, the look-ups of commands first of all, waits for no long one.
 */
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { AskedQueries, QueryName, ReaderOptions, ReaderQuery } from '../../actors/reader/reader-messages.ts';
import type { ReaderAnswer } from '../../actors/reader/thread.ts';
import type { Log } from '../data/log.ts';
import { createAtMost } from '../turns/at-most.ts';
import { joinEqual } from '../turns/join-equal.ts';
import { loadPiscina } from './load-piscina.ts';
import { threadArguments, threadEntry } from './thread-entries.ts';

/** The third is there only while two long reads are under way. */
const maxReaderThreads = 3;
const maxLongReads = maxReaderThreads - 1;

/**
 * Whether a query takes as long as the log, a session's history or a run is, or folds much of one. What a command or its
 * session waits for is never among them.
 */
const isLong: Readonly<Record<QueryName, boolean>> = {
  dashboard: false,
  session: false,
  history: false,
  historyBefore: false,
  find: true,
  dashboardRows: false,
  work: false,
  promptQueue: false,
  repositories: false,
  agentOptions: false,
  eventsAfter: false,
  usage: true,
  verify: true,
  steps: true,
  overview: true,
  whatIf: true,
  handle: false,
  unfinishedRemovals: false,
  heldConversations: false,
  usedBytes: false,
  knownItems: false,
  // It is, but a run waits for it.
  recap: false,
  runFacts: false,
};

export type Readers = AskedQueries & {
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
    isLong[query.name] ? longReads.run(() => perform(query)) : perform(query);

  const perform = async (query: ReaderQuery): Promise<ReaderAnswer> => {
    // A pool that was ended would start a thread for it that nobody ends.
    if (stopped) throw new ThroughlineError('runtime.stopping', 'the runtime is stopping');
    pool ??= open();
    return pool.run(query);
  };

  const ask = async (query: ReaderQuery): Promise<unknown> => {
    const answer = await run(query).catch((cause) => {
      if (stopped) throw new ThroughlineError('runtime.stopping', 'the runtime is stopping', { cause });
      log.error('a reader thread died; its query is asked once more', { query: query.name, error: cause });
      return run(query);
    });
    if (answer.kind === 'failed') throw ThroughlineError.fromPlain(answer.error);
    return answer.value;
  };

  const asked = Object.fromEntries(
    Object.keys(isLong).map((name) => [name, (...given: unknown[]) => ask({ name, given } as ReaderQuery)]),
    // The thread performs the query of that name; this is the one place that says so.
  ) as AskedQueries;

  // It folds the whole log, so those who ask meanwhile share one.
  const verify = joinEqual(() => asked.verify());

  return {
    ...asked,
    verify: () => verify('log'),
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
