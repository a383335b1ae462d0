/** Keeps the store's dashboard true: a snapshot, then patches, and after a reconnect what was missed. */
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { WindowMessage } from '../../actors/protocol/gateway/window.ts';
import { call } from '../connection/api.ts';
import { connectLive, type LiveConnection } from '../connection/live.ts';
import { saveRemembered } from '../connection/memory.ts';
import { learnReconnectKey } from '../connection/reconnect.ts';
import { applyDashboardMessage } from '../state/dashboard-state.ts';
import { keptSelection } from '../state/selection.ts';
import { loadSessionParts } from './session-parts.ts';
import { connection, dashboard, listedRows, readOnly, rowsById, selectedId } from './store.ts';

let live: LiveConnection | null = null;

export const followDashboard = (): void => {
  live = connectLive({
    address: () => {
      const query = new URLSearchParams();
      if (dashboard.value !== null) query.set('version', String(dashboard.value.version));
      if (isOwnWindow()) query.set('window', 'own');
      return `/api/dashboard/live?${query}`;
    },
    onMessage: (received) => {
      // The gateway validates what it sends against the same schema.
      const message = received as WindowMessage;
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
      connection.value = state;
      if (state.kind !== 'live') return;
      void learnReconnectKey();
      void saveRemembered();
      // After the rows have been drawn, which nothing is to delay.
      setTimeout(loadSessionParts, 500);
      void learnReadOnly();
    },
  });
};

/** Whether this page is in the window of our own, which was opened at `/?window`, and not in a browser. */
const isOwnWindow = (): boolean => new URLSearchParams(location.search).has('window');

// Told again with each connection: after a repair the runtime that comes back is another.
const learnReadOnly = async (): Promise<void> => {
  readOnly.value = await call('health', {}).then(
    (health) => health.readOnly,
    () => readOnly.value,
  );
};

const idOf = (row: DashboardRow): string => row.id;

export const retryConnection = (): void => live?.retry();
