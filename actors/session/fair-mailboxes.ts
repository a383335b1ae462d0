/**
 * The mailboxes of the sessions that share a thread (fair queueing, round robin). They are served in turn, a message of
 * each at a time, and the thread looks at its other ports between two rounds: a session whose agent floods waits for
 * itself, not the others. While others are active, none takes more than its share of the thread for long: what it does
 * is work for the writer, the search and the main thread as well, which have only so many cores.
 *
 * Without it a port is emptied in one go, and each of a flood's messages is a thousand lines to take in.
 */
import { createTimeAllowance, type TimeAllowance } from './time-allowance.ts';

/** What a session may take of the thread's time, while others are active. */
const share = 0.1;
const burstMs = 50;
/** A session is active for so long after it was served. */
const activeMs = 1_000;

export type FairMailboxes<Message> = {
  /** A new mailbox: what is put into it is given to `receive`, in order. That must not raise: others share the turn. */
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
  type MailboxState = {
    readonly messages: Message[];
    readonly receive: (message: Message) => void;
    readonly allowance: TimeAllowance;
    servedAt: number;
  };
  /** Those with a message, in the order of their turns. */
  let waiting = new Set<MailboxState>();
  /** Those that have taken more than their share: they wait again when it is paid off. */
  const resting = new Set<MailboxState>();
  /** The two that were served last, the later one first: one of them is another than the one asked about. */
  let lastServed: readonly MailboxState[] = [];
  let scheduled = false;

  const round = (): void => {
    scheduled = false;
    const turns = waiting;
    waiting = new Set();
    for (const mailbox of turns) {
      // Time that nobody else wants costs nothing.
      if (!othersAreActive(mailbox)) {
        serve(mailbox);
        continue;
      }
      const restMs = mailbox.allowance.restMs();
      if (restMs > 0) rest(mailbox, restMs);
      else mailbox.allowance.spend(serve(mailbox));
    }
    scheduleRound();
  };

  /** Gives it its next message, and says how many milliseconds that took. */
  const serve = (mailbox: MailboxState): number => {
    const message = mailbox.messages.shift();
    if (message === undefined) return 0;
    if (mailbox.messages.length > 0) waiting.add(mailbox);
    const begun = now();
    mailbox.receive(message);
    mailbox.servedAt = now();
    if (lastServed[0] !== mailbox) lastServed = [mailbox, ...lastServed.slice(0, 1)];
    return mailbox.servedAt - begun;
  };

  const othersAreActive = (mailbox: MailboxState): boolean =>
    lastServed.some((other) => other !== mailbox && now() - other.servedAt < activeMs);

  const rest = (mailbox: MailboxState, restMs: number): void => {
    resting.add(mailbox);
    const end = (): void => {
      if (resting.delete(mailbox)) wait(mailbox);
    };
    // By then no other may be active any more.
    options.setTimeout(end, Math.min(restMs, activeMs));
  };

  const wait = (mailbox: MailboxState): void => {
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
      const mailbox: MailboxState = { messages: [], receive, allowance, servedAt: Number.NEGATIVE_INFINITY };
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
          lastServed = lastServed.filter((one) => one !== mailbox);
        },
      };
    },
  };
};
