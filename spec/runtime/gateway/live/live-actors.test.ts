import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { type ActorsMessage, actorsMessage } from '../../../../actors/protocol/gateway/actor-system.ts';
import { type LiveMachineEvent, maxWaitingMachineEvents } from '../../../../actors/protocol/gateway/live-machine.ts';
import { joinLiveActors } from '../../../../runtime/gateway/live/live-actors.ts';
import type { Runtime } from '../../../../runtime/surface.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { openWorld, quietSystem, sessionId, token } from '../world.ts';

const test = suite('live actors');

type Watched = Pick<Runtime, 'watchActors' | 'watchMachine'> & {
  readonly sample: (number: number) => void;
  readonly machine: (...events: readonly LiveMachineEvent[]) => void;
  readonly watchers: () => number;
};

const watched = (): Watched => {
  const actors = new Set<Parameters<Runtime['watchActors']>[0]>();
  const machines = new Set<Parameters<Runtime['watchMachine']>[1]>();
  return {
    watchActors: (listener) => {
      actors.add(listener);
      return () => actors.delete(listener);
    },
    watchMachine: (_, listener) => {
      machines.add(listener);
      return () => machines.delete(listener);
    },
    sample: (number) => {
      for (const listener of actors) listener({ ...quietSystem, number });
    },
    machine: (...events) => {
      for (const listener of machines) listener({ events: [...events], dropped: 0 });
    },
    watchers: () => actors.size + machines.size,
  };
};

const eventOf = (seq: number): LiveMachineEvent => ({
  type: '@xstate.event',
  run: 1,
  at: seq,
  event: 'tool_call',
  seq,
  says: '',
});

test('a client that takes nothing has nothing queued but a bounded piece, and then gets the newest and how much it missed', () => {
  const runtime = watched();
  const messages: ActorsMessage[] = [];
  let blocked = false;
  let onSent = (): void => {};
  const socket = {
    get bufferedAmount() {
      return blocked ? 2_000_000 : 0;
    },
    send: (text: string, sent: () => void) => {
      messages.push(actorsMessage.parse(JSON.parse(text)));
      onSent = sent;
    },
  };
  const leave = joinLiveActors(socket, {
    runtime,
    session: sessionId,
    clients: () => ({ dashboards: 1, tails: 2, actors: 3 }),
    bufferedBytes: 1_000_000,
  });
  runtime.sample(1);
  blocked = true;
  for (let number = 2; number <= 50; number += 1) {
    runtime.sample(number);
    for (let index = 0; index < 100; index += 1) runtime.machine(eventOf(number * 100 + index));
  }
  assert.is(messages.length, 1);
  blocked = false;
  // Each that is sent brings the next, until nothing waits.
  for (let sent = 0; sent < messages.length; sent += 1) onSent();
  const [first, machine, sample, ...more] = messages;
  assert.equal(first?.kind === 'sample' && first.sample.clients, { dashboards: 1, tails: 2, actors: 3 });
  assert.ok(machine?.kind === 'machine');
  assert.is(machine.sessionId, sessionId);
  assert.is(machine.events.length, maxWaitingMachineEvents);
  assert.is(machine.dropped, 4_900 - maxWaitingMachineEvents);
  assert.equal(machine.events.at(-1), eventOf(5_099));
  assert.is(sample?.kind === 'sample' && sample.sample.number, 50, 'of the samples the newest alone');
  assert.equal(more, []);
  leave();
  assert.is(runtime.watchers(), 0);
});

test('over a WebSocket: guarded, counted, and ended with the client', async () => {
  const runtime = watched();
  const world = await openWorld({ runtime });
  try {
    const refused = new WebSocket(`ws://127.0.0.1:${world.port}/api/actors/live`);
    const status = await new Promise((resolve) =>
      refused.on('unexpected-response', (_, response) => resolve(response.statusCode)).on('error', () => {}),
    );
    assert.is(status, 401);
    const open = (query: string): { socket: WebSocket; messages: ActorsMessage[]; status: () => unknown } => {
      const socket = new WebSocket(`ws://127.0.0.1:${world.port}/api/actors/live${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const messages: ActorsMessage[] = [];
      let answered: unknown;
      socket.on('message', (data) => messages.push(actorsMessage.parse(JSON.parse(String(data)))));
      socket.on('unexpected-response', (_, response) => {
        answered = response.statusCode;
      });
      socket.on('error', () => {});
      return { socket, messages, status: () => answered };
    };
    const wrong = open('?session=nonsense');
    await until('a session that is none is refused', () => wrong.status() === 400);
    const client = open(`?session=${sessionId.toUpperCase()}`);
    await until('it watches both', () => runtime.watchers() === 2);
    runtime.sample(7);
    runtime.machine(eventOf(3));
    await until('it was told both', () => client.messages.length === 2);
    const sample = client.messages.find(({ kind }) => kind === 'sample');
    assert.equal(sample?.kind === 'sample' && sample.sample.clients, { dashboards: 0, tails: 0, actors: 1 });
    client.socket.close();
    await until('nobody watches any more', () => runtime.watchers() === 0);
  } finally {
    await world.close();
  }
});

test.run();
