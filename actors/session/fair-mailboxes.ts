/**
 * The mailboxes of the sessions that share a thread. They are served in turn, a message of each at a time, and the
 * thread looks at its other ports between two rounds: a session whose agent floods waits for itself, not the others.
 * While there are others, none takes more than its share of the thread for long: what it does is work for the writer,
 * the search and the main thread as well, which have only so many cores.
 *
 * Without it a port is emptied in one go, and each of a flood's messages is a thousand lines to take in.
 */
import { createTimeAllowance, type TimeAllowance } from './time-allowance.ts';

/** Of the thread's time, while others have to do. */
const share = 0.1;
const burstMs = 50;
/** Others have to do while one of them was served this lately. */
const othersLatelyMs = 1_000;

export type FairMailboxes<Message> = {
  /** A new mailbox: what is put into it is given to `receive`, in order. */
  readonly open: (receive: (message: Message) => void) => Mailbox<Message>;
};

export type Mailbox<Message> = {
  readonly put: (...messages: readonly Message[]) => void;
  /** What is in it is not received any more, nor what comes. */
  readonly close: () => void;
};

export type FairMailboxesOptions = {
  /** Calls back once the thread has looked at its ports. */
  readonly schedule: (round: () => void) => void;
  readonly setTimeout: (callback: () => void, afterMs: number) => unknown;
  /** Milliseconds that never go back. */
  readonly now: () => number;
};

export const createFairMailboxes = <Message>(options: FairMailboxesOptions): FairMailboxes<Message> => {
  const { schedule, now } = options;
  type Served = {
    readonly messages: Message[];
    readonly receive: (message: Message) => void;
    readonly allowance: TimeAllowance;
    servedAt: number;
  };
  /** Those with a message, in the order of their turns. */
  let waiting = new Set<Served>();
  /** Those that have taken more than their share: they wait again when it is paid off. */
  const resting = new Set<Served>();
  /** The two that were served last, the later one first. */
  let latest: readonly Served[] = [];
  let scheduled = false;

  const round = (): void => {
    scheduled = false;
    const turns = waiting;
    waiting = new Set();
    for (const mailbox of turns) {
      const isShared = othersHaveToDo(mailbox);
      const restMs = isShared ? mailbox.allowance.restMs() : 0;
      if (restMs > 0) rest(mailbox, restMs);
      else {
        const begun = now();
        serve(mailbox);
        // Time that nobody else wanted costs nothing.
        if (isShared) mailbox.allowance.spend(now() - begun);
      }
    }
    scheduleRound();
  };

  const serve = (mailbox: Served): void => {
    const message = mailbox.messages.shift();
    if (message === undefined) return;
    if (mailbox.messages.length > 0) waiting.add(mailbox);
    mailbox.receive(message);
    mailbox.servedAt = now();
    if (latest[0] !== mailbox) latest = [mailbox, ...latest.slice(0, 1)];
  };

  const othersHaveToDo = (mailbox: Served): boolean => {
    const other = latest.find((one) => one !== mailbox);
    return other !== undefined && now() - other.servedAt < othersLatelyMs;
  };

  const rest = (mailbox: Served, restMs: number): void => {
    resting.add(mailbox);
    const end = (): void => {
      if (resting.delete(mailbox)) wait(mailbox);
    };
    // By then the others may have nothing to do any more.
    options.setTimeout(end, Math.min(restMs, othersLatelyMs));
  };

  const wait = (mailbox: Served): void => {
    waiting.add(mailbox);
    scheduleRound();
  };

  const scheduleRound = (): void => {
    if (scheduled || waiting.size === 0) return;
    scheduled = true;
    schedule(round);
  };

  return {
    open: (receive) => {
      const allowance = createTimeAllowance({ share, burstMs, now });
      const mailbox: Served = { messages: [], receive, allowance, servedAt: Number.NEGATIVE_INFINITY };
      let closed = false;
      return {
        put: (...messages) => {
          if (closed || messages.length === 0) return;
          mailbox.messages.push(...messages);
          if (!resting.has(mailbox)) wait(mailbox);
        },
        close: () => {
          closed = true;
          mailbox.messages.length = 0;
          waiting.delete(mailbox);
          resting.delete(mailbox);
          latest = latest.filter((one) => one !== mailbox);
        },
      };
    },
  };
};
