import { pauseWords } from '../../../actors/model/limits/pause-words.ts';
import type { DashboardStatus } from '../../../actors/protocol/facts/status.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Colours } from '../invocation/terminal.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { nearTime } from './clock-time.ts';

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

/**
 * A status as a shape and its word, so that neither colour nor shape alone carries the meaning. `word` is what its run's
 * ending adds; a success that has one is none to be passed over. What nobody works on keeps its word, with a hollow mark.
 */
export const statusMark = (
  status: DashboardStatus,
  colours: Colours,
  word: string | null = null,
  live = true,
): string => {
  if (!live) return colours.dim(`○ ${status}`);
  const colour = status === 'Completed' && word !== null ? 'yellow' : colourOf[status];
  return colours[colour](`${shapes[status]} ${status}${word === null ? '' : ` · ${word}`}`);
};

/** What a session is doing, in a few words; empty when nothing needs saying. */
export const activityWords = (row: DashboardRow): string => {
  const paused = pauseWords(row, (ms) => nearTime(ms, Date.now()));
  // It goes on at its time also when the runtime was started again meanwhile.
  if (paused !== null && row.pendingApprovals === 0) return sanitiseLine(paused);
  if (!row.live) return wasDoing(row);
  if (row.pendingApprovals > 0) {
    return row.pendingApprovals === 1 ? 'waits for approval' : `waits for ${row.pendingApprovals} approvals`;
  }
  return row.activity === 'working' ? 'working' : '';
};

const wasDoing = ({ status, activity }: DashboardRow): string => {
  if (status === 'Starting') return 'was starting';
  if (activity === 'awaiting_approval') return 'was waiting for approval';
  return activity === 'working' ? 'was working' : 'was being interrupted';
};
