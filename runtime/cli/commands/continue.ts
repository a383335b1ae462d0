/** `prompt` and `resume`: the next run of a session that is there. */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { Client } from '../../client/client.ts';
import { type PartOptions, promptPartsOf } from '../choose/prompt-parts.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { waitForRun } from '../connect/wait-for-run.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { promptText } from '../invocation/prompt-text.ts';
import { sanitiseLine } from '../text/sanitise.ts';

type Options = PartOptions & { readonly wait?: boolean };
type Started = RouteAnswer<'prompt'>;

/** `prompt`: gives a session its next prompt. */
export const prompt = async (
  invocation: Invocation,
  given: string,
  text: string | undefined,
  options: Options,
): Promise<ExitCode> => {
  const parts = await promptPartsOf(options, invocation.workingDirectory);
  const body = { prompt: await promptText(text, invocation.terminal.stdin), ...parts };
  return nextRun(invocation, given, options, (client, id) => client.call('prompt', { parameters: { id }, body }));
};

/** `resume`: takes a session up again; without a text only one that was in flight when the runtime ended. */
export const resume = async (
  invocation: Invocation,
  given: string,
  text: string | undefined,
  options: Options,
): Promise<ExitCode> => {
  // Without a terminal, no text still means no text: a script that resumes has no prompt to pipe.
  const parts = await promptPartsOf(options, invocation.workingDirectory);
  const said = text === undefined ? {} : { prompt: await promptText(text, invocation.terminal.stdin) };
  const body = { ...said, ...parts };
  return nextRun(invocation, given, options, async (client, id) => {
    try {
      return await client.call('resume', { parameters: { id }, body });
    } catch (thrown) {
      if (!(thrown instanceof ThroughlineError) || thrown.code !== 'session.prompt_required') throw thrown;
      const hint = `say what to do next: ${invocation.suggest('resume', given, 'WHAT TO DO NEXT')}`;
      throw new ThroughlineError(thrown.code, thrown.message, { hint, cause: thrown });
    }
  });
};

const nextRun = async (
  invocation: Invocation,
  given: string,
  options: Options,
  start: (client: Client, id: string) => Promise<Started>,
): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const { id, shortId, row } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { approvalPolicy } = await client.call('session', { parameters: { id } });
  const { position } = await client.call('health', {});
  const started = await start(client, id);
  if (options.wait) {
    return waitForRun(invocation, client, {
      id,
      shortId,
      run: started.run,
      folder: row.worktree.path ?? row.repository,
      approvals: approvalPolicy,
      after: position,
    });
  }
  if (json) {
    await terminal.writeJson(started);
    return exitCodes.done;
  }
  await terminal.writeLine(`${terminal.colours.bold(sanitiseLine(row.name))} began run ${started.run}.`);
  await terminal.writeLine(terminal.colours.dim(`Watch it: ${suggest('history', shortId, '--follow')}`));
  return exitCodes.done;
};
