import { mergePatch } from '../../actors/model/dashboard/dashboard-patch.ts';
import type { DashboardSnapshot } from '../../actors/protocol/gateway/dashboard.ts';
import { dashboardLive, dashboardMessage } from '../../actors/protocol/gateway/window.ts';
import { type FollowOptions, follow, type Place } from './follow.ts';

/** The dashboard as it is and as it becomes. See `Client.dashboards`. */
export async function* followDashboard(
  place: Place,
  options: FollowOptions,
): AsyncGenerator<DashboardSnapshot, void, undefined> {
  let rows: DashboardSnapshot['rows'] = [];
  // Each connection begins with a snapshot: a version that another runtime gave may be of another data directory.
  for await (const frame of follow(place, dashboardLive.path, () => ({}), options)) {
    const message = dashboardMessage.parse(JSON.parse(frame));
    rows = message.kind === 'snapshot' ? message.rows : [...mergePatch(rows, message)];
    yield { version: message.version, rows };
  }
}
