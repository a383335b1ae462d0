/** Keeps the store's dashboard true: a snapshot, then patches, and after a reconnect what was missed. */
import type { DashboardRow } from '../actors/protocol/dashboard.ts';
import type { DashboardMessage } from '../actors/protocol/window.ts';
import { connectLive, type LiveConnection } from './live.ts';
import { learnReconnectKey } from './reconnect.ts';
import { applyDashboardMessage } from './state/dashboard-state.ts';
import { keptSelection } from './state/selection.ts';
import { connection, dashboard, listedRows, rowsById, selectedId } from './store.ts';

let live: LiveConnection | null = null;

export const followDashboard = (): void => {
  live = connectLive({
    address: () => {
      const known = dashboard.value;
      return known === null ? '/api/dashboard/live' : `/api/dashboard/live?version=${known.version}`;
    },
    onMessage: (message) => {
      const before = listedRows.value;
      // The gateway validates what it sends against the same schema.
      dashboard.value = applyDashboardMessage(dashboard.value, message as DashboardMessage);
      const selected = selectedId.value;
      if (selected === null || rowsById.value.has(selected)) return;
      selectedId.value = keptSelection(before.map(idOf), listedRows.value.map(idOf), selected);
    },
    onState: (state) => {
      connection.value = state;
      if (state.kind === 'live') void learnReconnectKey();
    },
  });
};

const idOf = (row: DashboardRow): string => row.id;

export const retryConnection = (): void => live?.retry();
