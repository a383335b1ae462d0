import type { DashboardRow } from '../../../../actors/protocol/gateway/dashboard.ts';
import { dashboardRow } from '../../../support/dashboard-row.ts';

/** A session at work in a worktree of its own, apart from what is said. */
export const rowWith = ({
  id = '0190a1b2-c3d4-7000-8000-000000000001',
  ...facts
}: Partial<Omit<DashboardRow, 'id'>> & { readonly id?: string }): DashboardRow =>
  dashboardRow(id, {
    name: 'tests',
    repository: '/repo',
    status: 'Running',
    activity: 'working',
    createdAt: 0,
    lastActivityAt: 0,
    worktree: { path: '/data/worktrees/tests', branch: 'throughline/tests', base: 'main' },
    ...facts,
  });
