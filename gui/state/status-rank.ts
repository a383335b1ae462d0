import type { DashboardStatus } from '../../actors/protocol/facts/status.ts';

const ranks = { Running: 0, Starting: 1, Failed: 2, Interrupted: 3, Completed: 4 } as const;

/** Where a status stands when a person sorts by it: what may need somebody comes first. */
export const dashboardStatusRank = (status: DashboardStatus): number => ranks[status];
