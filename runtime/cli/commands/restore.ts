import { counted } from '../../../actors/protocol/facts/counted.ts';
import { openDataDirectory } from '../../data/data-directory.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';

/** `restore FILE`: a backup in the database's place; what was there is set aside. */
export const restore = async ({ terminal, directory, json }: Invocation, file: string): Promise<ExitCode> => {
  const { restore: restoreFile } = await import('../../keeping/keeping.ts');
  openDataDirectory(directory.root);
  const restored = restoreFile(directory, file, new Date());
  if (json) {
    await terminal.writeJson(restored);
    return exitCodes.done;
  }
  const size = `${counted(restored.events, 'event')} of ${counted(restored.sessions, 'session')}`;
  await terminal.writeLine(`${terminal.colours.green('✓')} ${size} restored from ${file}`);
  if (restored.setAside !== null) {
    await terminal.writeLine(terminal.colours.dim(`What was there is now ${restored.setAside}`));
  }
  return exitCodes.done;
};
