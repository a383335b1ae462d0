/** The commands that change a session and are done at once. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Client } from '../../client/client.ts';
import type { SessionFilter } from '../choose/session-filter.ts';
import { type ResolvedSession, resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { askPerson, canAsk } from '../invocation/ask-person.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';
import { chooseSeveral, isOfSeveral, requireNamed, steerSeveral } from './several.ts';

/** `interrupt`: asks the run under way to stop. */
export const interrupt = async (
  invocation: Invocation,
  given: readonly string[],
  filter: SessionFilter,
): Promise<ExitCode> => {
  const ask = async (client: Client, { id, row }: ResolvedSession): Promise<Done> => {
    await client.call('interrupt', { parameters: { id }, body: {} });
    return { say: `${sanitiseLine(row.name)} was asked to stop.` };
  };
  requireNamed(given, filter);
  const [first = ''] = given;
  if (!isOfSeveral(given, filter)) return steer(invocation, first, ask);
  const isMeant = ({ activeRunId }: DashboardRow): boolean => activeRunId !== null;
  return steerSeveral(invocation, await chooseSeveral(invocation, { given, filter, isMeant }), ask);
};

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

/** `archive`, `unarchive`: puts sessions out of the list, or into it again. */
export const archive =
  (archived: boolean) =>
  async (invocation: Invocation, given: readonly string[], filter: SessionFilter): Promise<ExitCode> => {
    const ask = async (client: Client, { id, row }: ResolvedSession): Promise<Done> => {
      await client.call('archive', { parameters: { id }, body: { archived } });
      const name = sanitiseLine(row.name);
      return { say: archived ? `Archived ${name}.` : `${name} is in the list again.` };
    };
    requireNamed(given, filter);
    const [first = ''] = given;
    if (!isOfSeveral(given, filter)) return steer(invocation, first, ask);
    const isMeant = ({ work, activeRunId }: DashboardRow): boolean =>
      work.archived !== archived && (!archived || activeRunId === null);
    return steerSeveral(invocation, await chooseSeveral(invocation, { given, filter, isMeant }), ask);
  };

export type RemoveOptions = SessionFilter & {
  readonly force?: boolean;
  readonly conversation?: boolean;
  readonly yes?: boolean;
};

/** `remove`: deletes a session, its history and its worktree; of several after a person has said so. */
export const remove = async (
  invocation: Invocation,
  given: readonly string[],
  options: RemoveOptions,
): Promise<ExitCode> => {
  requireNamed(given, options);
  const [first = ''] = given;
  if (!isOfSeveral(given, options)) return steer(invocation, first, removing(options));
  const chosen = await chooseSeveral(invocation, { given, filter: options, isMeant: () => true });
  const { length } = chosen.sessions;
  if (length > 0 && !options.yes && !(await agreesToRemove(invocation, chosen.sessions))) {
    await invocation.terminal.writeLine('Nothing was removed.');
    return exitCodes.done;
  }
  return steerSeveral(invocation, chosen, removing(options));
};

const agreesToRemove = async (
  { terminal, json }: Invocation,
  sessions: readonly ResolvedSession[],
): Promise<boolean> => {
  const words = counted(sessions.length, 'session');
  if (json || !canAsk(terminal)) {
    throw new ThroughlineError('input.invalid', `${words} would be removed, and nobody can be asked here`, {
      hint: 'see which by `throughline list`; --yes removes them',
    });
  }
  for (const { row, shortId } of sessions) {
    await terminal.writeLine(`  ${sanitiseLine(row.name)}  ${terminal.colours.dim(shortId)}`);
  }
  const [typed = ''] = await askPerson(terminal, [`Remove ${words} with all history and worktrees? (y/n) `]);
  return /^y(?:es)?$/i.test(typed.trim());
};

const removing =
  (options: RemoveOptions) =>
  async (client: Client, { id, row }: ResolvedSession): Promise<Done> => {
    const query = {
      force: options.force ? 'true' : 'false',
      conversation: options.conversation ? 'true' : 'false',
    } as const;
    const { parkedRef, conversation } = await client.call('remove', { parameters: { id }, query });
    const kept = parkedRef === null ? '' : ` Its uncommitted work is kept under ${sanitiseLine(parkedRef)}.`;
    const say = `Removed ${sanitiseLine(row.name)}.${kept}${conversationSaid(conversation)}`;
    return { say, facts: { parkedRef, ...(conversation === undefined ? {} : { conversation }) } };
  };

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
  if (json) await terminal.writeJson({ ok: true, id: session.id, done: [session.id], refused: [], ...facts });
  else {
    for (const line of wrap(say, terminal.columns)) await terminal.writeLine(line);
    if (next !== undefined) await terminal.writeLine(terminal.colours.dim(next.join('  ')));
  }
  return exitCodes.done;
};
