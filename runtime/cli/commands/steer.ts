/** The commands that change a session and are done at once. */

import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { PendingApproval, SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Client } from '../../client/client.ts';
import { findApproval, findOption, notPending } from '../choose/find-approval.ts';
import { type ResolvedSession, resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { askedLines } from '../render/asked-lines.ts';
import { sanitiseLine } from '../text/sanitise.ts';

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

/**
 * `approve` and `deny`: answer a request for approval, which is shown whole before. What is answered is the one that was
 * shown, by its id: when another took its place meanwhile, that is refused with the ids of those that wait now.
 */
export const decide = (
  invocation: Invocation,
  decision: 'allow' | 'deny',
  given: string,
  approvalGiven: string | undefined,
  options: { readonly option?: string },
): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id }) => {
    const detail = await client.call('session', { parameters: { id } });
    const approval = findApproval(detail, approvalGiven);
    const { approvalId } = approval;
    const body = options.option === undefined ? {} : { optionId: findOption(approval, options.option) };
    await showAsked(invocation, detail, approval);
    try {
      await client.call('decide', { parameters: { id, approvalId }, body: { decision, ...body } });
    } catch (thrown) {
      if (!(thrown instanceof ThroughlineError) || thrown.code !== 'approval.not_pending') throw thrown;
      throw notPending(await client.call('session', { parameters: { id } }), approval, thrown);
    }
    const verb = decision === 'allow' ? 'Allowed' : 'Denied';
    return { say: `${verb}: ${sanitiseLine(approval.title)}`, facts: { approvalId } };
  });

/** Beside an answer in JSON, which is for a program, what is asked for is for whoever reads the program's output. */
const showAsked = async (
  { terminal, json }: Invocation,
  { worktree, repository }: SessionDetail,
  approval: PendingApproval,
): Promise<void> => {
  const [question = '', ...asked] = askedLines(approval, terminal.colours, worktree.path ?? repository);
  const id = terminal.colours.dim(`id ${approval.approvalId}`);
  const text = [question, ...[...asked, id].map((line) => `    ${line}`)].map((line) => `${line}\n`).join('');
  if (json) terminal.stderr.write(text);
  else await terminal.write(text);
};

type Done = { readonly say: string; readonly facts?: Readonly<Record<string, unknown>> };

const steer = async (
  invocation: Invocation,
  given: string,
  act: (client: Client, session: ResolvedSession) => Promise<Done>,
): Promise<ExitCode> => {
  const { terminal, json, directory } = invocation;
  const session = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { say, facts } = await act(client, session);
  if (json) await terminal.writeJson({ ok: true, id: session.id, ...facts });
  else await terminal.writeLine(say);
  return exitCodes.done;
};
