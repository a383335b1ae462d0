import { counted } from '../../../actors/protocol/facts/counted.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { isActive } from '../../state/dashboard-state.ts';
import { archivedWord } from '../../state/filter.ts';
import { type Order, orderNames } from '../../state/order.ts';
import { FirstStart } from './first-start.tsx';
import { SessionList } from './session-list.tsx';

export const Dashboard = () => (
  <section class="list-pane" aria-label="Sessions">
    <Content />
  </section>
);

const Content = () => {
  const { connection, dashboard, listedRows, openedId } = useWindow().store;
  const known = dashboard.value;
  // Before the first snapshot nothing is known, so nothing is said: neither a list nor that there is none.
  if (known === null) {
    const isConnecting = connection.value.kind === 'connecting';
    return <h1 class="visually-hidden">{isConnecting ? 'Connecting to the runtime' : 'Throughline'}</h1>;
  }
  if (known.rows.length === 0) return <FirstStart />;
  return (
    <>
      {openedId.value === null && <h1 class="visually-hidden">Sessions</h1>}
      <ListHead />
      {listedRows.value.length > 0 ? <SessionList /> : <NothingFits />}
    </>
  );
};

const ListHead = () => {
  const { menus, store } = useWindow();
  const { chooseOrder, dashboard, filterText, listedRows, order } = store;
  const rows = dashboard.value?.rows ?? [];
  const all = rows.filter(({ work }) => !work.archived);
  const archived = rows.length - all.length;
  const listed = listedRows.value;
  const showsArchived = filterText.value.trim() === archivedWord;
  const active = all.filter(isActive).length;
  const countWords = (): string => {
    if (showsArchived) return counted(archived, 'archived session');
    const whole = counted(all.length, 'session');
    return filterText.value.trim() === '' ? whole : `${listed.length.toLocaleString()} of ${whole}`;
  };
  return (
    <header class="list-head">
      <p class="list-count numbers" role="status">
        {countWords()}
        {active > 0 && <span class="quiet"> · {active.toLocaleString()} active</span>}
      </p>
      {archived > 0 && (
        <button
          type="button"
          class="link"
          aria-pressed={showsArchived}
          onClick={() => {
            filterText.value = showsArchived ? '' : archivedWord;
          }}
        >
          {archived.toLocaleString()} archived
        </button>
      )}
      <OrderNote />
      <Button
        look="bare"
        icon="sort"
        class="order-button"
        aria-haspopup="menu"
        title="Change the order"
        onClick={(event) =>
          menus.openMenu(
            event.currentTarget,
            'Order',
            (Object.keys(orderNames) as readonly Order[]).map((name) => ({
              label: orderNames[name],
              checked: order.value === name,
              run: () => chooseOrder(name),
            })),
          )
        }
      >
        {orderNames[order.value]}
      </Button>
    </header>
  );
};

/** Why rows do not stand where their order has them. Every start begins with the default order; whoever had chosen another one is told, and can have it back. */
const OrderNote = () => {
  const { chooseOrder, isOrderHeld, order, releaseOrder, rememberedOrder } = useWindow().store;
  if (isOrderHeld.value) {
    return (
      <p class="order-note one-line">
        The order waits for the pointer.{' '}
        <button type="button" class="link" onClick={releaseOrder}>
          Sort now
        </button>
      </p>
    );
  }
  return order.value === 'default' && rememberedOrder.value !== 'default' ? (
    <p class="order-note one-line">
      Default order at every start.{' '}
      <button type="button" class="link" onClick={() => chooseOrder(rememberedOrder.value)}>
        Sort by {orderNames[rememberedOrder.value].toLowerCase()} again
      </button>
    </p>
  ) : null;
};

const NothingFits = () => {
  const { filterText } = useWindow().store;
  if (filterText.value.trim() === '') {
    return (
      <EmptyState title="Every session is archived">
        <p>A session comes back with its next run, or by its menu.</p>
        <Button
          onClick={() => {
            filterText.value = archivedWord;
          }}
        >
          Show the archive
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No session fits this filter">
      <p>It looks at names, agents, branches, repositories and statuses. Search looks at what was said and done.</p>
      <Button
        onClick={() => {
          filterText.value = '';
        }}
      >
        Clear the filter
      </Button>
    </EmptyState>
  );
};
