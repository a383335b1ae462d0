/**
 * A WebSocket that comes back. It knows nothing of what it carries: the caller gives an address for each attempt (with
 * the version or position to resume from) and takes the messages.
 */
import { isRuntimeDoubted } from './api.ts';
import { findRuntime, type RuntimeFound } from './reconnect.ts';

export type LiveState =
  /** Nothing has been heard yet. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** The runtime is gone. What is shown is what was last heard at `heardAt`; the next attempt is at `retryAt`. */
  | { readonly kind: 'reconnecting'; readonly heardAt: number; readonly attempt: number; readonly retryAt: number }
  /** The runtime is there and does not know this window (any more). */
  | { readonly kind: 'refused' };

export type LiveOptions = {
  /** Path and query of the next attempt, for example `/api/dashboard/live?version=41`. */
  readonly address: () => string;
  readonly onMessage: (message: unknown) => void;
  readonly onState: (state: LiveState) => void;
  /** Why the socket could not be opened: a browser does not tell, so it is asked for over HTTP. */
  readonly probe?: () => Promise<RuntimeFound>;
  readonly random?: () => number;
  readonly now?: () => number;
};

export type LiveConnection = {
  /** Tries at once instead of waiting for the next attempt. */
  readonly retry: () => void;
  readonly close: () => void;
};

const firstDelayMs = 250;
const longestDelayMs = 5_000;

/** How long to wait before the given attempt (from 1): doubling, bounded, and spread so that windows do not march in step. */
export const backoffMs = (attempt: number, random: number): number =>
  Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt - 1, 10)) * (0.75 + random / 4);

export const connectLive = (options: LiveOptions): LiveConnection => {
  const { now = Date.now, random = Math.random, probe = findRuntime } = options;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let heardAt: number | null = null;
  let isLive = false;
  let closed = false;

  const open = (): void => {
    clearTimeout(timer);
    if (closed || socket !== null) return;
    const opened = new WebSocket(addressOf(options.address()));
    socket = opened;
    opened.onmessage = (event) => {
      attempt = 0;
      heardAt = now();
      const isFirst = !isLive;
      isLive = true;
      options.onMessage(JSON.parse(String(event.data)));
      if (isFirst) options.onState({ kind: 'live' });
    };
    opened.onclose = () => {
      if (socket === opened) socket = null;
      if (!closed) void comeBack();
    };
  };

  const comeBack = async (): Promise<void> => {
    if (isLive) heardAt = now();
    isLive = false;
    attempt += 1;
    const found = await probe();
    if (closed || socket !== null) return;
    if (found === 'refused') {
      options.onState({ kind: 'refused' });
      return;
    }
    if (found === 'elsewhere') return;
    const delay = backoffMs(attempt, random());
    // A window that never heard anything has nothing old to show: it is still connecting.
    options.onState(
      heardAt === null ? { kind: 'connecting' } : { kind: 'reconnecting', heardAt, attempt, retryAt: now() + delay },
    );
    clearTimeout(timer);
    // Whoever answers and is not the runtime is not to be heard.
    timer = setTimeout(found === 'there' ? open : comeBack, delay);
  };

  options.onState({ kind: 'connecting' });
  if (isRuntimeDoubted()) void comeBack();
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

const addressOf = (path: string): string => {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
};
