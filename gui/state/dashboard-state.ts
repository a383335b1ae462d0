import { mergePatch } from '../../actors/model/dashboard/dashboard-patch.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { DashboardMessage } from '../../actors/protocol/gateway/window.ts';

/** What the window knows of the dashboard; null until the first snapshot has arrived. */
export type DashboardState = {
  /** The position the rows reflect. */
  readonly version: number;
  /** In the default order. */
  readonly rows: readonly DashboardRow[];
} | null;

export const applyDashboardMessage = (state: DashboardState, message: DashboardMessage): DashboardState => {
  if (message.kind === 'snapshot') return { version: message.version, rows: message.rows };
  // A patch says what has changed since something: without that something it says nothing.
  if (state === null) return null;
  return { version: Math.max(state.version, message.version), rows: mergePatch(state.rows, message) };
};

export const isActive = (row: DashboardRow): boolean => row.status === 'Starting' || row.status === 'Running';

/** Whether nobody works on it though its status may say so: it is as it was before a restart, or waits to go on. */
export const isStill = ({ restored, waitingFor }: Pick<DashboardRow, 'restored' | 'waitingFor'>): boolean =>
  restored || waitingFor === 'limit';
