/** The reader actors: a small pool of threads, each with a read-only connection, so that no long read delays anybody. */
import { Piscina } from 'piscina';
import type { VerifyReport } from '../actors/protocol/api.ts';
import type { DashboardSnapshot, SessionDetail } from '../actors/protocol/dashboard.ts';
import { ThroughlineError } from '../actors/protocol/error.ts';
import type { RunFact } from '../actors/protocol/events.ts';
import type { RunKey, SessionId, SessionKey } from '../actors/protocol/ids.ts';
import type { ReaderOptions, ReaderQuery } from '../actors/protocol/reader-messages.ts';
import type { EventsAfter, HistoryPage } from '../actors/reader/history-queries.ts';
import type { KnownItems, SessionHandle } from '../actors/reader/session-queries.ts';
import type { ReaderAnswer } from '../actors/reader/thread.ts';
import type { RuntimeQueries } from './surface.ts';
import { threadArguments, threadEntry } from './thread-entries.ts';

const maxReaderThreads = 2;

export type Readers = RuntimeQueries & {
  readonly handle: (id: SessionId) => Promise<SessionHandle>;
  readonly knownItems: (key: SessionKey) => Promise<KnownItems>;
  readonly runFacts: (key: RunKey) => Promise<readonly RunFact[]>;
  readonly stop: () => Promise<void>;
};

/** Threads are started when they are first needed: a runtime that nobody asks has none. */
export const createReaders = (options: ReaderOptions): Readers => {
  let pool: Piscina | null = null;

  const ask = async <Value>(query: ReaderQuery): Promise<Value> => {
    pool ??= new Piscina({
      filename: threadEntry('reader'),
      execArgv: threadArguments,
      workerData: options,
      minThreads: 1,
      maxThreads: maxReaderThreads,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: 30_000,
    });
    const answer: ReaderAnswer = await pool.run(query);
    if (answer.kind === 'failed') throw ThroughlineError.fromPlain(answer.error);
    // The thread answers each kind of query with its own type; this is the one place that says which.
    return answer.value as Value;
  };

  return {
    dashboard: () => ask<DashboardSnapshot>({ kind: 'dashboard' }),
    session: (id) => ask<SessionDetail>({ kind: 'session', id }),
    history: (id, after, limit) => ask<HistoryPage>({ kind: 'history', id, after, limit }),
    eventsAfter: (position, { session, limit }) => ask<EventsAfter>({ kind: 'events_after', position, session, limit }),
    verify: () => ask<VerifyReport>({ kind: 'verify' }),
    handle: (id) => ask<SessionHandle>({ kind: 'handle', id }),
    knownItems: (key) => ask<KnownItems>({ kind: 'known_items', key }),
    runFacts: (key) => ask<readonly RunFact[]>({ kind: 'run_facts', key }),
    stop: async () => {
      await pool?.destroy();
    },
  };
};
