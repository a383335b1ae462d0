import * as assert from 'node:assert/strict';
import type { z } from 'zod';
import { toRunId, toSessionId } from '../../../actors/protocol/facts/ids.ts';
import { type ActorsMessage, actorsMessage } from '../../../actors/protocol/gateway/actor-system.ts';
import { type TailMessage, tailMessage } from '../../../actors/protocol/gateway/api.ts';
import type { LiveMachineEvent } from '../../../actors/protocol/gateway/live-machine.ts';
import { type WindowMessage, windowMessage } from '../../../actors/protocol/gateway/window.ts';
import { isActorsMessage } from '../../../gui/connection/actors-messages.ts';
import { isWindowMessage } from '../../../gui/connection/dashboard-messages.ts';
import { isTailMessage } from '../../../gui/connection/tail-messages.ts';
import { dashboardRow } from '../../support/dashboard-row.ts';
import { suite } from '../../support/suite.ts';

const test = suite('messages of live sockets');

const row = dashboardRow('01890a5d-ac96-774b-bcce-00000000000a', {
  usage: { used: 1, size: 2, cost: { amount: 1, currency: 'EUR' } },
  approvalIds: ['a'],
});
const windowMessages: readonly WindowMessage[] = [
  { kind: 'snapshot', version: 3, rows: [row, dashboardRow('01890a5d-ac96-774b-bcce-00000000000b')] },
  { kind: 'patch', version: 4, changed: [row], removed: ['gone'] },
  { kind: 'raise' },
];

const tailMessages: readonly TailMessage[] = [
  {
    kind: 'event',
    sessionId: toSessionId('01890a5d-ac96-774b-bcce-000000000002'),
    event: {
      position: 1,
      runId: toRunId('01890a5d-ac96-774b-bcce-000000000001'),
      run: 1,
      seq: 1,
      type: 'message',
      payload: { text: 'hello' },
      occurredAt: 1,
      recordedAt: 2,
    },
  },
  { kind: 'caught_up', position: 7 },
];

const spread = { p50: 1, p99: 2, largest: 3 };
const restarts = { total: 0, used: 0, budget: 3, withinMs: 1000 };
const thread = { threadId: 1, utilisation: 0.5 };
const place = { run: 1, at: 1 };
const machineEvents: readonly LiveMachineEvent[] = [
  { type: '@xstate.actor', ...place, states: ['a'], timers: [{ delay: 'd', delayMs: 1, state: 'a' }] },
  { type: '@xstate.event', ...place, event: 'e', seq: null, says: 'it' },
  { type: '@xstate.action', ...place, action: 'a' },
  { type: 'timer_set', ...place, delay: 'd', delayMs: 1, state: 'a' },
  { type: 'timer_cancelled', ...place, delay: 'd', state: 'a' },
  {
    type: '@xstate.microstep',
    ...place,
    from: ['a'],
    to: ['b'],
    transitions: [{ id: 't', guard: null, actions: ['x'] }],
  },
  { type: '@xstate.snapshot', ...place, states: ['b'], status: 'active' },
];
const actorsMessages: readonly ActorsMessage[] = [
  {
    kind: 'sample',
    sample: {
      number: 1,
      at: 1,
      sinceMs: 1,
      position: 1,
      main: { pid: 1, utilisation: 0, delayMs: spread, heapUsedBytes: 1, memoryBytes: 1 },
      writer: {
        thread: {
          ...thread,
          silentMs: 0,
          heapUsedBytes: 1,
          waiting: { requests: 0, events: 0 },
          paused: false,
          commits: { count: 1, events: 1, last: [[1, 0.5]], spread: { events: spread, durationMs: spread } },
        },
        eventsPerSecond: 1,
        restarts,
      },
      sessions: {
        threads: [
          {
            ...thread,
            silentMs: 0,
            eventsPerSecond: 0,
            heapUsedBytes: 1,
            sessions: [{ sessionId: 's', run: 1, status: 'running', openApprovals: 0, pending: 0 }],
            sessionCount: 1,
            outbox: { inFlight: 0, waiting: 0, acknowledged: 0 },
          },
        ],
        restarts,
      },
      readers: { threads: [thread], waiting: 0, answersPerSecond: 0 },
      search: { thread: { ...thread, silentMs: 0, indexedUpTo: 1 }, restarts },
      agents: [{ sessionId: 's', pid: 1, memoryBytes: null, outputBytesPerSecond: 0 }],
      agentCount: 1,
      clients: { dashboards: 1, tails: 0, actors: 1 },
    },
  },
  { kind: 'machine', sessionId: 's', events: [...machineEvents], dropped: 0 },
];

/** The value with each place in it once being something else, or missing. */
function* spoilt(value: unknown): Generator<unknown> {
  for (const odd of ['odd', 1, true, null, ['odd'], {}]) yield odd;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const other of [...spoilt(part), undefined]) {
      yield Array.isArray(value)
        ? value.map((item, at) => (String(at) === key ? other : item))
        : { ...value, [key]: other };
    }
  }
}

const cases = [
  ['dashboard', windowMessages, windowMessage, isWindowMessage],
  ['tail', tailMessages, tailMessage, isTailMessage],
  ['actors', actorsMessages, actorsMessage, isActorsMessage],
] as const satisfies readonly (readonly [string, readonly unknown[], z.ZodType, (value: unknown) => boolean])[];

for (const [name, messages, schema, isMessage] of cases) {
  test(`a message of the ${name} that is spoilt anywhere is taken and refused where the contract takes and refuses it`, () => {
    let refused = 0;
    for (const message of messages) {
      assert.ok(isMessage(message), JSON.stringify(message));
      for (const other of spoilt(message)) {
        const text = JSON.stringify(other);
        const sound: unknown = JSON.parse(text);
        const { success } = schema.safeParse(sound);
        assert.equal(isMessage(sound), success, text);
        if (!success) refused += 1;
      }
    }
    assert.ok(refused > 20);
  });
}

test.run();
