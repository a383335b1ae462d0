import fc from 'fast-check';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { mergePatch } from '../../../../actors/model/dashboard/dashboard-patch.ts';
import { byDefaultOrder } from '../../../../actors/model/dashboard/default-order.ts';
import type { Position, SessionId, SessionKey } from '../../../../actors/protocol/facts/ids.ts';
import type { DashboardRow } from '../../../../actors/protocol/gateway/dashboard.ts';
import { type DashboardMessage, dashboardMessage } from '../../../../actors/protocol/gateway/window.ts';
import { createLiveDashboard, type LiveSocket } from '../../../../runtime/gateway/live/live-dashboard.ts';
import type { Runtime } from '../../../../runtime/surface.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { rowWith } from '../../cli/support/rows.ts';
import { openWorld, token } from '../world.ts';

const test = suite('live dashboard');

type Board = Pick<Runtime, 'dashboard' | 'dashboardRows' | 'onCommitted'> & {
  readonly rows: Map<SessionKey, DashboardRow>;
  readonly version: () => number;
  readonly reads: { whole: number; rows: number };
  /** Changes or removes sessions, and tells of the commit. */
  readonly commit: (...changes: readonly (readonly [number, Partial<DashboardRow> | null])[]) => void;
};

const createBoard = (sessions = 3): Board => {
  const rows = new Map<SessionKey, DashboardRow>();
  const listeners = new Set<Parameters<Runtime['onCommitted']>[0]>();
  const reads = { whole: 0, rows: 0 };
  let version = sessions;
  const idOf = (key: number): string => `session-${key}`;
  for (let key = 1; key <= sessions; key += 1) rows.set(key as SessionKey, rowWith({ id: idOf(key), createdAt: key }));
  return {
    rows,
    version: () => version,
    reads,
    commit: (...changes) => {
      for (const [number, change] of changes) {
        const key = number as SessionKey;
        version += 1;
        if (change === null) rows.delete(key);
        else rows.set(key, { ...(rows.get(key) ?? rowWith({ id: idOf(number) })), ...change });
      }
      for (const listener of listeners)
        listener(
          version as Position,
          changes.map(([key]) => key as SessionKey),
        );
    },
    dashboard: async () => {
      reads.whole += 1;
      const snapshot = { version, rows: [...rows.values()].sort(byDefaultOrder) };
      await turn();
      return snapshot;
    },
    dashboardRows: async (keys) => {
      reads.rows += keys.length;
      const found = keys.flatMap((key) => rows.get(key) ?? []);
      const gone = keys.filter((key) => !rows.has(key)).map((key) => idOf(key) as SessionId);
      await turn();
      return { rows: found, gone };
    },
    onCommitted: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Client = LiveSocket & {
  readonly messages: DashboardMessage[];
  readonly rows: () => readonly DashboardRow[];
  readonly version: () => number;
  /** Takes nothing until `flow`. */
  block: () => void;
  flow: () => void;
};

const createClient = (): Client => {
  const messages: DashboardMessage[] = [];
  let rows: readonly DashboardRow[] = [];
  let version = -1;
  let blocked = false;
  let waiting: (() => void)[] = [];
  return {
    messages,
    rows: () => rows,
    version: () => version,
    get bufferedAmount() {
      return blocked ? 1_000_000 : 0;
    },
    send: (text, onSent) => {
      const message = dashboardMessage.parse(JSON.parse(text));
      messages.push(message);
      rows = message.kind === 'snapshot' ? message.rows : mergePatch(rows, message);
      version = message.version;
      if (blocked) waiting.push(onSent);
      else setImmediate(onSent);
    },
    block: () => {
      blocked = true;
    },
    flow: () => {
      blocked = false;
      for (const onSent of waiting) onSent();
      waiting = [];
    },
  };
};

const live = (board: Board, throttleMs = 0) =>
  createLiveDashboard({
    runtime: board,
    throttleMs,
    bufferedBytes: 1_000,
    onFailed: (error) => {
      throw error;
    },
  });

const sameAs = (board: Board, client: Client): boolean =>
  JSON.stringify(client.rows()) === JSON.stringify([...board.rows.values()].sort(byDefaultOrder));

test('a snapshot comes first, then each change as a patch, and a changed row is read alone', async () => {
  const board = createBoard(1_000);
  const client = createClient();
  live(board).join(client, undefined);
  await until('the snapshot', () => client.messages.length === 1);
  assert.is(client.messages[0]?.kind, 'snapshot');
  board.commit([7, { name: 'renamed' }]);
  await until('the patch', () => client.messages.length === 2);
  const [, patch] = client.messages;
  assert.equal(patch, { kind: 'patch', version: 1_001, changed: [board.rows.get(7 as SessionKey)], removed: [] });
  assert.ok(JSON.stringify(patch).length < 1_000);
  assert.equal(board.reads, { whole: 1, rows: 1 });
  board.commit([7, null]);
  await until('the removal', () => client.rows().length === 999);
});

test('a burst of commits is read once and told once, to any number of clients', async () => {
  const board = createBoard();
  const clients = Array.from({ length: 20 }, createClient);
  const dashboard = live(board, 60);
  for (const client of clients) dashboard.join(client, undefined);
  await until('all have a snapshot', () => clients.every(({ messages }) => messages.length === 1));
  for (let index = 0; index < 100; index += 1) board.commit([1, { pendingApprovals: index }]);
  await until('all have the last', () => clients.every((client) => sameAs(board, client)));
  assert.ok(board.reads.rows <= 3, `${board.reads.rows} rows were read`);
  assert.ok(clients.every(({ messages }) => messages.length <= 4));
});

test('a client that takes nothing has nothing queued, and then gets what it missed in one message', async () => {
  const board = createBoard();
  const slow = createClient();
  const quick = createClient();
  const dashboard = live(board);
  dashboard.join(slow, undefined);
  dashboard.join(quick, undefined);
  await until('both have a snapshot', () => slow.messages.length + quick.messages.length === 2);
  slow.block();
  board.commit([1, { name: 'one more is on its way' }]);
  for (let index = 0; index < 50; index += 1) {
    board.commit([(index % 3) + 1, { name: `name ${index}` }], [9, index % 2 ? null : {}]);
    await until('the quick one has it', () => sameAs(board, quick));
  }
  assert.ok(slow.messages.length <= 2);
  const before = slow.messages.length;
  slow.flow();
  // What was sent last was sent before it was blocked, so nothing tells that it flows but the next change.
  board.commit([2, { name: 'the last' }]);
  await until('the slow one has it too', () => sameAs(board, slow));
  assert.ok(slow.messages.length - before <= 2);
});

test('who comes back with a version gets what changed since, and who is too far back or from elsewhere a snapshot', async () => {
  const board = createBoard(200);
  const dashboard = live(board);
  const first = createClient();
  const leave = dashboard.join(first, undefined);
  await until('the snapshot', () => first.messages.length === 1);
  board.commit([1, { name: 'before' }]);
  await until('the patch', () => first.messages.length === 2);
  const version = first.version();
  leave();
  // Nobody looks while this happens.
  board.commit([2, { name: 'meanwhile' }], [3, null]);
  const again = createClient();
  dashboard.join(again, version);
  await until('the patch', () => again.messages.length === 1);
  const [patch] = again.messages;
  assert.is(patch?.kind, 'patch');
  if (patch?.kind === 'patch') {
    assert.equal(
      patch.changed.map(({ id }) => id),
      ['session-2'],
    );
    assert.equal(patch.removed, ['session-3']);
  }
  for (const wrong of [0, 200, 1_000_000]) {
    const other = createClient();
    dashboard.join(other, wrong);
    await until('an answer', () => other.messages.length === 1);
    assert.is(other.messages[0]?.kind, 'snapshot', String(wrong));
  }
  const current = createClient();
  dashboard.join(current, again.version());
  await until('an answer', () => current.messages.length === 1);
  assert.equal(current.messages[0], { kind: 'patch', version: again.version(), changed: [], removed: [] });
  board.commit(...Array.from({ length: 150 }, (_, index) => [index + 10, { name: 'all' }] as const));
  await until('all are told', () => sameAs(board, again));
  assert.is(again.messages.at(-1)?.kind, 'snapshot', 'many changed rows are a snapshot');
});

for (const whenItEnds of ['before', 'after'] as const) {
  test(`a reading that was begun for those who have left, and ends ${whenItEnds} the next comes, does not tell what is no longer so`, async () => {
    const board = createBoard();
    board.commit([1, { status: 'Running' }]);
    const late: (() => void)[] = [];
    const dashboard = live({
      ...board,
      dashboard: async () => {
        const snapshot = await board.dashboard();
        // The first is answered when the test says so: its thread had something long to do.
        if (board.reads.whole === 1) await new Promise<void>((resolve) => late.push(resolve));
        return snapshot;
      },
    });
    const leave = dashboard.join(createClient(), undefined);
    await until('it is being read', () => late.length === 1);
    leave();
    if (whenItEnds === 'before') {
      late[0]?.();
      await turn();
    }
    board.commit([1, { status: 'Completed' }]);
    const client = createClient();
    dashboard.join(client, undefined);
    late[0]?.();
    await until('the one that came later is told', () => client.messages.length > 0);
    const [first] = client.messages;
    assert.is(first?.version, board.version());
    assert.is(first?.kind === 'snapshot' && first.rows.find(({ id }) => id === 'session-1')?.status, 'Completed');
    assert.ok(sameAs(board, client));
  });
}

test('a reading that fails for those who have left cuts nobody off who comes later', async () => {
  const board = createBoard();
  const late: (() => void)[] = [];
  const failures: unknown[] = [];
  const dashboard = createLiveDashboard({
    runtime: {
      ...board,
      dashboard: async () => {
        const snapshot = await board.dashboard();
        if (board.reads.whole > 1) return snapshot;
        await new Promise<void>((resolve) => late.push(resolve));
        throw new Error('its thread died');
      },
    },
    throttleMs: 0,
    bufferedBytes: 1_000,
    onFailed: (error) => failures.push(error),
  });
  const leave = dashboard.join(createClient(), undefined);
  await until('it is being read', () => late.length === 1);
  leave();
  const client = createClient();
  dashboard.join(client, undefined);
  late[0]?.();
  await until('the one that came later is told', () => client.messages.length > 0);
  assert.equal(failures, []);
});

test('whatever happens in whichever order, every client ends with what there is', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('commit' as const),
      key: fc.integer({ min: 1, max: 6 }),
      name: fc.string({ maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('remove' as const), key: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constantFrom('block', 'flow', 'leave', 'join', 'turn', 'unnamed'), client: fc.nat(2) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const board = createBoard();
      const dashboard = live(board);
      const clients = [createClient(), createClient(), createClient()];
      const leaves = clients.map((client) => dashboard.join(client, undefined));
      for (const taken of steps) {
        if (taken.kind === 'commit') board.commit([taken.key, { name: taken.name }]);
        else if (taken.kind === 'remove') board.commit([taken.key, null]);
        else {
          const client = clients[taken.client];
          if (client === undefined) continue;
          if (taken.kind === 'block') client.block();
          if (taken.kind === 'flow') client.flow();
          if (taken.kind === 'unnamed') board.commit();
          if (taken.kind === 'leave') leaves[taken.client]?.();
          if (taken.kind === 'join') {
            leaves[taken.client]?.();
            leaves[taken.client] = dashboard.join(client, client.version() < 0 ? undefined : client.version());
          }
          if (taken.kind === 'turn') await turn();
        }
      }
      for (const [index, client] of clients.entries()) {
        client.flow();
        leaves[index]?.();
        leaves[index] = dashboard.join(client, client.version() < 0 ? undefined : client.version());
      }
      board.commit([1, { name: 'the end' }]);
      await until('all have what there is', () => clients.every((client) => sameAs(board, client)), {
        timeLimitMs: 3_000,
        everyMs: 1,
      });
      for (const leave of leaves) leave();
    }),
    { numRuns: 150 },
  );
});

test('over a WebSocket: guarded, told at once, and told again', async () => {
  const world = await openWorld();
  try {
    const messages: DashboardMessage[] = [];
    const address = `ws://127.0.0.1:${world.port}/api/dashboard/live`;
    const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
    socket.on('message', (data) => messages.push(dashboardMessage.parse(JSON.parse(String(data)))));
    await until('the snapshot', () => messages.length === 1);
    world.runtime.commit(1);
    await until('the patch', () => messages.length === 2);
    assert.equal(
      messages.map(({ kind }) => kind),
      ['snapshot', 'patch'],
    );
    const refused = new WebSocket(address);
    const status = await new Promise((resolve) => {
      refused.on('unexpected-response', (_, answer) => resolve(answer.statusCode));
    });
    assert.is(status, 401);
    socket.close();
    await until('nobody listens any more', () => world.runtime.listeners.size === 0);
  } finally {
    await world.close();
  }
});

test.run();
