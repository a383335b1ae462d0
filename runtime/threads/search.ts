/** Keeps the search actor: started a moment after the runtime, so that no start waits for it, and again when it died. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { Restarts } from '../../actors/protocol/gateway/actor-system.ts';
import type { SearchPage, SearchQuery } from '../../actors/protocol/gateway/window.ts';
import type {
  FromSearch,
  SearchOptions,
  SearchSelfSample,
  ToSearch,
} from '../../actors/protocol/threads/search-messages.ts';
import { createProbe, type Probe } from '../actor-system/probe.ts';
import type { Looked } from '../actor-system/take-sample.ts';
import type { DataDirectory } from '../data/data-directory.ts';
import type { Log } from '../data/log.ts';
import { createRestartBudget, defaultRestarts } from './restart-budget.ts';
import { threadArguments, threadEntry } from './thread-entries.ts';

export type Search = {
  readonly query: (query: SearchQuery) => Promise<SearchPage>;
  /** Says that the log has grown. */
  readonly committed: () => void;
  /** How the thread is, and its restarts; no thread before it has started, and while there is none. */
  readonly look: () => Promise<{ readonly thread: Looked<SearchSelfSample> | null; readonly restarts: Restarts }>;
  /** Ends the thread at once, as a fault would. For tests of the supervision. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const startAfterMs = 1_500;
const farewellMs = 2_000;

export const createSearch = (options: {
  readonly directory: Pick<DataDirectory, 'root' | 'database'>;
  readonly log: Log;
  readonly startAfterMs?: number;
}): Search => {
  const { directory, log } = options;
  const indexPath = join(directory.root, 'search.db');
  const budget = createRestartBudget(defaultRestarts);
  const asked = new Map<
    number,
    { readonly resolve: (page: SearchPage) => void; readonly reject: (error: ThroughlineError) => void }
  >();
  let nextRequest = 1;
  let worker: Worker | null = null;
  let probe: Probe<SearchSelfSample> | null = null;
  let starts = 0;
  let stopped = false;

  const receive = (message: FromSearch): void => {
    if (message.kind === 'rebuilt') {
      log.warn('the search index is made anew', { why: message.why });
      return;
    }
    if (message.kind === 'sampled') {
      probe?.receive(message.sample);
      return;
    }
    const waiting = asked.get(message.requestId);
    asked.delete(message.requestId);
    if (message.kind === 'answer') waiting?.resolve(message.page);
    else waiting?.reject(ThroughlineError.fromPlain(message.error));
  };

  const start = (): Worker => {
    const started = new Worker(threadEntry('search'), {
      workerData: { databasePath: directory.database, indexPath } satisfies SearchOptions,
      execArgv: threadArguments,
    });
    starts += 1;
    probe = createProbe(() => send(started, { kind: 'sample' }));
    started.on('message', receive);
    started.on('error', (error) => log.error('the search thread died', { error }));
    started.on('exit', () => {
      if (worker === started) {
        worker = null;
        probe = null;
      }
      for (const { reject } of asked.values()) reject(unavailable());
      asked.clear();
    });
    return started;
  };

  /** The thread, started if there is none; null when it may not be started again now. */
  const running = (): Worker | null => {
    if (stopped) return null;
    if (worker === null && !budget.isOverspent() && budget.spend()) worker = start();
    return worker;
  };

  const send = (to: Worker, message: ToSearch): void => to.postMessage(message);
  let mayStart = false;
  const timer = setTimeout(() => {
    mayStart = true;
    running();
  }, options.startAfterMs ?? startAfterMs);
  timer.unref();

  return {
    query: (query) =>
      new Promise((resolve, reject) => {
        const to = running();
        if (to === null) {
          reject(unavailable());
          return;
        }
        const requestId = nextRequest;
        nextRequest += 1;
        asked.set(requestId, { resolve, reject });
        send(to, { kind: 'query', requestId, query });
      }),
    committed: () => {
      if (worker !== null) send(worker, { kind: 'committed' });
      else if (mayStart) running();
    },
    look: async () => {
      const looked = worker;
      const answer = await probe?.look();
      const thread = looked !== null && answer ? { worker: looked, ...answer } : null;
      return { thread, restarts: { total: Math.max(0, starts - 1), used: budget.used(), ...budget.allowed } };
    },
    crash: async () => {
      await worker?.terminate();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      const ending = worker;
      if (ending === null) return;
      const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      send(ending, { kind: 'close' });
      const patience = setTimeout(() => void ending.terminate(), farewellMs);
      await ended;
      clearTimeout(patience);
    },
  };
};

const unavailable = (): ThroughlineError =>
  new ThroughlineError('search.unavailable', 'the search cannot answer now', {
    hint: 'try again in a moment; the history itself is not affected',
  });
