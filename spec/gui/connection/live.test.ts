import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { WebSocket, WebSocketServer } from 'ws';
import { createDoubt } from '../../../gui/connection/doubt.ts';
import { connectLive, type LiveSocket, type LiveState, type SocketListeners } from '../../../gui/connection/live.ts';
import { isTailMessage } from '../../../gui/connection/tail-messages.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';

const test = suite('live sockets', { timeLimitMs: 30_000 });

const openSocket = (url: string, { onText, onClose }: SocketListeners): LiveSocket =>
  new WebSocket(url)
    .on('message', (data) => onText(String(data)))
    .on('close', onClose)
    .on('error', () => {});

for (const strange of ['{"kind":"event"}', '{"kind":"caught_up","position":"1"}', '{"ki', 'null', '[]']) {
  test(`${strange} is no message: it is told to nobody, the connection is given up with a word why, and comes back`, async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const closed: { readonly code: number; readonly reason: string }[] = [];
    let connections = 0;
    server.on('connection', (socket) => {
      connections += 1;
      socket.on('close', (code, reason) => closed.push({ code, reason: String(reason) }));
      socket.send(JSON.stringify({ kind: 'caught_up', position: connections }));
      // The second connection is sound.
      if (connections > 1) return;
      socket.send(strange);
      socket.send(JSON.stringify({ kind: 'caught_up', position: 99 }));
    });
    const { port } = server.address() as AddressInfo;
    const heard: unknown[] = [];
    const states: LiveState['kind'][] = [];
    const said: unknown[] = [];
    const consoleError = console.error;
    console.error = (...words) => said.push(words.join(' '));
    const live = connectLive(
      {
        address: () => '/api/events',
        isMessage: isTailMessage,
        onMessage: (message) => heard.push(message.kind === 'caught_up' ? message.position : message),
        onState: ({ kind }) => states.push(kind),
      },
      {
        doubt: createDoubt(),
        findRuntime: async () => 'there',
        openSocket: (path, listeners) => openSocket(`ws://127.0.0.1:${port}${path}`, listeners),
        random: () => 0,
      },
    );
    try {
      await until('it is back', () => heard.length === 2);
      assert.equal(heard, [1, 2], 'nothing that came with it or after it');
      assert.equal(states, ['connecting', 'live', 'reconnecting', 'live']);
      await until('the first one is closed', () => closed.length > 0);
      assert.is(closed[0]?.code, 4400);
      assert.match(closed[0]?.reason ?? '', 'not a message');
      assert.is(said.length, 1);
      assert.match(String(said[0]), '/api/events');
    } finally {
      console.error = consoleError;
      live.close();
      server.close();
    }
  });
}

test.run();
