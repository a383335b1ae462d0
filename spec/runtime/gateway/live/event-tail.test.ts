import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Position, SessionKey } from '../../../../actors/protocol/facts/ids.ts';
import { tailMessage } from '../../../../actors/protocol/gateway/api.ts';
import type { Runtime } from '../../../../runtime/surface.ts';
import { collectGarbage } from '../../../support/collect-garbage.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { closeWorlds, createWorld, ended, start } from '../../../support/world.ts';
import {
  ask,
  closeOf,
  memoryRuntime,
  openSocket,
  openTail,
  otherSessionId,
  rawExchange,
  sessionId,
  type TailClient,
  token,
  upgradeText,
  type World,
  withWorld,
} from '../world.ts';

const test = suite('event tail');
test.after(closeWorlds);

const positionsOf = (client: TailClient): number[] =>
  client.messages.flatMap((message) => (message.kind === 'event' ? [message.event.position] : []));

const caughtUpAt = (client: TailClient): number | undefined =>
  client.messages.flatMap((message) => (message.kind === 'caught_up' ? [message.position] : []))[0];

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const turns = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await turn();
};

const left = (world: World): Promise<unknown> =>
  until('the client is forgotten', () => world.runtime.listeners.size === 0);

test(
  'all events come in order, then caught_up once, then the live ones',
  withWorld(async (world) => {
    world.runtime.commit(1_234);
    const client = openTail(world, '?after=0');
    await until('it has caught up', () => caughtUpAt(client) === 1_234);
    for (let count = 0; count < 50; count += 1) world.runtime.commit(3);
    await until('the live ones are there', () => positionsOf(client).length === 1_384);
    assert.deepEqual(positionsOf(client), range(1, 1_384));
    assert.equal(
      client.messages.findIndex(({ kind }) => kind === 'caught_up'),
      1_234,
    );
    assert.equal(client.messages.filter(({ kind }) => kind === 'caught_up').length, 1);
    for (const message of client.messages) assert.deepEqual(tailMessage.parse(message), message);
    client.socket.close();
    await left(world);
  }),
);

test(
  'from a position only what is after it comes; without one only what is new',
  withWorld(async (world) => {
    world.runtime.commit(10);
    const fromSeven = openTail(world, '?after=7');
    const fromNow = openTail(world);
    await until('both caught up', () => caughtUpAt(fromSeven) === 10 && caughtUpAt(fromNow) === 10);
    world.runtime.commit(1);
    await until('both hear the new one', () =>
      [fromSeven, fromNow].every((client) => positionsOf(client).includes(11)),
    );
    assert.deepEqual(positionsOf(fromSeven), [8, 9, 10, 11]);
    assert.deepEqual(positionsOf(fromNow), [11]);
  }),
);

test(
  'of one session only its events come, however many of others lie between',
  withWorld(async (world) => {
    world.runtime.commit(2);
    world.runtime.commit(500, { session: otherSessionId });
    world.runtime.commit(1);
    const client = openTail(world, `?after=0&session=${sessionId}`);
    await until('it has caught up', () => caughtUpAt(client) === 503);
    world.runtime.commit(5, { session: otherSessionId });
    world.runtime.commit(1);
    await until('the live one is there', () => positionsOf(client).length === 4);
    assert.deepEqual(positionsOf(client), [1, 2, 503, 509]);
  }),
);

test(
  'what others commit costs the tail of a session no read, and is not looked through when it reads again',
  withWorld(async (world) => {
    world.runtime.commit(3);
    const client = openTail(world, `?after=0&session=${sessionId}`);
    const ofNobody = openTail(world);
    await until('they have caught up', () => caughtUpAt(client) === 3 && caughtUpAt(ofNobody) === 3);
    ofNobody.socket.close();
    await until('one is left', () => world.runtime.listeners.size === 1);
    const pagesBefore = world.runtime.pages.count;
    for (let count = 0; count < 50; count += 1) {
      world.runtime.commit(100, { session: otherSessionId });
      await turn();
    }
    world.runtime.commit(1);
    await until('its own is there', () => positionsOf(client).includes(5_004));
    assert.equal(world.runtime.pages.count, pagesBefore + 1);
    assert.equal(world.runtime.pages.from, 5_003);
    world.runtime.commit(0);
    await until('where none is named, it may be any', () => world.runtime.pages.count === pagesBefore + 2);
  }),
);

test('of one session nothing is missed or told twice, whoever commits when', async () => {
  const commits = fc.array(fc.record({ own: fc.boolean(), count: fc.nat(150), turns: fc.nat(6) }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(commits, fc.nat(3), async (steps, readTurns) => {
      const memory = memoryRuntime();
      const slow: Partial<Runtime> = {
        async eventsAfter(position, options) {
          await turns(readTurns);
          const page = await memory.eventsAfter(position, options);
          await turns(readTurns);
          return page;
        },
      };
      const expected: number[] = [];
      await withWorld(
        async (world) => {
          const client = openTail(world, `?after=0&session=${sessionId}`);
          await once(client.socket, 'open');
          for (const step of [...steps, { own: true, count: 1, turns: 0 }]) {
            const before = memory.events.length;
            memory.commit(step.count, step.own ? {} : { session: otherSessionId });
            if (step.own) expected.push(...range(before + 1, before + step.count));
            await turns(step.turns);
          }
          await until('the last one is there', () => positionsOf(client).includes(expected.at(-1) ?? 0));
          assert.deepEqual(positionsOf(client), expected);
          client.socket.close();
        },
        { runtime: { head: memory.head, onCommitted: memory.onCommitted, ...slow } },
      )();
    }),
    { numRuns: 20 },
  );
});

test('the key by which commits name a session is the one that its tail is told', async () => {
  const real = createWorld('named');
  const runtime = await real.open();
  const named: (readonly SessionKey[])[] = [];
  runtime.onCommitted((_, sessions) => named.push(sessions));
  const { id } = await start(runtime, real, 'quick');
  await ended(runtime, id);
  const beginning = 0 as Position;
  const { sessionKey } = await runtime.eventsAfter(beginning, { session: id, limit: 1 });
  assert.ok(sessionKey !== null && named.some((sessions) => sessions.includes(sessionKey)));
  assert.equal((await runtime.eventsAfter(beginning, { session: otherSessionId, limit: 1 })).sessionKey, null);
  assert.equal((await runtime.eventsAfter(beginning, { limit: 1 })).sessionKey, null);
  await real.close();
});

test('a commit while a page is read is not missed', async () => {
  await withWorld(
    async (world) => {
      const client = openTail(world, '?after=0');
      await until('the last one is there', () => positionsOf(client).length === 30);
      assert.deepEqual(positionsOf(client), range(1, 30));
    },
    {
      runtime: {
        // Each page is old when it arrives: something was committed after it was read.
        async eventsAfter(this: World['runtime'], position: Position) {
          const events = this.events.slice(position);
          const upTo = this.events.length as Position;
          if (this.events.length < 30) this.commit(1);
          await new Promise((resolve) => setImmediate(resolve));
          return { events, upTo, sessionKey: null };
        },
      },
    },
  )();
});

test(
  'a client that reads nothing costs a bounded amount, holds nobody up, and gets all when it reads again',
  withWorld(
    async (world) => {
      // 1,000 events of 100 kB: 100 MB, of which a page is read only when the one before is on its way.
      world.runtime.commit(1_000, { payload: 'x'.repeat(100_000) });
      const slow = openTail(world, '?after=0');
      await once(slow.socket, 'open');
      slow.socket.pause();
      const quick = openTail(world, '?after=995');
      await until('the other one has all', () => caughtUpAt(quick) === 1_000);
      const pagesBefore = await until('no more pages are read', async () => {
        const before = world.runtime.pages.count;
        for (let count = 0; count < 20; count += 1) await ask(world, 'GET', '/api/health');
        return world.runtime.pages.count === before ? before : undefined;
      });
      assert.ok(pagesBefore <= 4, `${pagesBefore} pages`);
      assert.ok(world.runtime.pages.longest <= 100);
      slow.socket.resume();
      await until('the slow one has all', () => caughtUpAt(slow) === 1_000);
      assert.deepEqual(positionsOf(slow), range(1, 1_000));
    },
    { limits: { heartbeatMs: 60_000 } },
  ),
);

test(
  'a client that no longer lives is found by the heartbeat; one that only listens stays',
  withWorld(
    async (world) => {
      const alive = openTail(world);
      await until('the first one is there', () => caughtUpAt(alive) === 0);
      const dead = await openSocket(world.port);
      dead.write(upgradeText(world)); // and never answers a ping
      await until('both are there', () => world.runtime.listeners.size === 2);
      await until('the dead one is found', () => world.runtime.listeners.size === 1);
      world.runtime.commit(1);
      await until('the living one hears', () => positionsOf(alive).length === 1);
    },
    { limits: { heartbeatMs: 100 } },
  ),
);

test(
  'a client that speaks, or sends what is no frame or too large a one, is cut off',
  withWorld(async (world) => {
    const speaks = openTail(world);
    await once(speaks.socket, 'open');
    speaks.socket.send('hello');
    assert.equal((await once(speaks.socket, 'close'))[0], 1008);

    const large = openTail(world);
    await once(large.socket, 'open');
    large.socket.on('error', () => {});
    large.socket.send('x'.repeat(100_000));
    await once(large.socket, 'close');

    const frames = [
      Buffer.from('this is no frame, and it is long enough to be looked at as one'),
      Buffer.from([0x81, 0x05, 1, 2, 3, 4, 5]), // not masked
      Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), // reserved bits
      Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), // 2^63 bytes
    ];
    for (const frame of frames) {
      const socket = await openSocket(world.port);
      socket.write(upgradeText(world));
      await once(socket, 'data');
      socket.write(frame);
      await closeOf(socket.resume());
    }
    await left(world);
    assert.equal((await ask(world, 'GET', '/api/health')).status, 200);
  }),
);

test(
  'a tail that cannot be is refused before the upgrade, with a reason',
  withWorld(async (world) => {
    world.runtime.commit(3);
    const refusals: readonly (readonly [string, number, RegExp])[] = [
      ['/api/events?after=4', 400, /the log ends at 3/],
      ['/api/events?after=-1', 400, /after/],
      ['/api/events?after=x', 400, /after/],
      ['/api/events?session=mine', 400, /session/],
      ['/api/events?other=1', 400, /other/],
      ['/api/events?after=1&after=2', 400, /more than once/],
      ['/api/health', 404, /no WebSocket/],
    ];
    for (const [path, status, pattern] of refusals) {
      const answer = await rawExchange(world.port, upgradeText(world, { line: `GET ${path} HTTP/1.1` }));
      assert.equal(answer.status, status, path);
      assert.match(answer.body, pattern);
    }
    const noWebSocket = upgradeText(world).replace('Upgrade: websocket', 'Upgrade: h2c');
    assert.equal((await rawExchange(world.port, noWebSocket)).status, 400);
    const version = upgradeText(world).replace('Version: 13', 'Version: 7');
    assert.equal((await rawExchange(world.port, version)).status, 400);
    assert.equal(world.runtime.listeners.size, 0);
  }),
);

test(
  'clients that leave at any moment leave nothing behind',
  withWorld(async (world) => {
    world.runtime.commit(500, { payload: 'x'.repeat(10_000) });
    for (let count = 0; count < 30; count += 1) {
      const socket = await openSocket(world.port);
      socket.write(upgradeText(world, { line: 'GET /api/events?after=0 HTTP/1.1' }));
      if (count % 3 > 0) await once(socket, 'data');
      if (count % 2 > 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    world.runtime.commit(10);
    await left(world);
    assert.equal((await ask(world, 'GET', '/api/health')).status, 200);
  }),
);

test(
  'a log that cannot be read ends the tail with a reason, and is logged',
  withWorld(
    async (world) => {
      const client = openTail(world);
      assert.equal((await once(client.socket, 'close'))[0], 1011);
      assert.match(world.logged.join('\n'), /disk on fire/);
      await left(world);
    },
    { runtime: { eventsAfter: () => Promise.reject(new Error(`disk on fire ${token}`)) } },
  ),
);

test(
  'closing says goodbye to every client, and does not wait for one that does not answer',
  withWorld(async (world) => {
    const client = openTail(world);
    await once(client.socket, 'open');
    const deaf = await openSocket(world.port);
    deaf.write(upgradeText(world));
    await until('both are there', () => world.runtime.listeners.size === 2);
    const goodbye = once(client.socket, 'close');
    await world.close();
    assert.equal((await goodbye)[0], 1001);
    await left(world);
  }),
);

test(
  'a tail that is woken for long holds nothing of it',
  withWorld(async (world) => {
    const client = openTail(world, `?after=0&session=${otherSessionId}`);
    await until('it waits', () => caughtUpAt(client) === 0);
    /** So many commits that are none of its business; gives what is held afterwards, in bytes. */
    const wake = async (times: number): Promise<number> => {
      const pages = world.runtime.pages.count;
      for (let time = 0; time < times; time += 1) {
        world.runtime.commit(0);
        await turn();
      }
      await until('it has looked each time', () => world.runtime.pages.count === pages + times);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await wake(5_000);
    const grown = (await wake(20_000)) - before;
    assert.ok(grown < 1_000_000, `${grown} bytes more`);
    client.socket.close();
    await left(world);
  }),
);

test.run();
