import { WebSocket } from 'ws';
import { authorizationFor } from './authorization.ts';
import type { Endpoint } from './client.ts';

const maxWaitingFrames = 512;
const maxFrameBytes = 64 * 1024 * 1024;

/**
 * What a WebSocket of the gateway sends, frame by frame, until the connection ends or is aborted. A slow reader stops
 * the socket, so nothing piles up here. Raises what broke the connection.
 */
export async function* socketFrames(
  endpoint: Endpoint,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const url = new URL(path, endpoint.url.replace(/^http/, 'ws'));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const socket = new WebSocket(url, {
    headers: { authorization: authorizationFor(endpoint) },
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
  });
  const frames: string[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake = (): void => {};
  const end = (): void => {
    ended = true;
    wake();
  };
  socket.on('message', (data) => {
    frames.push(data.toString());
    if (frames.length >= maxWaitingFrames) socket.pause();
    wake();
  });
  socket.on('error', (error) => {
    failure = error;
    end();
  });
  socket.on('close', end);
  signal.addEventListener('abort', end, { once: true });
  try {
    while (!signal.aborted) {
      const frame = frames.shift();
      if (frame !== undefined) {
        yield frame;
        continue;
      }
      if (ended) break;
      if (socket.isPaused) socket.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', end);
    socket.terminate();
  }
  if (failure !== undefined) throw failure;
}
