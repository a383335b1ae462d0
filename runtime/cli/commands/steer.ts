/** The commands that change a session and are done at once. */
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { Client } from '../../client/client.ts';
import { type ResolvedSession, resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';

/** `interrupt`: asks the run under way to stop. */
export const interrupt = (invocation: Invocation, given: string): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, row }) => {
    await client.call('interrupt', { parameters: { id }, body: {} });
    return { say: `${sanitiseLine(row.name)} was asked to stop.` };
  });

/** `end-left`: ends what an interrupted turn left running. */
export const endLeft = (invocation: Invocation, given: string): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, row }) => {
    const { processes } = await client.call('endLeftRunning', { parameters: { id }, body: {} });
    const name = sanitiseLine(row.name);
    const ended = processes === 1 ? 'One process' : `${processes} processes`;
    const say = processes === 0 ? `${name} has nothing left running.` : `${ended} of ${name} ended.`;
    return { say, facts: { processes } };
  });

/** `rename`: gives a session another name. */
export const rename = (invocation: Invocation, given: string, name: string): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, row }) => {
    await client.call('rename', { parameters: { id }, body: { name } });
    return { say: `${sanitiseLine(row.name)} is now ${sanitiseLine(name)}.` };
  });

/** `remove`: deletes a session, its history and its worktree. */
export const remove = (
  invocation: Invocation,
  given: string,
  options: { readonly force?: boolean; readonly conversation?: boolean },
): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, row }) => {
    const query = {
      force: options.force ? 'true' : 'false',
      conversation: options.conversation ? 'true' : 'false',
    } as const;
    const { parkedRef, conversation } = await client.call('remove', { parameters: { id }, query });
    const kept = parkedRef === null ? '' : ` Its uncommitted work is kept under ${sanitiseLine(parkedRef)}.`;
    const say = `Removed ${sanitiseLine(row.name)}.${kept}${conversationSaid(conversation)}`;
    return { say, facts: { parkedRef, ...(conversation === undefined ? {} : { conversation }) } };
  });

const conversationSaid = (conversation: RouteAnswer<'remove'>['conversation']): string => {
  if (conversation === undefined) return '';
  const { deleted, why } = conversation;
  return deleted
    ? ' Its agent has deleted the conversation.'
    : ` The conversation is still with its agent: ${sanitiseLine(why ?? 'it did not say why')}.`;
};

/** What was done, in words and for a program. */
export type Done = {
  readonly say: string;
  /** What can be done next, by what it is for and the command. */
  readonly next?: readonly [what: string, command: string];
  readonly facts?: Readonly<Record<string, unknown>>;
};

/** Finds the session that is meant, does something with it through the runtime, and says what was done. */
export const steer = async (
  invocation: Invocation,
  given: string,
  act: (client: Client, session: ResolvedSession) => Promise<Done>,
): Promise<ExitCode> => {
  const { terminal, json, directory } = invocation;
  const session = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { say, next, facts } = await act(client, session);
  if (json) await terminal.writeJson({ ok: true, id: session.id, ...facts });
  else {
    for (const line of wrap(say, terminal.columns)) await terminal.writeLine(line);
    if (next !== undefined) await terminal.writeLine(terminal.colours.dim(next.join('  ')));
  }
  return exitCodes.done;
};
