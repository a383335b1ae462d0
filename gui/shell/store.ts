/** What the window knows and shows, as signals. What follows from what is pure and lives in `state/`. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { LiveState } from '../connection/live.ts';
import type { Memory } from '../connection/memory.ts';
import type { View } from '../connection/moving.ts';
import { type AttentionItem, attentionItems, type LookedAt } from '../state/attention.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { filterRows } from '../state/filter.ts';
import { inHeldOrder } from '../state/held-order.ts';
import { emptyForm, isForm, type NewSessionForm } from '../state/new-session-form.ts';
import { inOrder, isOrder, type Order } from '../state/order.ts';
import type { Navigation } from './navigation.ts';

/** What lies over the window. */
export type Overlay =
  | { readonly kind: 'palette' }
  | { readonly kind: 'help' }
  | { readonly kind: 'attention' }
  | { readonly kind: 'rename'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string }
  | WorkQuestion;

/** What is asked before files are put back, or a session is forked; a run or snapshot that is null is the last one. */
export type WorkQuestion =
  | { readonly kind: 'undo'; readonly id: string; readonly run: number | null }
  | { readonly kind: 'put-back'; readonly id: string; readonly snapshot: number }
  | {
      readonly kind: 'fork';
      readonly id: string;
      readonly snapshot: number | null;
      /** The event before which it begins, in place of a snapshot. */
      readonly before?: { readonly run: number; readonly seq: number };
    }
  | { readonly kind: 'discarded'; readonly id: string | null }
  | { readonly kind: 'setup'; readonly id: string };

export type Store = {
  readonly dashboard: Signal<DashboardState>;
  readonly connection: Signal<LiveState>;
  /** Why every command is refused although the list is shown: the database is damaged. Null while all is well. */
  readonly readOnly: Signal<{ readonly message: string; readonly hint: string | null } | null>;
  /** Whether what is shown may be old. */
  readonly isStale: ReadonlySignal<boolean>;
  readonly rowsById: ReadonlySignal<ReadonlyMap<string, DashboardRow>>;
  /** Every start begins with the default order, whatever was chosen before: what was is only offered. */
  readonly order: ReadonlySignal<Order>;
  readonly rememberedOrder: ReadonlySignal<Order>;
  readonly chooseOrder: (chosen: Order) => void;
  readonly filterText: Signal<string>;
  /** The rows as they are listed: filtered, and in the chosen order. */
  readonly listedRows: ReadonlySignal<readonly DashboardRow[]>;
  /** Holds every row where it is, from now until the order is released: a pointer is over the list. */
  readonly holdOrder: () => void;
  readonly releaseOrder: () => void;
  /** Whether rows stand elsewhere than their order has them, because it is held. */
  readonly isOrderHeld: ReadonlySignal<boolean>;
  readonly selectedId: Signal<string | null>;
  /** The session that is open beside or over the list. */
  readonly openedId: ReadonlySignal<string | null>;
  readonly looked: Signal<LookedAt>;
  readonly attention: ReadonlySignal<readonly AttentionItem[]>;
  readonly overlay: Signal<Overlay | null>;
  /**
   * What is filled in for a new session outlives the dialog, and the window: whoever closes it to look something up finds
   * it again.
   */
  readonly form: Signal<NewSessionForm>;
  /** How the list looks, to be taken along to another page. */
  readonly currentView: () => Omit<View, 'at'>;
  /** Takes what another page brought. */
  readonly takeView: (view: Omit<View, 'at'>) => void;
};

export type StoreDependencies = {
  readonly memory: Memory;
  readonly currentRoute: Navigation['currentRoute'];
};

export const createStore = ({ memory: { recall, remember }, currentRoute }: StoreDependencies): Store => {
  const dashboard = signal<DashboardState>(null);
  const connection = signal<LiveState>({ kind: 'connecting' });
  const order = signal<Order>('default');
  const rememberedOrder = signal<Order>(recall('order', isOrder) ?? 'default');
  const filterText = signal('');
  const selectedId = signal<string | null>(null);
  const looked = signal<LookedAt>(recall('looked', isLookedAt) ?? { since: Date.now(), sessions: {} });
  const form = signal<NewSessionForm>(recall('form', isForm) ?? emptyForm);

  effect(() => remember('looked', looked.value));
  effect(() => remember('form', form.value));

  const held = signal<readonly string[] | null>(null);
  const sortedRows = computed(() => {
    const rows = dashboard.value?.rows ?? [];
    const filtered = filterRows(rows, filterText.value);
    return order.value === 'default' ? filtered : inOrder(filtered, order.value);
  });
  const listedRows = computed(() =>
    held.value === null ? sortedRows.value : inHeldOrder(sortedRows.value, held.value),
  );

  return Object.freeze({
    dashboard,
    connection,
    readOnly: signal(null),
    isStale: computed(() => connection.value.kind === 'reconnecting' || connection.value.kind === 'refused'),
    rowsById: computed(() => new Map(dashboard.value?.rows.map((row) => [row.id, row]))),
    order,
    rememberedOrder,
    chooseOrder: (chosen) => {
      held.value = null;
      order.value = chosen;
      rememberedOrder.value = chosen;
      remember('order', chosen);
    },
    filterText,
    listedRows,
    holdOrder: () => {
      held.value ??= sortedRows.peek().map(({ id }) => id);
    },
    releaseOrder: () => {
      held.value = null;
    },
    isOrderHeld: computed(
      () => held.value !== null && listedRows.value.some((row, index) => row !== sortedRows.value[index]),
    ),
    selectedId,
    openedId: computed(() => {
      const route = currentRoute();
      return 'id' in route ? route.id : null;
    }),
    looked,
    attention: computed(() => attentionItems(dashboard.value?.rows ?? [], looked.value)),
    overlay: signal(null),
    form,
    currentView: () => ({ filter: filterText.value, order: order.value, selected: selectedId.value }),
    takeView: (view) => {
      order.value = view.order;
      filterText.value = view.filter;
      selectedId.value = view.selected;
    },
  } satisfies Store);
};

const isLookedAt = (value: unknown): value is LookedAt =>
  typeof value === 'object' && value !== null && 'since' in value && 'sessions' in value;
