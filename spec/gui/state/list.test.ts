import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { byDefaultOrder } from '../../../actors/model/dashboard/default-order.ts';
import { dashboardStatuses } from '../../../actors/protocol/facts/status.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { applyDashboardMessage } from '../../../gui/state/dashboard-state.ts';
import { filterRows } from '../../../gui/state/filter.ts';
import { inOrder, isOrder, type Order, orderNames } from '../../../gui/state/order.ts';
import { keptSelection, movedSelection } from '../../../gui/state/selection.ts';
import { dashboardRow as row } from '../../support/dashboard-row.ts';
import { suite } from '../../support/suite.ts';

const test = suite('list');

const idsOf = (rows: readonly DashboardRow[]): readonly string[] => rows.map(({ id }) => id);

test('before the first snapshot nothing is known, and a patch does not change that', () => {
  assert.is(applyDashboardMessage(null, { kind: 'patch', version: 3, changed: [row('a')], removed: [] }), null);
});

test('a snapshot replaces whatever was known', () => {
  const before = applyDashboardMessage(null, { kind: 'snapshot', version: 9, rows: [row('old')] });
  const after = applyDashboardMessage(before, { kind: 'snapshot', version: 2, rows: [row('new')] });
  assert.equal(after, { version: 2, rows: [row('new')] });
});

test('a patch changes, adds and removes rows, and a late one does not turn the version back', () => {
  const before = applyDashboardMessage(null, { kind: 'snapshot', version: 5, rows: [row('b'), row('a')] });
  const after = applyDashboardMessage(before, {
    kind: 'patch',
    version: 4,
    changed: [row('a', { status: 'Running' }), row('c', { lastActivityAt: 7 })],
    removed: ['b'],
  });
  assert.is(after?.version, 5);
  assert.equal(idsOf(after?.rows ?? []), ['a', 'c']);
});

const anyRow: fc.Arbitrary<DashboardRow> = fc
  .record({
    id: fc.uuid(),
    name: fc.string({ maxLength: 8 }),
    agent: fc.constantFrom('claude', 'codex', 'rehearsal'),
    status: fc.constantFrom(...dashboardStatuses),
    createdAt: fc.nat(5),
    lastActivityAt: fc.nat(5),
  })
  .map(({ id, ...over }) => row(id, over));

const anyOrder = fc.constantFrom(...(Object.keys(orderNames) as readonly Order[]));

test('every order is total: it does not depend on how the rows came, and loses none', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyRow, { selector: ({ id }) => id }), anyOrder, (rows, order) => {
      const sorted = idsOf(inOrder(rows, order));
      assert.equal(idsOf(inOrder([...rows].reverse(), order)), sorted);
      assert.equal([...sorted].sort(), [...idsOf(rows)].sort());
    }),
  );
});

test('the default order is the one that was decided', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyRow, { selector: ({ id }) => id }), (rows) => {
      assert.equal(inOrder(rows, 'default'), [...rows].sort(byDefaultOrder));
    }),
  );
});

test('names are ordered as people count', () => {
  const rows = [row('1', { name: 'task 10' }), row('2', { name: 'Task 9' })];
  assert.equal(idsOf(inOrder(rows, 'name')), ['2', '1']);
});

test('an order another version remembered is none', () => {
  assert.ok(isOrder('name'));
  assert.not.ok(isOrder('toString'));
  assert.not.ok(isOrder(3));
});

test('a filter takes rows that have every word anywhere a person can see it', () => {
  const rows = [
    row('a', { name: 'Fix login', agent: 'claude', status: 'Failed', failureReason: 'out of quota' }),
    row('b', { name: 'Write docs', worktree: { path: null, branch: 'throughline/login-docs', base: null } }),
    row('c', { name: 'Migrate', pendingApprovals: 1, restored: true }),
  ];
  assert.equal(idsOf(filterRows(rows, 'LOGIN')), ['a', 'b']);
  assert.equal(idsOf(filterRows(rows, 'login failed')), ['a']);
  assert.equal(idsOf(filterRows(rows, 'quota')), ['a']);
  assert.equal(idsOf(filterRows(rows, 'approval')), ['c']);
  assert.equal(idsOf(filterRows(rows, 'restored')), ['c']);
  assert.is(filterRows(rows, '  '), rows);
});

test('what is archived is listed only where that is asked for', () => {
  const put = row('a', { name: 'Login' });
  const rows = [{ ...put, work: { ...put.work, archived: true } }, row('b', { name: 'Login' })];
  assert.equal(idsOf(filterRows(rows, '')), ['b']);
  assert.equal(idsOf(filterRows(rows, 'login')), ['b']);
  assert.equal(idsOf(filterRows(rows, 'archived login')), ['a']);
});

test('keys move the selection and stop at the ends', () => {
  const ids = ['a', 'b', 'c', 'd'];
  assert.is(movedSelection(ids, null, 'ArrowDown', 2), 'a');
  assert.is(movedSelection(ids, null, 'ArrowUp', 2), 'd');
  assert.is(movedSelection(ids, 'b', 'j', 2), 'c');
  assert.is(movedSelection(ids, 'b', 'k', 2), 'a');
  assert.is(movedSelection(ids, 'd', 'ArrowDown', 2), 'd');
  assert.is(movedSelection(ids, 'a', 'PageDown', 2), 'c');
  assert.is(movedSelection(ids, 'c', 'Home', 2), 'a');
  assert.is(movedSelection(ids, 'a', 'End', 2), 'd');
  assert.is(movedSelection(ids, 'a', 'x', 2), null);
  assert.is(movedSelection([], null, 'ArrowDown', 2), null);
});

test('when the selected row goes, what took its place is selected', () => {
  assert.is(keptSelection(['a', 'b', 'c'], ['c', 'a', 'b'], 'b'), 'b');
  assert.is(keptSelection(['a', 'b', 'c'], ['a', 'c'], 'b'), 'c');
  assert.is(keptSelection(['a', 'b'], ['a'], 'b'), 'a');
  assert.is(keptSelection(['a'], [], 'a'), null);
  assert.is(keptSelection(['a'], ['b'], null), null);
});

test.run();
