/** Keeps the store's dashboard true: a snapshot, then patches, and after a reconnect what was missed. */
import type { DashboardMessage } from '../actors/protocol/window.ts';
import { connectLive, type LiveConnection } from './live.ts';
import { learnReconnectKey } from './reconnect.ts';
import { applyDashboardMessage } from './state/dashboard-state.ts';
import { keptSelection } from './state/selection.ts';
import { connection, dashboard, listedRows, selectedId } from './store.ts';

let live: LiveConnection | null = null;

export const followDashboard = (): void => {
  live = connectLive({
    address: () => {
      const known = dashboard.value;
      return known === null ? '/api/dashboard/live' : `/api/dashboard/live?version=${known.version}`;
    },
    onMessage: (message) => {
      const before = listedRows.value.map((row) => row.id);
      // The gateway validates what it sends against the same schema.
      dashboard.value = applyDashboardMessage(dashboard.value, message as DashboardMessage);
      const after = listedRows.value.map((row) => row.id);
      selectedId.value = keptSelection(before, after, selectedId.value);
    },
    onState: (state) => {
      connection.value = state;
      if (state.kind === 'live') void learnReconnectKey();
    },
  });
};

export const retryConnection = (): void => live?.retry();
