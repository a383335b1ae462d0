import { lstat } from 'node:fs/promises';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { openOnDesktop } from './platform-opener.ts';
import { hasDisplay } from './window-binary.ts';

const hint = 'copy the path and open it where you are';

/**
 * Shows a session's folder in the file manager. Only a real folder: a link in its place may have been put there by an
 * agent. Raises `worktree.missing`, and `desktop.unavailable` where nothing can be shown.
 */
export const openFolder = async (path: string, environment: NodeJS.ProcessEnv): Promise<void> => {
  const isFolder = await lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new ThroughlineError('worktree.missing', `there is no folder ${path} any more`, {
      hint: 'it was removed or replaced outside of Throughline',
    });
  }
  if (!hasDisplay(environment)) {
    throw new ThroughlineError('desktop.unavailable', 'the runtime was started without a display to show a folder on', {
      hint,
    });
  }
  const opened = await openOnDesktop('folder', path, environment);
  if (opened.kind === 'failed') {
    throw new ThroughlineError('desktop.unavailable', `the folder could not be shown: ${opened.message}`, { hint });
  }
};
