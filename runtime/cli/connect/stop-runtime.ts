/** Stops the runtime of a data directory, and waits until it has gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { findRuntime } from '../../client/find-runtime.ts';
import type { DataDirectory } from '../../data/data-directory.ts';
import { livingOwner } from '../../data/living-owner.ts';
import { isLocked } from '../../data/lock.ts';

const stopTimeLimitMs = 30_000;
const pollMs = 25;

/**
 * Gives whether one was running. Raises `runtime.unreachable` for one that does not answer, and `runtime.stopping` when it
 * takes too long.
 */
export const stopRuntime = async (directory: DataDirectory): Promise<boolean> => {
  const client = await findRuntime(directory);
  if (client === null && isLocked(directory)) throw deaf(directory);
  if (client === null) return false;
  await client.call('stop', { body: {} });
  await untilGone(directory);
  return true;
};

/** The runtime has gone when the kernel has dropped its lock: then the next one can start at once. */
const untilGone = async (directory: DataDirectory): Promise<void> => {
  const deadline = Date.now() + stopTimeLimitMs;
  while (isLocked(directory)) {
    if (Date.now() > deadline) {
      throw new ThroughlineError(
        'runtime.stopping',
        `the runtime is still stopping after ${stopTimeLimitMs / 1000} s`,
        {
          hint: `its log is ${directory.log}`,
        },
      );
    }
    await delay(pollMs);
  }
};

const deaf = (directory: DataDirectory): ThroughlineError => {
  const owner = livingOwner(directory);
  const who = owner === null ? 'a runtime that is just starting or stopping' : `process ${owner.pid}`;
  return new ThroughlineError('runtime.unreachable', `${who} has ${directory.root}, but it does not answer`, {
    hint: 'try again in a moment; its log is runtime.log in that folder',
  });
};
