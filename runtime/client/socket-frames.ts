import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { authorizationFor, type Endpoint } from './authorization.ts';
import { refusalOf } from './refusal.ts';

const maxWaitingFrames = 512;
const maxFrameBytes = 64 * 1024 * 1024;
const maxRefusalCharacters = 64 * 1024;

/**
 * What a WebSocket of the gateway sends, frame by frame, until the connection ends or is aborted. A slow reader stops
 * the socket, so nothing piles up here. Raises what the runtime refused with, or what broke the connection.
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
  const fail = (error: Error): void => {
    failure ??= error;
    end();
  };
  socket.on('error', fail);
  socket.on('unexpected-response', (_, response) => {
    const status = response.statusCode ?? 0;
    readRefusal(response).then((said) => fail(refusalOf(endpoint.url, status, said)), fail);
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

/** The problem that an upgrade was refused with. */
const readRefusal = async (response: IncomingMessage): Promise<unknown> => {
  let text = '';
  response.setEncoding('utf8');
  for await (const piece of response) {
    text += String(piece);
    if (text.length > maxRefusalCharacters) break;
  }
  return JSON.parse(text);
};
