/**
 * The event tail of one client. It keeps a position and nothing else: a page is read from the log, sent, and the next
 * one is read when the client has taken it. So a slow client costs what is on its way to it, never a growing queue, and
 * what it gets has neither gap nor double.
 */
import type { WebSocket } from 'ws';
import type { Position, SessionId } from '../../../actors/protocol/facts/ids.ts';
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
  const commits = commitSignal(runtime);

  const send = async (message: TailMessage): Promise<void> => {
    const written = new Promise<void>((resolve) => client.send(JSON.stringify(message), () => resolve()));
    if (client.bufferedAmount > options.bufferedBytes) await orLeft(written);
  };

  let position = options.after;
  let caughtUp = false;
  try {
    while (isOpen()) {
      const committed = commits.next();
      const page = await runtime.eventsAfter(position, { session: options.session, limit: pageLength });
      for (const event of page.events) {
        if (!isOpen()) return;
        await send({ kind: 'event', ...event });
      }
      const before = position;
      position = Math.max(position, page.upTo) as Position;
      if (position < runtime.head() && (position > before || page.events.length > 0)) continue;
      if (!caughtUp) await send({ kind: 'caught_up', position });
      caughtUp = true;
      await orLeft(committed);
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

/** `next` is resolved by the first commit after it was called, so that no commit during a read is missed. */
const commitSignal = (runtime: TailedRuntime): { readonly next: () => Promise<void>; readonly end: () => void } => {
  let wake = (): void => {};
  const end = runtime.onCommitted(() => wake());
  return {
    next: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    end,
  };
};
