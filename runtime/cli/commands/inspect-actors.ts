import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type ActorSystemSample, actorsLive, actorsMessage } from '../../../actors/protocol/gateway/actor-system.ts';
import type { Client } from '../../client/client.ts';
import { findRuntime } from '../../client/find-runtime.ts';
import { socketFrames } from '../../client/socket-frames.ts';
import { readDashboard } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { actorTable } from '../render/actor-table.ts';

const clearScreen = '\u001b[H\u001b[2J\u001b[3J';

/**
 * `inspect --actors`: the actor system of the runtime that runs, once or again and again until Ctrl-C.
 * Raises `runtime.unreachable` when none runs, and when it ends while it is followed.
 */
export const inspectActors = async (
  invocation: Invocation,
  { follow }: { readonly follow: boolean },
): Promise<ExitCode> => {
  const client = await findRuntime(invocation.directory);
  if (client === null) {
    throw new ThroughlineError('runtime.unreachable', 'no runtime runs, so there are no actors', {
      hint: `start one with ${invocation.suggest('serve', '--background')}`,
    });
  }
  if (follow) await followActors(invocation, client);
  else await show(invocation, await client.call('actors', {}), '');
  return exitCodes.done;
};

const followActors = async (invocation: Invocation, client: Client): Promise<void> => {
  const before = invocation.terminal.isTerminal ? clearScreen : '';
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once('SIGINT', end);
  try {
    for await (const frame of socketFrames(client.endpoint, actorsLive.path, {}, ending.signal)) {
      const message = actorsMessage.parse(JSON.parse(frame));
      if (message.kind === 'sample') await show(invocation, message.sample, before);
    }
  } finally {
    process.removeListener('SIGINT', end);
  }
  if (ending.signal.aborted) return;
  throw new ThroughlineError('runtime.unreachable', 'the runtime ended', {
    hint: `${invocation.suggest('list')} shows what the sessions were doing`,
  });
};

const show = async (invocation: Invocation, sample: ActorSystemSample, before: string): Promise<void> => {
  const { terminal, json } = invocation;
  if (json) {
    await terminal.writeJson(sample);
    return;
  }
  const { rows } = await readDashboard(invocation);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  await terminal.write(before + actorTable(sample, names, terminal.colours));
};
