/**
 * The event tail of one client. It keeps a position (a cursor) and nothing else, and pulls, which is its backpressure:
 * a page is read from the log, sent, and the next one is read when the client has taken it. So a slow client costs what
 * is on its way to it, never a growing queue, and what it gets has neither gap nor double.
 */
import type { WebSocket } from 'ws';
import { createDeferred } from '../../../actors/protocol/facts/deferred.ts';
import { laterPosition, type Position, type SessionId, type SessionKey } from '../../../actors/protocol/facts/ids.ts';
import type { TailMessage } from '../../../actors/protocol/gateway/api.ts';
import type { Runtime } from '../../surface.ts';

export type TailOptions = {
  readonly after: Position;
  readonly session?: SessionId | undefined;
  /** More than this (and one message) is never on its way to the client. */
  readonly bufferedBytes: number;
};

type TailedRuntime = Pick<Runtime, 'eventsAfter' | 'head' | 'onCommitted'>;

const pageLength = 100;

/** Sends events to a client until it leaves. Raises what the runtime raises. */
export const runEventTail = async (client: WebSocket, runtime: TailedRuntime, options: TailOptions): Promise<void> => {
  const isOpen = (): boolean => client.readyState === client.OPEN;
  const orLeft = createLeaving(client);
  let sessionKey: SessionKey | null = null;
  const commits = followCommits(
    runtime,
    // None are named when any may have changed.
    (named) => options.session === undefined || sessionKey === null || named.length === 0 || named.includes(sessionKey),
  );

  const send = async (message: TailMessage): Promise<void> => {
    const written = new Promise<void>((resolve) => client.send(JSON.stringify(message), () => resolve()));
    if (client.bufferedAmount > options.bufferedBytes) await orLeft(written);
  };

  let position = options.after;
  let caughtUp = false;
  try {
    while (isOpen()) {
      const commit = commits.next();
      const page = await runtime.eventsAfter(position, { session: options.session, limit: pageLength });
      sessionKey = page.sessionKey;
      for (const event of page.events) {
        if (!isOpen()) return;
        await send({ kind: 'event', ...event });
      }
      const before = position;
      position = laterPosition(position, page.upTo);
      if (position < commit.after && (position > before || page.events.length > 0)) continue;
      if (!caughtUp) await send({ kind: 'caught_up', position });
      caughtUp = true;
      await orLeft(commit.concerning);
      position = laterPosition(position, commit.quietUpTo());
    }
  } finally {
    commits.end();
  }
};

/**
 * Waits for something, or until the client leaves. One wait at a time. Not a race with a promise that it has left: that
 * would hold something of every wait for as long as the client stays.
 */
const createLeaving = (client: WebSocket): ((event: Promise<void>) => Promise<void>) => {
  let stopWaiting = (): void => {};
  client.once('close', () => stopWaiting());
  return (event) =>
    new Promise((resolve) => {
      stopWaiting = resolve;
      if (client.readyState === client.CLOSED) resolve();
      else void event.then(resolve);
    });
};

type NextCommit = {
  /** What was committed up to here, a read that begins now finds. */
  readonly after: Position;
  /** Resolved by the first commit since then that concerns us, so that none during a read is missed. */
  readonly concerning: Promise<void>;
  /** What was committed since then up to here does not concern us, so that nobody has to look at it. */
  readonly quietUpTo: () => Position;
};

/** Waits for commits that concern somebody; one wait at a time, the next one ends that before it. */
const followCommits = (
  runtime: Pick<Runtime, 'head' | 'onCommitted'>,
  concerns: (named: readonly SessionKey[]) => boolean,
): { readonly next: () => NextCommit; readonly end: () => void } => {
  let head = runtime.head();
  let quietUpTo = head;
  let isQuiet = true;
  let wake = (): void => {};
  const end = runtime.onCommitted((position, named) => {
    head = position;
    if (isQuiet && concerns(named)) {
      isQuiet = false;
      wake();
    }
    if (isQuiet) quietUpTo = position;
  });
  return {
    next: () => {
      isQuiet = true;
      quietUpTo = head;
      const concerning = createDeferred();
      wake = concerning.resolve;
      return { after: head, concerning: concerning.promise, quietUpTo: () => quietUpTo };
    },
    end,
  };
};
