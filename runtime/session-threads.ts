/** The pool of session threads: about one a core, each running many session actors. */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { ThroughlineError } from '../actors/protocol/error.ts';
import type { SessionTask, ThreadHello } from '../actors/protocol/session-messages.ts';
import type { SessionThreadOptions } from '../actors/session/thread.ts';
import type { Log } from './log.ts';
import { createRestartBudget, defaultRestarts } from './restart-budget.ts';
import { threadArguments, threadEntry } from './thread-entries.ts';
import type { WriterSupervisor } from './writer-supervisor.ts';

/** A session waits most of its life, so a thread can have thousands. */
const sessionsPerThread = 5_000;

export type SessionThreads = {
  /** Runs a session actor until it ends; rejects when its thread died. */
  readonly run: (task: SessionTask) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Threads are started with the first session. One that dies is replaced, with a limit. */
export const createSessionThreads = (options: {
  readonly writer: WriterSupervisor;
  readonly thread: SessionThreadOptions;
  readonly log: Log;
}): SessionThreads => {
  const { log } = options;
  const budget = createRestartBudget({ ...defaultRestarts, now: Date.now });
  let pool: Piscina | null = null;

  const open = (): Piscina => {
    const threads = Math.max(2, availableParallelism());
    const opened = new Piscina({
      filename: threadEntry('session'),
      execArgv: threadArguments,
      workerData: options.thread,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: sessionsPerThread,
      idleTimeout: Number.POSITIVE_INFINITY,
      // With atomics a worker without a task would wait in its thread and hear none of its ports.
      atomics: 'disabled',
    });
    opened.on('message', (hello: ThreadHello) => options.writer.connectThread(hello.port));
    opened.on('error', (error) => log.error('a session thread died', { error }));
    return opened;
  };

  return {
    run: async (task) => {
      pool ??= open();
      try {
        await pool.run(task, { transferList: [task.port] });
      } catch (cause) {
        // Piscina has replaced the thread. If they keep dying, something is wrong that another thread will not mend.
        const error = new ThroughlineError('session.thread_died', 'the thread that ran this session died', {
          hint: 'resume the session; the log has the cause',
          cause,
        });
        if (!budget.spend()) {
          log.error('session threads keep dying; they are started anew from nothing', { error });
          const failed = pool;
          pool = null;
          void failed?.destroy();
        }
        throw error;
      }
    },
    stop: async () => {
      await pool?.destroy();
    },
  };
};
