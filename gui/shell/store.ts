/** What the window knows and shows, as signals. What follows from what is pure and lives in `state/`. */
import { computed, signal } from '@preact/signals';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { LiveState } from '../connection/live.ts';
import { recall, remember } from '../connection/memory.ts';
import { attentionItems, type LookedAt } from '../state/attention.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { filterRows } from '../state/filter.ts';
import { inOrder, isOrder, type Order } from '../state/order.ts';
import { currentRoute } from './route.ts';

export const dashboard = signal<DashboardState>(null);
export const connection = signal<LiveState>({ kind: 'connecting' });

/** Why every command is refused although the list is shown: the database is damaged. Null while all is well. */
export const readOnly = signal<{ readonly message: string; readonly hint: string | null } | null>(null);

/** Whether what is shown may be old. */
export const isStale = computed(() => connection.value.kind === 'reconnecting' || connection.value.kind === 'refused');

export const rowsById = computed(
  (): ReadonlyMap<string, DashboardRow> => new Map(dashboard.value?.rows.map((row) => [row.id, row])),
);

/** Every start begins with the default order, whatever was chosen before: what was is only offered. */
export const order = signal<Order>('default');
export const rememberedOrder = signal<Order>(recall('order', isOrder) ?? 'default');

export const chooseOrder = (chosen: Order): void => {
  order.value = chosen;
  rememberedOrder.value = chosen;
  remember('order', chosen);
};

export const filterText = signal('');

/** The rows as they are listed: filtered, and in the chosen order. */
export const listedRows = computed((): readonly DashboardRow[] => {
  const rows = dashboard.value?.rows ?? [];
  const filtered = filterRows(rows, filterText.value);
  return order.value === 'default' ? filtered : inOrder(filtered, order.value);
});

export const selectedId = signal<string | null>(null);

/** The session that is open beside or over the list. */
export const openedId = computed((): string | null => {
  const route = currentRoute();
  return route.kind === 'session' || route.kind === 'inspect' ? route.id : null;
});

const isLookedAt = (value: unknown): value is LookedAt =>
  typeof value === 'object' && value !== null && 'since' in value && 'sessions' in value;

export const looked = signal<LookedAt>(recall('looked', isLookedAt) ?? { since: Date.now(), sessions: {} });

export const attention = computed(() => attentionItems(dashboard.value?.rows ?? [], looked.value));

/** What lies over the window. */
export type Overlay =
  | { readonly kind: 'palette' }
  | { readonly kind: 'help' }
  | { readonly kind: 'attention' }
  | { readonly kind: 'rename'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string };

export const overlay = signal<Overlay | null>(null);
