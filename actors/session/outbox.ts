/**
 * A thread's events on their way to the writer. Every run's events go in order, numbered here; what is not yet
 * acknowledged is kept, and sent again as it was when the writer was started again. At most `maxInFlightEvents` are
 * with the writer at a time, which bounds its mailbox (backpressure). Sent at least once, and stored exactly once: the
 * writer knows what it has by the expected seq.
 */
import { ThroughlineError } from '../protocol/facts/error.ts';
import type { EncodedFact } from '../protocol/facts/events.ts';
import { type RunKey, type Seq, seqAfter } from '../protocol/facts/ids.ts';
import {
  type AppendBatch,
  type AppendResult,
  maxInFlightEvents,
  type WriterReply,
} from '../protocol/threads/writer-messages.ts';

const maxMessageEvents = 500;

/** The part of a MessagePort that the outbox needs. */
export type WriterPort = { readonly postMessage: (request: { kind: 'append'; batches: AppendBatch[] }) => void };

export type RunOutbox = {
  /** Records an event as the run's next. `onDurable` is called when it is committed, in the order of the events. */
  readonly append: (event: EncodedFact, onDurable?: () => void) => void;
  /** Events that are not yet acknowledged. */
  readonly pending: () => number;
  /** Forgets the run, when all its events are durable or nobody waits for them any more. */
  readonly close: () => void;
};

type Entry = { readonly event: EncodedFact; readonly onDurable: (() => void) | undefined };

type Run = {
  readonly runKey: RunKey;
  readonly onRefused: (error: ThroughlineError) => void;
  acknowledgedSeq: Seq;
  /** Not yet acknowledged; the first `sent` of them are with the writer. */
  entries: Entry[];
  sent: number;
  /** False once it was refused or closed: what is recorded in it then goes nowhere. */
  isOpen: boolean;
};

export type Outbox = ReturnType<typeof createOutbox>;

export const createOutbox = (options: { readonly schedule: (callback: () => void) => void }) => {
  const runs = new Map<RunKey, Run>();
  const waiting = new Set<Run>();
  let port: WriterPort | null = null;
  let inFlight = 0;
  let acknowledged = 0;
  let scheduled = false;

  const schedule = (): void => {
    if (scheduled || port === null || waiting.size === 0) return;
    scheduled = true;
    options.schedule(flush);
  };

  const flush = (): void => {
    scheduled = false;
    while (port !== null && waiting.size > 0 && inFlight < maxInFlightEvents) {
      const batches = takeBatches(Math.min(maxMessageEvents, maxInFlightEvents - inFlight));
      if (batches.length === 0) return;
      port.postMessage({ kind: 'append', batches });
    }
  };

  const takeBatches = (limit: number): AppendBatch[] => {
    const batches: AppendBatch[] = [];
    let room = limit;
    for (const run of waiting) {
      if (room === 0) break;
      const events = run.entries.slice(run.sent, run.sent + room).map((entry) => entry.event);
      const firstSeq = seqAfter(run.acknowledgedSeq, run.sent + 1);
      run.sent += events.length;
      room -= events.length;
      inFlight += events.length;
      if (run.sent === run.entries.length) waiting.delete(run);
      if (events.length > 0) batches.push({ runKey: run.runKey, firstSeq, events });
    }
    return batches;
  };

  /** Forgets a run, once: with what is not acknowledged of it, which nobody will hear of any more. */
  const leave = (run: Run): void => {
    if (!run.isOpen) return;
    run.isOpen = false;
    inFlight -= run.sent;
    run.entries = [];
    waiting.delete(run);
    if (runs.get(run.runKey) === run) runs.delete(run.runKey);
  };

  const acknowledge = (result: AppendResult): void => {
    const run = runs.get(result.runKey);
    if (run === undefined) return;
    if (result.kind === 'refused') {
      leave(run);
      run.onRefused(ThroughlineError.fromPlain(result.error));
      return;
    }
    const count = Math.max(0, result.lastSeq - run.acknowledgedSeq);
    const durable = run.entries.splice(0, count);
    run.acknowledgedSeq = seqAfter(run.acknowledgedSeq, durable.length);
    acknowledged += durable.length;
    inFlight -= Math.min(run.sent, durable.length);
    run.sent = Math.max(0, run.sent - durable.length);
    for (const { onDurable } of durable) onDurable?.();
  };

  return {
    /** Connects to a writer, or to the one that took a dead one's place: everything unacknowledged is sent again. */
    connect: (next: WriterPort): void => {
      port = next;
      inFlight = 0;
      for (const run of runs.values()) {
        run.sent = 0;
        if (run.entries.length > 0) waiting.add(run);
      }
      schedule();
    },

    /** Events with the writer, those that wait for their turn, and how many it has acknowledged so far. */
    sample: (): { readonly inFlight: number; readonly waiting: number; readonly acknowledged: number } => {
      let unacknowledged = 0;
      for (const run of runs.values()) unacknowledged += run.entries.length;
      return { inFlight, waiting: Math.max(0, unacknowledged - inFlight), acknowledged };
    },

    receive: (reply: WriterReply): void => {
      if (reply.kind !== 'acknowledged') return;
      for (const result of reply.results) acknowledge(result);
      schedule();
    },

    /** Takes over a run after `lastSeq`. `onRefused` is called when the writer does not accept what was recorded. */
    openRun: (runKey: RunKey, lastSeq: Seq, onRefused: (error: ThroughlineError) => void): RunOutbox => {
      const earlier = runs.get(runKey);
      if (earlier !== undefined) leave(earlier);
      const run: Run = { runKey, onRefused, acknowledgedSeq: lastSeq, entries: [], sent: 0, isOpen: true };
      runs.set(runKey, run);
      return {
        append: (event, onDurable) => {
          if (!run.isOpen) return;
          run.entries.push({ event, onDurable });
          waiting.add(run);
          schedule();
        },
        pending: () => run.entries.length,
        close: () => leave(run),
      };
    },
  };
};
