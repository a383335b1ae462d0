import type { DashboardRow } from '../../../../actors/protocol/dashboard.ts';

export const rowWith = (facts: Partial<DashboardRow>): DashboardRow => ({
  id: '0190a1b2-c3d4-7000-8000-000000000001',
  name: 'tests',
  agent: 'rehearsal',
  repository: '/repo',
  status: 'Running',
  activity: 'working',
  createdAt: 0,
  lastActivityAt: 0,
  failureReason: null,
  worktree: { path: '/data/worktrees/tests', branch: 'throughline/tests', base: 'main' },
  runCount: 1,
  resumeCount: 0,
  activeRunId: null,
  pendingApprovals: 0,
  usage: { used: null, size: null, cost: null },
  restored: false,
  restoredAt: null,
  recoveryHint: null,
  ...facts,
});
