import { counted } from '../../../actors/protocol/facts/counted.ts';
import { withQueries } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { sanitiseLine } from '../text/sanitise.ts';

/** `verify`: folds the whole log again and compares it with what is stored. */
export const verify = async (invocation: Invocation): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  const report = await withQueries(invocation, (queries) => queries.verify());
  const size = `${counted(report.events, 'event')} of ${counted(report.sessions, 'session')}`;
  if (json) await terminal.writeJson(report);
  else if (report.ok) {
    const lost = report.lost === 0 ? '' : `; ${counted(report.lost, 'event')} were lost to damage before a repair`;
    await terminal.writeLine(`${terminal.colours.green('✓')} ${size}: what is stored is what the log says${lost}`);
  } else {
    await terminal.writeLine(`${terminal.colours.red('✗')} ${size}: ${sanitiseLine(report.difference)}`);
  }
  return report.ok ? exitCodes.done : exitCodes.failed;
};
