/** One run of the whole path: sessions in two threads, their outboxes, the writer's thread, and acknowledgements back. */
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { type BenchThread, startThread } from './bench-thread.ts';
import { nowMs } from './clock.ts';
import type { FromBenchThread, ToBenchThread } from './threads/session-thread.ts';
import { type BenchWriter, startWriter } from './writer.ts';

export type Done = Extract<FromBenchThread, { readonly kind: 'done' }>;

export type Path = {
  readonly databasePath: string;
  readonly writer: BenchWriter;
  readonly threads: readonly BenchThread<ToBenchThread, FromBenchThread>[];
  /** The last position before any session offered an event. */
  readonly startPosition: number;
  /** Asks every thread the same. */
  readonly ask: (request: Exclude<ToBenchThread, { readonly kind: 'connect' }>) => Promise<readonly Done[]>;
  /** Closes the database and ends all threads. */
  readonly close: () => Promise<void>;
};

export const startPath = async (
  bench: Bench,
  options: {
    readonly sessions: number;
    readonly threads: number;
    readonly machine?: boolean;
    readonly writerArguments?: readonly string[];
  },
): Promise<Path> => {
  const databasePath = join(bench.folder('path'), 'throughline.db');
  const writer = await startWriter(databasePath, { execArgv: options.writerArguments ?? [] });
  const runs = await writer.openRuns(options.sessions);
  const threads = Array.from({ length: options.threads }, () =>
    startThread<ToBenchThread, FromBenchThread>(bench.threads, 'session'),
  );
  for (const [index, thread] of threads.entries()) {
    const port = writer.connect();
    const own = runs.filter((_, run) => run % threads.length === index);
    await thread.ask({ kind: 'connect', port, runs: own, machine: options.machine ?? false }, [port]);
  }
  return {
    databasePath,
    writer,
    threads,
    startPosition: writer.commits.at(-1) ?? 0,
    ask: async (request) => {
      const answers = await Promise.all(threads.map((thread) => thread.ask(request)));
      return answers.filter((answer) => answer.kind === 'done');
    },
    close: async () => {
      await writer.close();
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
};

export type PathRun = {
  readonly databasePath: string;
  readonly startPosition: number;
  /** Where the commits ended, those before the start left out. */
  readonly commits: readonly number[];
  readonly events: number;
  readonly eventsPerSecond: number;
};

/** Every session offers so many events as fast as they are acknowledged. Counts the final checkpoint. */
export const runPath = async (
  bench: Bench,
  options: {
    readonly sessions: number;
    readonly threads: number;
    readonly eventsPerSession: number;
    readonly machine?: boolean;
    readonly writerArguments?: readonly string[];
  },
): Promise<PathRun> => {
  const path = await startPath(bench, options);
  const done = await path.ask({ kind: 'saturate', eventsPerSession: options.eventsPerSession });
  const appendMs = Math.max(...done.map((one) => one.endedMs)) - Math.min(...done.map((one) => one.startedMs));
  const closing = nowMs();
  await path.writer.close();
  const closeMs = nowMs() - closing;
  await path.close();
  const events = options.sessions * options.eventsPerSession;
  return {
    databasePath: path.databasePath,
    startPosition: path.startPosition,
    commits: path.writer.commits.filter((position) => position > path.startPosition),
    events,
    eventsPerSecond: (events / (appendMs + closeMs)) * 1_000,
  };
};
