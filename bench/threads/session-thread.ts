/**
 * A session thread as the program has it, its agents apart: the same outbox over the same kind of port to the writer.
 * Its sessions only offer events, as fast as they are acknowledged or at a given rate, and note when each is durable.
 */

import { type MessagePort, parentPort } from 'node:worker_threads';
import { defaultRunInput } from '../../actors/model/run/run-input.ts';
import { asThroughlineError } from '../../actors/protocol/facts/error.ts';
import { encodeFact, fact, type RunFact } from '../../actors/protocol/facts/events.ts';
import type { Ordinal, RunId, RunKey, Seq, Timestamp } from '../../actors/protocol/facts/ids.ts';
import type { WriterReply } from '../../actors/protocol/threads/writer-messages.ts';
import { createOutbox } from '../../actors/session/outbox.ts';
import { createRun } from '../../actors/session/run-in-progress.ts';
import { nowMs } from '../clock.ts';
import { workEvent } from '../workload.ts';

export type ToBenchThread =
  | {
      readonly kind: 'connect';
      readonly port: MessagePort;
      readonly runs: readonly RunKey[];
      readonly machine: boolean;
    }
  /** Every session offers so many events, a window of them at a time. */
  | { readonly kind: 'saturate'; readonly eventsPerSession: number }
  /** One event at a time, the next after a pause. */
  | { readonly kind: 'lone'; readonly count: number; readonly pauseMs: number }
  /** So many events a second over all sessions, whether earlier ones are durable or not. */
  | { readonly kind: 'steady'; readonly eventsPerSecond: number; readonly seconds: number };

/** `latenciesMs` has one value for each event, where they were asked for. */
export type FromBenchThread =
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'done';
      readonly startedMs: number;
      readonly endedMs: number;
      readonly latenciesMs: readonly number[];
    };

/** Events that a session has on their way before it waits: agents are read more slowly above 500. */
const windowPerSession = 100;
const steadyTickMs = 5;

type Session = {
  /** Records the run's first event. */
  readonly begin: (onDurable: () => void) => void;
  readonly offer: (next: RunFact, onDurable: () => void) => void;
};

const clock = (): Timestamp => Date.now() as Timestamp;
const outbox = createOutbox({ schedule: setImmediate });
let sessions: readonly Session[] = [];

const refused = (error: Error): void => {
  throw error;
};

/** A session that passes events on. */
const createPlainSession = (runKey: RunKey): Session => {
  const run = outbox.openRun(runKey, 1 as Seq, refused);
  const offer: Session['offer'] = (next, onDurable) => run.append(encodeFact(next), onDurable);
  return { begin: (onDurable) => offer(fact('status', { status: 'starting' }, clock()), onDurable), offer };
};

/** A session whose events go through its run as an agent's do: folded ahead, and told to the machine when durable. */
const createMachineSession = (runKey: RunKey): Session => {
  const waiting: (() => void)[] = [];
  const run = createRun({
    begun: {
      runId: 'measured' as RunId,
      runKey,
      ordinal: 1 as Ordinal,
      lastSeq: 1 as Seq,
      facts: [fact('prompt', { text: 'measure', origin: 'prompt' }, clock())],
    },
    outbox,
    limits: { ...defaultRunInput, startDeadlineMs: 120_000, maxStoredTextBytes: 256 * 1024, maxRecapBytes: 0 },
    clock,
    timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
    effects: {
      prepareAgent: noEffect,
      sendPrompt: noEffect,
      answerApproval: noEffect,
      cancelTurn: noEffect,
      terminateAgent: noEffect,
      finishRun: noEffect,
      waitToGoOn: noEffect,
      goOn: noEffect,
    },
    // Events become durable in the order in which they were recorded.
    onDurable: () => waiting.shift()?.(),
    onRefused: refused,
    onFault: (thrown) => refused(asThroughlineError(thrown)),
  });
  return {
    begin: (onDurable) => {
      waiting.push(onDurable);
      run.begin();
    },
    offer: (next, onDurable) => {
      waiting.push(onDurable);
      run.record(next);
    },
  };
};

const noEffect = (): void => {};

const saturate = (session: Session, count: number): Promise<void> =>
  new Promise((resolve) => {
    let offered = 0;
    let durable = 0;
    const offer = (): void => {
      const index = offered;
      offered += 1;
      const onDurable = (): void => {
        durable += 1;
        if (durable === count) resolve();
        else if (offered < count) offer();
      };
      if (index === 0) session.begin(onDurable);
      else if (index === 1) session.offer(fact('status', { status: 'running' }, clock()), onDurable);
      else session.offer(workEvent(index, clock()), onDurable);
    };
    while (offered < Math.min(count, windowPerSession)) offer();
  });

const lone = async (count: number, pauseMs: number): Promise<readonly number[]> => {
  const latencies: number[] = [];
  const [session] = sessions;
  if (session === undefined) throw new Error('there is no session');
  for (let index = 0; index < count; index += 1) {
    await pause(pauseMs);
    const from = nowMs();
    await new Promise<void>((resolve) => session.offer(workEvent(0, clock()), resolve));
    latencies.push(nowMs() - from);
  }
  return latencies;
};

const steady = async (eventsPerSecond: number, seconds: number): Promise<readonly number[]> => {
  const latencies: number[] = [];
  const wanted = eventsPerSecond * seconds;
  const started = nowMs();
  let offered = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(wanted, Math.floor(((nowMs() - started) / 1_000) * eventsPerSecond));
      for (; offered < due; offered += 1) {
        const from = nowMs();
        sessions[offered % sessions.length]?.offer(workEvent(offered, clock()), () => {
          latencies.push(nowMs() - from);
          if (latencies.length === wanted) resolve();
        });
      }
      if (offered === wanted) clearInterval(timer);
    }, steadyTickMs);
  });
  return latencies;
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const main = parentPort;
if (main === null) throw new Error('this runs in a thread of its own');

const tell = (message: FromBenchThread): void => main.postMessage(message);

const perform = async (request: Exclude<ToBenchThread, { kind: 'connect' }>): Promise<readonly number[]> => {
  switch (request.kind) {
    case 'saturate':
      await Promise.all(sessions.map((session) => saturate(session, request.eventsPerSession)));
      return [];
    case 'lone':
      return lone(request.count, request.pauseMs);
    case 'steady':
      return steady(request.eventsPerSecond, request.seconds);
  }
};

main.on('message', async (request: ToBenchThread) => {
  if (request.kind === 'connect') {
    request.port.on('message', (reply: WriterReply) => outbox.receive(reply));
    outbox.connect(request.port);
    sessions = request.runs.map(request.machine ? createMachineSession : createPlainSession);
    tell({ kind: 'connected' });
    return;
  }
  const startedMs = nowMs();
  const latenciesMs = await perform(request);
  tell({ kind: 'done', startedMs, endedMs: nowMs(), latenciesMs });
});
