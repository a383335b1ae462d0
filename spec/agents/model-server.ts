import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { chatCompletions } from './chat-completions.ts';
import { generateContent } from './generate-content.ts';
import { messages } from './messages.ts';
import { responses } from './responses.ts';
import { planTurn, type Scenario } from './scenarios.ts';
import type { Frame, Wire } from './wire.ts';

const wires: readonly Wire[] = [chatCompletions, messages, responses, generateContent];

/** One request an agent made of its model; it changes while the answer is streamed. */
export type ModelRequest = {
  readonly id: number;
  readonly wire: string;
  readonly scenario: Scenario;
  readonly userText: string;
  /** All that the request says in text: what the agent has of the conversation. */
  readonly said: string;
  /** Pieces of text sent so far. */
  pieces: number;
  /** `aborted` when the agent hung up before the end, as it does when it is interrupted or killed. */
  state: 'streaming' | 'finished' | 'aborted';
};

export type ModelServer = {
  /** Without a path: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  /** What went wrong in the server itself; a suite that finds something here cannot trust its other results. */
  readonly errors: readonly string[];
  readonly close: () => Promise<void>;
};

/** A model on loopback that answers from a script, so that a real agent runs without a key or a network. */
export const createModelServer = async (): Promise<ModelServer> => {
  const requests: ModelRequest[] = [];
  const errors: string[] = [];

  const server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      errors.push(`${request.method} ${request.url}: ${cause instanceof Error ? cause.message : String(cause)}`);
      if (!response.headersSent) sendJson(response, 500, { error: { message: String(cause) } });
      response.end();
    });
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const text = await readText(request);
    const wire = wires.find((candidate) => candidate.path.test(path));
    if (request.method !== 'POST' || wire === undefined) {
      sendJson(response, 404, { error: { message: `${path} is not served here` } });
      return;
    }
    const body: unknown = JSON.parse(text);
    const id = requests.length + 1;
    const conversation = wire.read(body);
    const turn = planTurn(conversation, id);
    const { scenario } = turn;
    const entry: ModelRequest = {
      id,
      wire: wire.name,
      scenario,
      userText: conversation.userText,
      said: conversation.instructions,
      pieces: 0,
      state: 'streaming',
    };
    requests.push(entry);
    response.on('close', () => {
      entry.state = response.writableFinished ? 'finished' : 'aborted';
    });
    if (wire.whole !== undefined && !(wire.streamedPath?.test(path) ?? isStreamed(body))) {
      sendJson(response, 200, wire.whole(turn, { id, body }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    for (const frame of wire.frames(turn, { id, body })) {
      if (response.destroyed) return;
      response.write(serverSentEvent(frame));
      if (frame.isText === true) entry.pieces += 1;
      if (frame.pauseMs !== undefined) await pause(frame.pauseMs);
    }
    response.end();
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return Object.freeze({
    url: `http://127.0.0.1:${port}`,
    requests,
    errors,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
};

const isStreamed = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'stream' in body && body.stream === true;

const serverSentEvent = ({ event, data }: Frame): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const sendJson = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
