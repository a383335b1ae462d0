import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { findRuntime } from '../../client/find-runtime.ts';
import { livingOwner } from '../../data/living-owner.ts';
import { isLocked } from '../../data/lock.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';

const stopTimeLimitMs = 30_000;
const pollMs = 25;

/** `stop`: stops the runtime and waits until it has gone. */
export const stop = async (invocation: Invocation): Promise<ExitCode> => {
  const { terminal, directory, json } = invocation;
  const client = await findRuntime(directory);
  if (client === null && isLocked(directory)) throw deaf(invocation);
  if (client !== null) {
    await client.call('stop', { body: {} });
    await untilGone(invocation);
  }
  if (json) await terminal.writeJson({ ok: true, wasRunning: client !== null });
  else await terminal.writeLine(client === null ? 'No runtime is running.' : 'The runtime has stopped.');
  return exitCodes.done;
};

/** The runtime has gone when the kernel has dropped its lock: then the next one can start at once. */
const untilGone = async ({ directory }: Invocation): Promise<void> => {
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

const deaf = ({ directory }: Invocation): ThroughlineError => {
  const owner = livingOwner(directory);
  const who = owner === null ? 'a runtime that is just starting or stopping' : `process ${owner.pid}`;
  return new ThroughlineError('runtime.unreachable', `${who} has ${directory.root}, but it does not answer`, {
    hint: 'try again in a moment; its log is runtime.log in that folder',
  });
};
