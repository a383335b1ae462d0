/**
 * A WebSocket that comes back. It knows nothing of what it carries: the caller gives an address for each attempt (with
 * the version or position to resume from), says what a message of it is, and takes those. Anything else is refused: the
 * socket is closed with a word why, and comes back.
 */
import type { Doubt } from './doubt.ts';
import type { Guard } from './guard.ts';
import type { RuntimeFound } from './reconnect.ts';

export type LiveState =
  /** Nothing has been heard yet. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** The runtime is gone. What is shown is what was last heard at `heardAt`; the next attempt is at `retryAt`. */
  | { readonly kind: 'reconnecting'; readonly heardAt: number; readonly attempt: number; readonly retryAt: number }
  /** The runtime is there and does not know this window (any more). */
  | { readonly kind: 'refused' };

export type LiveOptions<Message> = {
  /** Path and query of the next attempt, for example `/api/dashboard/live?version=41`. */
  readonly address: () => string;
  /** Whether what came is a message of this socket. */
  readonly isMessage: Guard<Message>;
  readonly onMessage: (message: Message) => void;
  readonly onState: (state: LiveState) => void;
};

/** What is used of a WebSocket. */
export type LiveSocket = { readonly close: (code?: number, reason?: string) => void };

export type SocketListeners = {
  readonly onText: (text: string) => void;
  /** Also when it could not be opened. */
  readonly onClose: () => void;
};

export type LiveDependencies = {
  /** Why the socket could not be opened: a browser does not tell, so it is asked for over HTTP. */
  readonly findRuntime: () => Promise<RuntimeFound>;
  readonly doubt: Doubt;
  readonly openSocket?: (path: string, listeners: SocketListeners) => LiveSocket;
  readonly random?: () => number;
  readonly now?: () => number;
};

/** Opens such a socket. */
export type Follow = <Message>(options: LiveOptions<Message>) => LiveConnection;

export type LiveConnection = {
  /** Tries at once instead of waiting for the next attempt. */
  readonly retry: () => void;
  readonly close: () => void;
};

const firstDelayMs = 250;
const longestDelayMs = 5_000;
/** Closes a socket that brings what is not a message of ours: one of the codes that programs may choose. */
const refusedMessageCode = 4400;

/** How long to wait before the given attempt (from 1): doubling, bounded, and spread so that windows do not march in step. */
export const backoffMs = (attempt: number, random: number): number =>
  Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt - 1, 10)) * (0.75 + random / 4);

export const connectLive = <Message>(
  { address, isMessage, onMessage, onState }: LiveOptions<Message>,
  { findRuntime, doubt, openSocket = openWebSocket, now = Date.now, random = Math.random }: LiveDependencies,
): LiveConnection => {
  let socket: LiveSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let heardAt: number | null = null;
  let isLive = false;
  let closed = false;

  const open = (): void => {
    clearTimeout(timer);
    if (closed || socket !== null) return;
    const path = address();
    const leave = (): void => {
      if (socket !== opened) return;
      socket = null;
      if (!closed) void comeBack();
    };
    const hear = (text: string): void => {
      if (socket !== opened) return;
      const message = parsed(text);
      if (!isMessage(message)) {
        console.error(`What came from ${path} is no message of it: the connection is given up and made anew`);
        opened.close(refusedMessageCode, 'not a message of this socket');
        leave();
        return;
      }
      attempt = 0;
      heardAt = now();
      const isFirst = !isLive;
      isLive = true;
      onMessage(message);
      if (isFirst) onState({ kind: 'live' });
    };
    const opened = openSocket(path, { onText: hear, onClose: leave });
    socket = opened;
  };

  const comeBack = async (): Promise<void> => {
    if (isLive) heardAt = now();
    isLive = false;
    attempt += 1;
    const found = await findRuntime();
    if (closed || socket !== null) return;
    if (found === 'refused') {
      onState({ kind: 'refused' });
      return;
    }
    if (found === 'elsewhere') return;
    const delay = backoffMs(attempt, random());
    // A window that never heard anything has nothing old to show: it is still connecting.
    onState(
      heardAt === null ? { kind: 'connecting' } : { kind: 'reconnecting', heardAt, attempt, retryAt: now() + delay },
    );
    clearTimeout(timer);
    // Whoever answers and is not the runtime is not to be heard.
    timer = setTimeout(found === 'there' ? open : comeBack, delay);
  };

  onState({ kind: 'connecting' });
  if (doubt.isRaised()) void comeBack();
  else open();

  return {
    retry: () => {
      clearTimeout(timer);
      attempt = 0;
      if (!closed && socket === null) void comeBack();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
};

/** JSON that was received; undefined is none, and no message. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const openWebSocket = (path: string, { onText, onClose }: SocketListeners): LiveSocket => {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  const socket = new WebSocket(url);
  socket.onmessage = (event) => onText(String(event.data));
  socket.onclose = onClose;
  return socket;
};
