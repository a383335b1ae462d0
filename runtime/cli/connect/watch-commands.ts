import type { CommandId } from '../../../actors/protocol/facts/ids.ts';
import type { RanCommand } from '../../../actors/protocol/gateway/work.ts';
import type { Client } from '../../client/client.ts';
import { knownFact } from '../render/known-fact.ts';

/**
 * Waits until commands of a session have ended, in the order in which they run, and hands over what they say. Gives them
 * all: one that was cancelled before its turn is not among them. Raises `runtime.unreachable`.
 */
export const watchCommands = async (options: {
  readonly client: Client;
  readonly session: string;
  /** The position before they began: nothing of them is missed. */
  readonly from: number;
  readonly commands: readonly CommandId[];
  readonly onStarted: (command: { readonly name: string; readonly command: string }) => Promise<void>;
  readonly onOutput: (text: string) => Promise<void>;
  readonly onEnded: (ended: RanCommand) => Promise<void>;
}): Promise<readonly RanCommand[]> => {
  const { client, session, from, onStarted, onOutput, onEnded } = options;
  const open = new Set<string>(options.commands);
  const ended: RanCommand[] = [];
  const watching = new AbortController();
  /** What is neither waiting nor running, and has not ended, was cancelled before its turn. */
  const dropCancelled = async (): Promise<void> => {
    const { running } = await client.call('checks', { parameters: { id: session } });
    const { commands } = await client.call('work', { parameters: { id: session } });
    for (const id of open) {
      if (!running.some((each) => each === id) && !commands.some(({ commandId }) => commandId === id)) open.delete(id);
    }
  };
  for await (const message of client.tail({ from, session, signal: watching.signal })) {
    if (message.kind === 'caught_up') await dropCancelled();
    else {
      const fact = knownFact(message.event);
      if (fact?.type === 'command_started' && open.has(fact.payload.commandId)) await onStarted(fact.payload);
      if (fact?.type === 'command_output' && open.has(fact.payload.commandId)) await onOutput(fact.payload.text);
      if (fact?.type === 'command_ended' && open.delete(fact.payload.commandId)) {
        const { commands } = await client.call('work', { parameters: { id: session } });
        const found = commands.find(({ commandId }) => commandId === fact.payload.commandId);
        if (found !== undefined) {
          ended.push(found);
          await onEnded(found);
        }
        await dropCancelled();
      }
    }
    if (open.size === 0) break;
  }
  watching.abort();
  return ended;
};
