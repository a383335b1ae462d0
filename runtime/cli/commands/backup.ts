import { counted } from '../../../actors/protocol/facts/counted.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';

/** `backup FILE`: a whole copy of the database, also while the runtime runs. */
export const backup = async ({ terminal, directory, json, suggest }: Invocation, file: string): Promise<ExitCode> => {
  const { backUp } = await import('../../keeping/keeping.ts');
  const kept = backUp(directory, file);
  if (json) {
    await terminal.writeJson(kept);
    return exitCodes.done;
  }
  const size = `${counted(kept.events, 'event')} of ${counted(kept.sessions, 'session')}`;
  await terminal.writeLine(`${terminal.colours.green('✓')} ${size} backed up to ${kept.path}, and verified`);
  await terminal.writeLine(terminal.colours.dim(`Go back to it: ${suggest('restore', kept.path)}`));
  return exitCodes.done;
};
