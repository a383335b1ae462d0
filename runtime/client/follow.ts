import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { Endpoint } from './authorization.ts';
import { socketFrames } from './socket-frames.ts';

/** Where a runtime is: the first connection needs no search, every later one asks again. */
export type Place = { readonly endpoint: Endpoint; readonly find: () => Promise<Endpoint | null> };

export type FollowOptions = {
  /** Ends the following, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** How long a runtime may be away before it is given up, in milliseconds. Default: 10,000. */
  readonly patienceMs?: number | undefined;
};

const defaultPatienceMs = 10_000;
const reconnectEveryMs = 100;

/**
 * The frames of a WebSocket of the gateway, from one connection to the next. `query` is asked before each, so that it can
 * name the place that was reached. Raises what the runtime refuses with, and `runtime.unreachable` when nothing answers
 * for too long.
 */
export async function* follow(
  place: Place,
  path: string,
  query: () => Readonly<Record<string, string>>,
  { signal = new AbortController().signal, patienceMs = defaultPatienceMs }: FollowOptions,
): AsyncGenerator<string, void, undefined> {
  let endpoint: Endpoint | null = place.endpoint;
  let lostAt: number | null = null;
  let cause: unknown;
  while (!signal.aborted) {
    if (endpoint !== null) {
      try {
        for await (const frame of socketFrames(endpoint, path, query(), signal)) {
          lostAt = null;
          yield frame;
        }
      } catch (thrown) {
        if (isFinal(thrown)) throw thrown;
        cause = thrown;
      }
    }
    if (signal.aborted) return;
    lostAt ??= Date.now();
    if (Date.now() - lostAt > patienceMs) throw lost(cause);
    await delay(reconnectEveryMs, undefined, { signal }).catch(() => undefined);
    endpoint = await place.find();
  }
}

/** Whether the runtime has answered, and would answer the same again. */
const isFinal = (thrown: unknown): boolean =>
  thrown instanceof ThroughlineError && thrown.code !== 'runtime.unreachable' && thrown.code !== 'runtime.stopping';

const lost = (cause: unknown): ThroughlineError =>
  new ThroughlineError('runtime.unreachable', 'the connection to the runtime was lost, and it does not answer', {
    hint: '`throughline list` shows what the sessions were doing',
    cause,
  });
