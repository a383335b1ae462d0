import * as assert from 'uvu/assert';
import type { ApiError } from '../../../gui/connection/api.ts';
import { createMemory, type Memory } from '../../../gui/connection/memory.ts';
import { createNavigation } from '../../../gui/shell/navigation.ts';
import { createStore, type Store } from '../../../gui/shell/store.ts';
import { dashboardRow } from '../../support/dashboard-row.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the store of a window');

const away = (): Promise<never> => Promise.reject({ code: 'runtime.unreachable' } satisfies Partial<ApiError>);

const storeWith = (memory: Memory): Store => createStore({ memory, currentRoute: createNavigation().currentRoute });

test('two windows in one page know nothing of each other', () => {
  const [one, other] = [storeWith(createMemory(away, null)), storeWith(createMemory(away, null))];
  one.dashboard.value = { version: 1, rows: [dashboardRow('a')] };
  one.filterText.value = 'b';
  one.connection.value = { kind: 'refused' };
  assert.equal([one.rowsById.value.size, one.listedRows.value.length, one.isStale.value], [1, 0, true]);
  assert.equal([other.rowsById.value.size, other.listedRows.value.length, other.isStale.value], [0, 0, false]);
});

test('a start begins with the default order and offers the one that was chosen; what another page brought is taken', () => {
  const memory = createMemory(away, {});
  const before = storeWith(memory);
  before.chooseOrder('name');
  assert.is(before.order.value, 'name');
  const store = storeWith(memory);
  assert.equal([store.order.value, store.rememberedOrder.value], ['default', 'name']);
  before.filterText.value = 'kept';
  before.selectedId.value = 'a';
  store.takeView(before.currentView());
  assert.equal(store.currentView(), { filter: 'kept', order: 'name', selected: 'a' });
});

test('while a pointer is over the list no row moves; what comes stands at the end, and with the pointer goes the wait', () => {
  const store = storeWith(createMemory(away, null));
  const ids = (): readonly string[] => store.listedRows.value.map(({ id }) => id);
  const rows = [dashboardRow('a', { lastActivityAt: 3 }), dashboardRow('b', { lastActivityAt: 2 })];
  store.dashboard.value = { version: 1, rows };
  store.holdOrder();
  const [a, b] = rows;
  const moved = [dashboardRow('c', { lastActivityAt: 9 }), b, a].flatMap((row) => (row === undefined ? [] : [row]));
  store.dashboard.value = { version: 2, rows: moved };
  assert.equal(ids(), ['a', 'b', 'c']);
  assert.is(store.isOrderHeld.value, true);
  store.dashboard.value = { version: 3, rows: moved.filter(({ id }) => id !== 'a') };
  assert.equal(ids(), ['b', 'c']);
  store.releaseOrder();
  assert.equal(ids(), ['c', 'b']);
  assert.is(store.isOrderHeld.value, false);
});

test.run();
