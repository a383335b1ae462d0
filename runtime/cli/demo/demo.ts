import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { dataDirectoryAt } from '../../data/data-directory.ts';
import { isLocked } from '../../data/lock.ts';
import { stop } from '../commands/stop.ts';
import { readDashboard } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { makeSampleRepository } from './sample-repository.ts';
import { silent } from './silent.ts';
import { tellStory } from './story.ts';

/**
 * `demo`: three sessions at work, a crash in their middle, everything back, and their work merged. It checks what it
 * says, and leaves nothing behind; with --data, that data directory is used and kept, to look around in afterwards.
 */
export const demo = async (given: Invocation, options: { readonly data?: string }): Promise<ExitCode> => {
  const isKept = options.data !== undefined;
  if (isKept) await refuseUsed(given);
  const folder = mkdtempSync(join(tmpdir(), 'throughline-demo-'));
  const directory = isKept ? given.directory : dataDirectoryAt(join(folder, 'data'));
  const invocation: Invocation = { ...(given.json ? silent(given) : given), directory, json: false };
  const leave = async (): Promise<void> => {
    await stop(silent(invocation)).catch(() => undefined);
    if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const leaveEarly = (): void => {
    leave().finally(() => process.exit(exitCodes.detached));
  };
  process.once('SIGINT', leaveEarly);
  try {
    const repository = join(folder, 'greetings');
    makeSampleRepository(repository);
    await tellStory(invocation, repository);
  } finally {
    process.removeListener('SIGINT', leaveEarly);
    await leave();
  }
  if (given.json) await given.terminal.writeJson({ ok: true });
  else if (isKept) await given.terminal.writeLine(`Look around: ${given.suggest('list')}`);
  else await given.terminal.writeLine(`Now with your own work: ${given.suggest('agents')}`);
  return exitCodes.done;
};

/** The demo kills its runtime and counts its sessions: both must be its own. */
const refuseUsed = async (invocation: Invocation): Promise<void> => {
  const { root } = invocation.directory;
  const hint = 'leave out --data, or name a new folder';
  if (isLocked(invocation.directory)) {
    throw new ThroughlineError('data.locked', `a runtime already serves ${root}, and the demo kills its own`, { hint });
  }
  if ((await readDashboard(invocation)).rows.length > 0) {
    throw new ThroughlineError('input.invalid', `${root} holds sessions, and the demo wants a new folder`, { hint });
  }
};
