import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { byDefaultOrder } from '../../../../actors/model/dashboard/default-order.ts';
import { dashboardStatuses } from '../../../../actors/protocol/facts/status.ts';
import type { DashboardRow } from '../../../../actors/protocol/gateway/dashboard.ts';
import { dashboardRow as row } from '../../../support/dashboard-row.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('default order');

const ordered = (...rows: readonly DashboardRow[]): readonly string[] =>
  [...rows].sort(byDefaultOrder).map(({ id }) => id);

test('active sessions come first, the newest created before the older, however recent the rest is', () => {
  const order = ordered(
    row('ended just now', { lastActivityAt: 900 }),
    row('old, active', { status: 'Running', createdAt: 10, lastActivityAt: 800 }),
    row('new, active', { status: 'Starting', createdAt: 20, lastActivityAt: 20 }),
    row('ended long ago', { lastActivityAt: 100 }),
  );
  assert.equal(order, ['new, active', 'old, active', 'ended just now', 'ended long ago']);
});

test('interrupted, failed and completed rank alike: recency alone decides between them', () => {
  const ended = ['Completed', 'Interrupted', 'Failed'] as const;
  for (const [index, latest] of ended.entries()) {
    const rows = ended.map((status, at) => row(status, { status, lastActivityAt: at === index ? 9 : at }));
    assert.is(ordered(...rows)[0], latest);
  }
});

test('ties go by creation and then by id, both descending', () => {
  assert.equal(ordered(row('a', { createdAt: 1 }), row('c'), row('b'), row('d', { createdAt: 2 })), [
    'd',
    'c',
    'b',
    'a',
  ]);
});

test('it is a total order: any arrangement of the same rows sorts to the same list', () => {
  const anyRow = fc
    .record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      status: fc.constantFrom(...dashboardStatuses),
      createdAt: fc.nat(3),
      lastActivityAt: fc.nat(3),
    })
    .map(({ id, ...over }) => row(id, over));
  const rows = fc.uniqueArray(anyRow, { selector: ({ id }) => id, maxLength: 12 });
  fc.assert(
    fc.property(
      rows.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => assert.equal(ordered(...shuffled), ordered(...list)),
    ),
  );
});

test.run();
