/**
 * Supervision of the one writer: starts it, connects every session thread to it, and when it dies starts another, to
 * which everything unacknowledged is sent again. Past its restart budget it gives up and says so. A database that cannot
 * be opened again is no death, and costs nothing of that budget: it is tried until it can be, more and more seldom
 * (back-off), and whoever asks meanwhile is told why.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { createDeferred } from '../../actors/protocol/facts/deferred.ts';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { beforeFirstPosition, type EpochKey, type Position, type SessionKey } from '../../actors/protocol/facts/ids.ts';
import type { Restarts, WriterSelfSample } from '../../actors/protocol/gateway/actor-system.ts';
import type { ToSessionThread } from '../../actors/protocol/threads/session-messages.ts';
import type {
  CommandAnswer,
  WriterCommand,
  WriterControl,
  WriterNotice,
  WriterOptions,
  WriterReply,
} from '../../actors/protocol/threads/writer-messages.ts';
import { createOutbox, type Outbox } from '../../actors/session/outbox.ts';
import { createProbe, type Probe } from '../actor-system/probe.ts';
import type { Looked } from '../actor-system/take-sample.ts';
import type { Log } from '../data/log.ts';
import { createRestartBudget, defaultRestarts } from './restart-budget.ts';
import { loadWriterThread } from './writer-thread.ts';

/** A command without the number that its answer is found by. */
export type UnnumberedCommand = WriterCommand extends infer Command
  ? Command extends WriterCommand
    ? Omit<Command, 'requestId'>
    : never
  : never;

export type Ready = Extract<WriterNotice, { readonly kind: 'ready' }>;

export type CommitListener = (position: Position, sessions: readonly SessionKey[]) => void;

export type WriterSupervisor = {
  readonly ready: Ready;
  /** Sends a command and resolves with its answer; raises what the writer refused it with. */
  readonly command: (command: UnnumberedCommand) => Promise<Exclude<CommandAnswer, { readonly kind: 'failed' }>>;
  /** The runtime's own events: those of the ledgers. */
  readonly outbox: Outbox;
  /** Connects a session thread, now and whenever the writer was started again. */
  readonly connectThread: (thread: MessagePort) => void;
  readonly position: () => Position;
  /** Why nothing may be written any more, although what is there can be read: the database is damaged. */
  readonly refusal: () => ThroughlineError | null;
  /** Calls back after each commit with the last position and the sessions that changed; gives what ends that. */
  readonly onCommitted: (listener: CommitListener) => () => void;
  /** How the thread is, and its restarts; no thread while another is being started. */
  readonly look: () => Promise<{ readonly thread: Looked<WriterSelfSample> | null; readonly restarts: Restarts }>;
  /** Ends what the first look began in the thread. */
  readonly lookAway: () => void;
  /** Resolves when the writer is not started again; every command is refused from then on. */
  readonly gaveUp: Promise<void>;
  /** Ends the thread at once, as a fault would. For tests of the supervision. */
  readonly crash: () => Promise<void>;
  /** Closes the database and ends the thread. */
  readonly stop: () => Promise<void>;
};

export type WriterSupervisorOptions = {
  readonly writer: Omit<WriterOptions, 'epochKey'>;
  /** A thread that was loaded beforehand, to be the first writer; null loads one. */
  readonly thread: Worker | null;
  readonly log: Log;
  readonly onGaveUp: (error: ThroughlineError) => void;
};

type Waiting = {
  readonly command: WriterCommand;
  readonly resolve: (answer: Exclude<CommandAnswer, { readonly kind: 'failed' }>) => void;
  readonly reject: (error: ThroughlineError) => void;
};

const retry = { firstAfterMs: 250, mostMs: 10_000 } as const;

/** Starts the writer and waits until the database is open. Raises what kept it from opening (`store.…`). */
export const startWriterSupervisor = async (options: WriterSupervisorOptions): Promise<WriterSupervisor> => {
  const { log } = options;
  const budget = createRestartBudget(defaultRestarts);
  const outbox = createOutbox({ schedule: setImmediate });
  const threads = new Set<MessagePort>();
  const listeners = new Set<CommitListener>();
  const waiting = new Map<number, Waiting>();
  let spare = options.thread;
  let nextRequest = 1;
  let worker: Worker;
  let probe: Probe<WriterSelfSample> | null = null;
  let restarts = 0;
  let port: MessagePort;
  let position = beforeFirstPosition;
  let stopping = false;
  let surrender: ThroughlineError | null = null;
  let refusal: ThroughlineError | null = null;
  /** What keeps the database from being opened again. */
  let obstacle: ThroughlineError | null = null;
  const stopped = new AbortController();
  let restarting: Promise<unknown> = Promise.resolve();
  const { promise: gaveUp, resolve: markGaveUp } = createDeferred();

  const tell = (control: WriterControl): void => worker.postMessage(control);

  const connect = (portOfWriter: MessagePort): void =>
    worker.postMessage({ kind: 'connect', port: portOfWriter } satisfies WriterControl, [portOfWriter]);

  const connectThread = (thread: MessagePort): void => {
    const channel = new MessageChannel();
    connect(channel.port1);
    thread.postMessage({ kind: 'writer', port: channel.port2 } satisfies ToSessionThread, [channel.port2]);
  };

  const receive = (reply: WriterReply): void => {
    if (reply.kind === 'acknowledged') {
      outbox.receive(reply);
      return;
    }
    const asked = waiting.get(reply.requestId);
    waiting.delete(reply.requestId);
    if (reply.answer.kind === 'failed') asked?.reject(ThroughlineError.fromPlain(reply.answer.error));
    else asked?.resolve(reply.answer);
  };

  const connectAll = (): void => {
    const channel = new MessageChannel();
    port = channel.port2;
    port.on('message', receive);
    connect(channel.port1);
    outbox.connect(port);
    for (const thread of threads) connectThread(thread);
    // Each is recognised by what it names, so one that was carried out before the crash is only answered.
    for (const { command } of waiting.values()) port.postMessage(command);
  };

  const start = (epochKey: EpochKey | null): Promise<Ready> =>
    new Promise((resolve, reject) => {
      // A thread that has ended has no number any more.
      worker = spare === null || spare.threadId === -1 ? loadWriterThread() : spare;
      spare = null;
      worker.ref();
      tell({ kind: 'open', options: { ...options.writer, epochKey } });
      let fault: unknown = null;
      let refused = false;
      worker.on('message', (notice: WriterNotice) => {
        switch (notice.kind) {
          case 'ready':
            position = notice.position;
            probe = createProbe(() => tell({ kind: 'sample' }));
            resolve(notice);
            return;
          case 'not_ready':
            refused = true;
            reject(ThroughlineError.fromPlain(notice.error));
            return;
          case 'committed':
            position = notice.position;
            for (const listener of listeners) listener(notice.position, notice.sessions);
            return;
          case 'paused':
            log.error('the database cannot be written; events wait', {
              error: ThroughlineError.fromPlain(notice.error),
            });
            return;
          case 'damaged':
            refuse(ThroughlineError.fromPlain(notice.error));
            return;
          case 'unmarked':
            log.warn('the head mark beside the database cannot be written', {
              error: ThroughlineError.fromPlain(notice.error),
            });
            return;
          case 'resumed':
            log.info('the database can be written again');
            return;
          case 'sampled':
            probe?.receive(notice.sample);
            return;
        }
      });
      worker.on('error', (error) => {
        fault = error;
      });
      worker.on('exit', (code) => {
        probe = null;
        port?.close();
        if (refused) return;
        if (stopping) {
          reject(fault ?? new ThroughlineError('writer.unavailable', 'the writer ended while the runtime stopped'));
          return;
        }
        log.error('the writer thread ended', { exitCode: code, error: fault });
        restarting = restart(epochKey).then(resolve, reject);
      });
    });

  const refuse = (error: ThroughlineError): void => {
    log.error('the database is damaged: from now on it is only read', { error });
    refusal = error;
    refuseWaiting(error);
  };

  const refuseWaiting = (error: ThroughlineError): void => {
    for (const asked of waiting.values()) asked.reject(error);
    waiting.clear();
  };

  const giveUp = (): ThroughlineError => {
    const error = new ThroughlineError('writer.gave_up', 'the writer thread keeps dying', {
      hint: 'see the log for its errors; every session comes back at the next start',
    });
    log.error('the writer is not started again', { error });
    surrender = error;
    refuseWaiting(error);
    markGaveUp();
    options.onGaveUp(error);
    return error;
  };

  const restart = async (epochKey: EpochKey | null): Promise<Ready> => {
    if (!budget.spend()) throw giveUp();
    const again = await reopen(epochKey ?? ready?.epochKey ?? null);
    restarts += 1;
    log.warn('the writer thread was started again', { position: again.position });
    if (ready !== null) {
      connectAll();
      // Its predecessor may have died between a commit and the news of it.
      for (const listener of listeners) listener(again.position, []);
    }
    return again;
  };

  const reopen = async (epochKey: EpochKey | null): Promise<Ready> => {
    for (let waitMs: number = retry.firstAfterMs; ; waitMs = Math.min(2 * waitMs, retry.mostMs)) {
      try {
        const again = await start(epochKey);
        obstacle = null;
        return again;
      } catch (thrown) {
        if (surrender !== null || stopping || ready === null) throw thrown;
        const error = asThroughlineError(thrown);
        if (error.code === 'store.damaged') {
          refuse(error);
          throw error;
        }
        // It opened before, so whatever keeps it from opening now may pass.
        log.error('the database could not be opened again', { error, againInMs: waitMs });
        obstacle = error;
        await delay(waitMs, undefined, { signal: stopped.signal }).catch(() => {});
        if (stopping) throw error;
      }
    }
  };

  let ready: Ready | null = null;
  const opened = await start(null);
  ready = opened;
  connectAll();

  return {
    ready: opened,
    outbox,
    position: () => position,
    refusal: () => refusal,
    onCommitted: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    gaveUp,
    connectThread: (thread) => {
      threads.add(thread);
      thread.on('close', () => threads.delete(thread));
      connectThread(thread);
    },
    command: (unnumbered) =>
      new Promise((resolve, reject) => {
        // The end of a run that nobody else can end waits, as it does for a disk that is full.
        const refused = surrender ?? refusal ?? (unnumbered.kind === 'settle_run' ? null : obstacle);
        if (refused !== null) {
          reject(refused);
          return;
        }
        const requestId = nextRequest;
        nextRequest += 1;
        const command: WriterCommand = { ...unnumbered, requestId };
        waiting.set(requestId, { command, resolve, reject });
        port.postMessage(command);
      }),
    look: async () => {
      const answer = await probe?.look();
      const thread = answer ? { worker, ...answer } : null;
      return { thread, restarts: { total: restarts, used: budget.used(), ...budget.allowed } };
    },
    lookAway: () => {
      if (probe !== null) tell({ kind: 'stop_sampling' });
    },
    crash: async () => {
      await worker.terminate();
    },
    stop: async () => {
      stopping = true;
      stopped.abort();
      await restarting.catch(() => {});
      if (obstacle !== null) refuseWaiting(obstacle);
      // A thread that has ended has no id any more.
      if (surrender !== null || worker.threadId === -1) return;
      await new Promise<void>((resolve) => {
        worker.once('exit', () => resolve());
        tell({ kind: 'close' });
      });
    },
  };
};
