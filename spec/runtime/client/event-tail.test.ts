import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { equal, is } from 'uvu/assert';
import { type WebSocket, WebSocketServer } from 'ws';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { TailMessage } from '../../../actors/protocol/gateway/api.ts';
import { watchRun } from '../../../runtime/cli/connect/watch-run.ts';
import { type Client, createClient } from '../../../runtime/client/client.ts';
import { suite } from '../../support/suite.ts';
import { errorOf } from '../../support/world.ts';
import { eventMaker } from '../cli/support/events.ts';
import { row, token, withWorld } from '../gateway/world.ts';

const test = suite('the tail of events');
const session = '0190a1b2-c3d4-7000-8000-000000000001';

type Connection = { readonly after: number; readonly authorization: string | undefined; readonly socket: WebSocket };

/** A gateway of which only the tail exists; `serve` answers the nth connection. */
const tailServer = async (serve: (connection: Connection, nth: number) => void) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', (socket, request) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const after = Number(url.searchParams.get('after'));
    serve({ after, authorization: request.headers.authorization, socket }, connections++);
  });
  const client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'secret' });
  return { client, close: () => server.close() };
};

const sendEvents = (socket: WebSocket, events: readonly HistoryEvent[]): void => {
  for (const event of events) socket.send(JSON.stringify({ kind: 'event', sessionId: session, event }));
};

const fourEvents = (): readonly HistoryEvent[] => {
  const event = eventMaker();
  return [
    event(1, 'prompt', { text: 'Go', origin: 'prompt' }),
    event(1, 'message', { text: 'one' }),
    event(1, 'message', { text: 'two' }),
    event(1, 'status', { status: 'completed' }),
  ];
};

const watch = (client: Client, onEvent: (event: HistoryEvent) => void, signal = new AbortController().signal) =>
  watchRun({
    client,
    session,
    from: 0,
    run: 1,
    signal,
    onEvent: async (event) => onEvent(event),
  });

test('a run is watched to its terminal status, over a lost connection, each event once and in order', async () => {
  const events = fourEvents();
  const asked: number[] = [];
  const server = await tailServer(({ after, authorization, socket }, nth) => {
    is(authorization, 'Bearer secret');
    asked.push(after);
    if (nth === 0) {
      sendEvents(socket, events.slice(0, 2));
      socket.close();
    } else {
      // What was seen already is sent again: nobody may see it twice.
      sendEvents(socket, events);
    }
  });
  const seen: number[] = [];
  const outcome = await watch(server.client, (event) => seen.push(event.position));
  equal(outcome, { kind: 'ended', status: 'completed', reason: null, stopReason: null, failureKind: null });
  equal(seen, [1, 2, 3, 4]);
  equal(asked, [0, 2]);
  server.close();
});

test('the end of another run is not the end of this one', async () => {
  const event = eventMaker();
  const events = [
    event(1, 'status', { status: 'failed', reason: 'old' }),
    event(2, 'status', { status: 'interrupted' }),
  ];
  const server = await tailServer(({ socket }) => sendEvents(socket, events));
  const options = { client: server.client, session, from: 0, signal: new AbortController().signal };
  const outcome = await watchRun({ ...options, run: 2, onEvent: async () => {} });
  equal(outcome, { kind: 'ended', status: 'interrupted', reason: null, stopReason: null, failureKind: null });
  server.close();
});

test('who stops watching is detached at once', async () => {
  const detaching = new AbortController();
  const server = await tailServer(({ socket }) => sendEvents(socket, fourEvents().slice(0, 1)));
  const outcome = await watch(server.client, () => detaching.abort(), detaching.signal);
  equal(outcome, { kind: 'detached' });
  server.close();
});

test('a flood that is read slowly arrives whole', async () => {
  const event = eventMaker();
  const events = Array.from({ length: 3000 }, (_, index) => event(1, 'message', { text: `piece ${index}` }));
  const server = await tailServer(({ socket }) => sendEvents(socket, events));
  const ending = new AbortController();
  const seen: TailMessage[] = [];
  for await (const message of server.client.tail({ session, from: 0, signal: ending.signal })) {
    seen.push(message);
    if (seen.length % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (seen.length === events.length) ending.abort();
  }
  equal(
    seen.map((message) => (message.kind === 'event' ? message.event.position : 0)),
    events.map(({ position }) => position),
  );
  server.close();
});

test('without a position it begins with what comes, and after a cut it goes on where it was', async () => {
  const events = fourEvents();
  const asked: number[] = [];
  const server = await tailServer(({ after, socket }, nth) => {
    asked.push(after);
    if (nth === 0) {
      socket.send(JSON.stringify({ kind: 'caught_up', position: 1 }));
      sendEvents(socket, events.slice(1, 3));
      socket.close();
    } else {
      sendEvents(socket, events.slice(3));
      socket.send(JSON.stringify({ kind: 'caught_up', position: 4 }));
    }
  });
  const seen: number[] = [];
  for await (const message of server.client.tail()) {
    if (message.kind === 'event') seen.push(message.event.position);
    else if (message.position === 4) break;
  }
  equal(seen, [2, 3, 4]);
  equal(asked, [Number(null), 3]);
  server.close();
});

test('it goes on with whatever runtime serves now', async () => {
  const events = fourEvents();
  const second = await tailServer(({ after, socket }) => sendEvents(socket, events.slice(after)));
  const first = await tailServer(({ socket }) => {
    sendEvents(socket, events.slice(0, 2));
    socket.close();
  });
  const client = createClient(first.client.endpoint, async () => second.client.endpoint);
  const seen: number[] = [];
  for await (const message of client.tail({ from: 0 })) {
    if (message.kind === 'event') seen.push(message.event.position);
    if (seen.length === 4) break;
  }
  equal(seen, [1, 2, 3, 4]);
  for (const server of [first, second]) server.close();
});

test('when nothing answers for a while, the runtime is unreachable', async () => {
  const client = createClient({ url: 'http://127.0.0.1:9', token: 'secret' }, async () => null);
  is((await errorOf(client.tail({ session, from: 0, patienceMs: 50 }).next())).code, 'runtime.unreachable');
});

test(
  'what the runtime refuses is raised at once, as the error it was',
  withWorld(async (world) => {
    const client = createClient({ url: world.url, token });
    is((await errorOf(client.tail({ from: 7 }).next())).code, 'input.invalid');
    const stranger = createClient({ url: world.url, token: 'x'.repeat(43) });
    is((await errorOf(stranger.tail().next())).code, 'request.unauthorized');
  }),
);

test(
  'the dashboard comes as it is, and again when it has changed',
  withWorld(async (world) => {
    const ending = new AbortController();
    const versions: number[] = [];
    for await (const { version, rows } of createClient({ url: world.url, token }).dashboards({
      signal: ending.signal,
    })) {
      versions.push(version);
      equal(rows, [row]);
      if (versions.length === 1) world.runtime.commit(3);
      else ending.abort();
    }
    equal(versions, [0, 3]);
  }),
);

test.run();
