import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { eventTail, type TailMessage, tailMessage } from '../../../actors/protocol/gateway/api.ts';
import type { Client, Endpoint } from './client.ts';
import { socketFrames } from './socket-frames.ts';

export type TailOptions = {
  /** The runtime that serves now: asked again after a lost connection, because another one may have taken over. */
  readonly connect: () => Promise<Client | null>;
  readonly session: string;
  /** Events after this position are given. */
  readonly after: number;
  /** Ends the tail. */
  readonly signal: AbortSignal;
  /** How long a runtime may be away before it is given up. */
  readonly patienceMs?: number;
};

const defaultPatienceMs = 10_000;
const reconnectEveryMs = 100;

/**
 * A session's events as they are committed, each once and in order, over restarts of the runtime.
 * Raises `runtime.unreachable` when the connection is lost and nothing answers for some seconds.
 */
export async function* tailEvents(options: TailOptions): AsyncGenerator<TailMessage> {
  const { connect, session, after, signal, patienceMs = defaultPatienceMs } = options;
  let position = after;
  let lostAt: number | null = null;
  let lastCause: unknown;
  while (!signal.aborted) {
    const client = await connect();
    if (client !== null) {
      try {
        for await (const message of readTail(client.endpoint, session, position, signal)) {
          lostAt = null;
          if (message.kind === 'event') {
            if (message.event.position <= position) continue;
            position = message.event.position;
          }
          yield message;
        }
      } catch (cause) {
        lastCause = cause;
      }
    }
    if (signal.aborted) return;
    lostAt ??= Date.now();
    if (Date.now() - lostAt > patienceMs) {
      throw new ThroughlineError(
        'runtime.unreachable',
        'the connection to the runtime was lost, and it does not answer',
        {
          hint: '`throughline list` shows what the sessions were doing',
          cause: lastCause,
        },
      );
    }
    await delay(reconnectEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** One connection, until it ends for whatever reason. */
async function* readTail(
  endpoint: Endpoint,
  session: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<TailMessage> {
  for await (const frame of socketFrames(endpoint, eventTail.path, { session, after: String(after) }, signal)) {
    yield tailMessage.parse(JSON.parse(frame));
  }
}
