import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { DashboardSnapshot } from '../../../actors/protocol/gateway/dashboard.ts';
import { readDashboard } from '../connect/queries.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { dashboardTable } from '../render/dashboard-table.ts';
import { displayWidth } from '../text/display-width.ts';

const redrawMs = 150;
const timeLimitMs = 20_000;

/**
 * Shows the dashboard as it moves until it satisfies `isReached`; where there is no terminal, only what it comes to.
 * Raises `verify.failed` when that takes too long.
 */
export const watchDashboard = async (
  invocation: Invocation,
  what: string,
  isReached: (snapshot: DashboardSnapshot) => boolean,
): Promise<DashboardSnapshot> => {
  const { terminal } = invocation;
  const deadline = Date.now() + timeLimitMs;
  let drawnLines = 0;
  for (;;) {
    const snapshot = await readDashboard(invocation);
    const reached = isReached(snapshot);
    if (reached || terminal.isTerminal) {
      const text = dashboardTable(snapshot, terminal, Date.now());
      const back = drawnLines === 0 ? '' : `\u001b[${drawnLines}A\u001b[J`;
      await terminal.write(back + text);
      drawnLines = linesOnScreen(text, terminal.columns);
    }
    if (reached) return snapshot;
    if (Date.now() > deadline) {
      throw new ThroughlineError('verify.failed', `the demo waited in vain until ${what}`, {
        hint: `the runtime's log is ${invocation.directory.log}`,
      });
    }
    await delay(redrawMs);
  }
};

/** A line that is wider than the terminal takes several. */
const linesOnScreen = (text: string, columns: number): number =>
  text
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
