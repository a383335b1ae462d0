import type { DashboardStatus } from '../../../actors/protocol/facts/status.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Colours } from '../invocation/terminal.ts';

const shapes: Readonly<Record<DashboardStatus, string>> = {
  Starting: '◐',
  Running: '●',
  Completed: '✓',
  Interrupted: '■',
  Failed: '✗',
};

const colourOf: Readonly<Record<DashboardStatus, keyof Pick<Colours, 'cyan' | 'blue' | 'green' | 'yellow' | 'red'>>> = {
  Starting: 'cyan',
  Running: 'blue',
  Completed: 'green',
  Interrupted: 'yellow',
  Failed: 'red',
};

/** A status as a shape and its word, so that neither colour nor shape alone carries the meaning. */
export const statusMark = (status: DashboardStatus, colours: Colours): string =>
  colours[colourOf[status]](`${shapes[status]} ${status}`);

/** What a session is doing, in a few words; empty when nothing needs saying. */
export const activityWords = (row: DashboardRow): string => {
  if (row.restored) return '↻ restored';
  if (row.pendingApprovals > 0) {
    return row.pendingApprovals === 1 ? 'waits for approval' : `waits for ${row.pendingApprovals} approvals`;
  }
  return row.activity === 'working' ? 'working' : '';
};
