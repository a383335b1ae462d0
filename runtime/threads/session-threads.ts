/** The pool of session threads and its supervision: about one a core, each running many session actors. */
import { availableParallelism } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { Restarts, SessionThreadSelfSample } from '../../actors/protocol/gateway/actor-system.ts';
import type {
  FromSessionThread,
  SessionTask,
  ThreadHello,
  ToSessionThread,
} from '../../actors/protocol/threads/session-messages.ts';
import type { SessionThreadOptions } from '../../actors/session/thread.ts';
import { createProbe, type Probe } from '../actor-system/probe.ts';
import type { Looked } from '../actor-system/take-sample.ts';
import type { Log } from '../data/log.ts';
import { loadPiscina } from './load-piscina.ts';
import { createRestartBudget, defaultRestarts } from './restart-budget.ts';
import { threadArguments, threadEntry } from './thread-entries.ts';
import type { WriterSupervisor } from './writer-supervisor.ts';

/** A session waits most of its life, so a thread can have thousands. */
const sessionsPerThread = 5_000;

export type SessionThreads = {
  /** Runs a session actor until it ends; rejects when its thread died. */
  readonly run: (task: SessionTask) => Promise<void>;
  /** How the threads are that have loaded, and how many died. */
  readonly look: () => Promise<{
    readonly threads: readonly Looked<SessionThreadSelfSample>[];
    readonly restarts: Restarts;
  }>;
  /** Ends one thread at once, as a fault would. For tests of the supervision. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/**
 * Threads are started with the first session. One that dies takes its own sessions with it and is replaced; when they
 * keep dying, no session is taken on for a while, and those of the threads that live go on.
 */
export const createSessionThreads = (options: {
  readonly writer: Pick<WriterSupervisor, 'connectThread'>;
  readonly thread: SessionThreadOptions;
  readonly log: Log;
}): SessionThreads => {
  const { log } = options;
  const budget = createRestartBudget(defaultRestarts);
  const deaths = new WeakSet<object>();
  const probes = new Map<number, Probe<SessionThreadSelfSample>>();
  let deathCount = 0;
  let pool: Piscina | null = null;
  let stopped = false;

  const open = (): Piscina => {
    const threads = Math.max(2, availableParallelism());
    const opened: Piscina = new (loadPiscina().Piscina)({
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
    opened.on('message', (hello: ThreadHello) => {
      options.writer.connectThread(hello.port);
      followProbe(hello);
    });
    opened.on('error', died);
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

  const followProbe = ({ threadId, port }: ThreadHello): void => {
    const probe = createProbe<SessionThreadSelfSample>(() => ask(port, { kind: 'sample' }));
    probes.set(threadId, probe);
    port.on('message', ({ sample }: FromSessionThread) => probe.receive(sample));
    port.on('close', () => probes.delete(threadId));
  };

  const died = (cause: unknown): void => {
    // Every session of a thread is told of its one death.
    if (stopped || (typeof cause === 'object' && cause !== null && deaths.has(cause))) return;
    if (typeof cause === 'object' && cause !== null) deaths.add(cause);
    deathCount += 1;
    log.error('a session thread died', { error: cause });
    if (!budget.spend()) log.error('session threads keep dying; no session is taken on for a while');
  };

  return {
    run: async (task) => {
      // What a stop no longer waited for may still come to begin a session; a pool that was ended would start a thread
      // for it that nobody ends, and the process with it would stay for ever.
      if (stopped) throw new ThroughlineError('runtime.stopping', 'the runtime is stopping');
      if (budget.isOverspent()) {
        throw new ThroughlineError('session.thread_died', 'the threads that run sessions keep dying', {
          hint: 'see the log for the cause, and try again in a minute',
        });
      }
      pool ??= open();
      try {
        await pool.run(task, { transferList: [task.port] });
      } catch (cause) {
        died(cause);
        throw new ThroughlineError('session.thread_died', 'the thread that ran this session died', {
          hint: 'give it a prompt to go on; the log has the cause',
          cause,
        });
      }
    },
    look: async () => {
      const looked = (pool?.threads ?? []).map(async (worker) => {
        const answer = await probes.get(worker.threadId)?.look();
        return answer ? [{ worker, ...answer }] : [];
      });
      const restarts = { total: deathCount, used: budget.used(), ...budget.allowed };
      return { threads: (await Promise.all(looked)).flat(), restarts };
    },
    crash: async () => {
      await pool?.threads[0]?.terminate();
    },
    stop: async () => {
      stopped = true;
      await pool?.destroy();
    },
  };
};

const ask = (thread: MessagePort, message: ToSessionThread): void => thread.postMessage(message);
