/** Ending a process group, gently first: SIGTERM, some time to comply, SIGKILL for what is left. */

import { codeOf } from '../../actors/protocol/facts/error.ts';

/** Whether a group has a living process. */
export const groupLives = (pid: number): boolean => {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (thrown) {
    // Somebody else's processes live, but are not ours to end.
    return codeOf(thrown) === 'EPERM';
  }
};

/** Signals a group; one that is gone is fine. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already, or not ours.
  }
};

/** How long a process has between SIGTERM and SIGKILL. */
export const termGraceMs = 2_000;
