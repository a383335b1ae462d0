import { readDashboard } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { dashboardTable } from '../render/dashboard-table.ts';

/** `list`: every session in the default order. */
export const list = async (invocation: Invocation): Promise<ExitCode> => {
  const { terminal, json, suggest } = invocation;
  const snapshot = await readDashboard(invocation);
  if (json) {
    await terminal.writeJson(snapshot);
  } else if (snapshot.rows.length === 0) {
    await terminal.writeLine(`No sessions yet. Begin with: ${suggest('run', 'PROMPT', '--repo', 'DIR')}`);
    await terminal.writeLine(terminal.colours.dim(`Or see it at work without an agent or a key: ${suggest('demo')}`));
  } else {
    await terminal.write(dashboardTable(snapshot, terminal, Date.now()));
  }
  return exitCodes.done;
};
