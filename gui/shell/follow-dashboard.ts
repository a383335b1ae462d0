/** Keeps the store's dashboard true: a snapshot, then patches, and after a reconnect what was missed. */
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { Connection } from '../connection/connection.ts';
import { isWindowMessage } from '../connection/dashboard-messages.ts';
import type { LiveConnection } from '../connection/live.ts';
import { applyDashboardMessage } from '../state/dashboard-state.ts';
import { keptSelection } from '../state/selection.ts';
import type { Store } from './store.ts';

export type FollowDependencies = {
  readonly connection: Connection;
  readonly store: Store;
  /** Called each time the rows are there, a little later: nothing is to delay them. */
  readonly afterwards: () => void;
};

const afterwardsMs = 500;

export const followDashboard = ({ connection, store, afterwards }: FollowDependencies): LiveConnection => {
  const { dashboard, listedRows, readOnly, rowsById, selectedId } = store;

  // Told again with each connection: after a repair the runtime that comes back is another.
  const learnReadOnly = async (): Promise<void> => {
    readOnly.value = await connection.call('health', {}).then(
      (health) => health.readOnly,
      () => readOnly.value,
    );
  };

  return connection.follow({
    address: () => {
      const query = new URLSearchParams();
      if (dashboard.value !== null) query.set('version', String(dashboard.value.version));
      if (isOwnWindow()) query.set('window', 'own');
      return `/api/dashboard/live?${query}`;
    },
    isMessage: isWindowMessage,
    onMessage: (message) => {
      if (message.kind === 'raise') {
        window.focus();
        return;
      }
      const before = listedRows.value;
      dashboard.value = applyDashboardMessage(dashboard.value, message);
      const selected = selectedId.value;
      if (selected === null || rowsById.value.has(selected)) return;
      selectedId.value = keptSelection(before.map(idOf), listedRows.value.map(idOf), selected);
    },
    onState: (state) => {
      store.connection.value = state;
      if (state.kind !== 'live') return;
      void connection.learnKey();
      void connection.memory.save();
      setTimeout(afterwards, afterwardsMs);
      void learnReadOnly();
    },
  });
};

/** Whether this page is in the window of our own, which was opened at `/?window`, and not in a browser. */
const isOwnWindow = (): boolean => new URLSearchParams(location.search).has('window');

const idOf = (row: DashboardRow): string => row.id;
