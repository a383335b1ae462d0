/** `prompt` and `resume`: the next run of a session that is there. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Client } from '../../client/client.ts';
import { type PartOptions, promptPartsOf } from '../choose/prompt-parts.ts';
import { isFilter, type SessionFilter } from '../choose/session-filter.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { waitForRun } from '../connect/wait-for-run.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { promptText } from '../invocation/prompt-text.ts';
import { dayTime } from '../render/clock-time.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';
import { chooseSeveral, requireNamed, steerSeveral } from './several.ts';

type Options = PartOptions & { readonly wait?: boolean };
export type ResumeOptions = Options & SessionFilter & { readonly all?: boolean };
type Started = RouteAnswer<'prompt'> | RouteAnswer<'queuePrompt'>;

/**
 * `prompt`: gives a session its next prompt. While a run is under way it waits for that to complete, unless it is not to
 * (`--no-queue`), or somebody waits for what becomes of it (`--wait`): then it is refused.
 */
export const prompt = async (
  invocation: Invocation,
  given: string,
  text: string | undefined,
  options: Options & { readonly queue?: boolean; readonly evenAfterFailure?: boolean; readonly at?: number },
): Promise<ExitCode> => {
  const parts = await promptPartsOf(options, invocation.workingDirectory);
  const body = { prompt: await promptText(text, invocation.terminal.stdin), ...parts };
  const mayWait = options.queue !== false && options.wait !== true;
  if (options.at !== undefined && !mayWait) {
    throw new ThroughlineError('input.invalid', 'a prompt that waits for its time is neither refused nor waited for', {
      hint: 'leave out --wait and --no-queue, or --at',
    });
  }
  const at = options.at === undefined ? {} : { at: toTimestamp(options.at) };
  return nextRun(invocation, given, options, (client, id) =>
    mayWait
      ? client.call('queuePrompt', {
          parameters: { id },
          body: { ...body, ...at, evenAfterFailure: options.evenAfterFailure === true },
        })
      : client.call('prompt', { parameters: { id }, body }),
  );
};

/** `resume`: takes a session up again; without a text only one that was in flight when the runtime ended. */
export const resume = async (
  invocation: Invocation,
  words: readonly string[],
  options: ResumeOptions,
): Promise<ExitCode> => {
  if (options.all || isFilter(options)) return resumeAll(invocation, words, options);
  requireNamed(words, options);
  const [given = '', text, ...more] = words;
  if (more.length > 0) {
    throw new ThroughlineError('input.invalid', 'a prompt is one word of the command line', {
      hint: 'put several words in quotes; to go on with several sessions: --all ID…',
    });
  }
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

/** All that were at work when the runtime ended, or those of them that are named; one after another, as the list has them. */
const resumeAll = async (
  invocation: Invocation,
  given: readonly string[],
  options: ResumeOptions,
): Promise<ExitCode> => {
  if (options.wait || options.image !== undefined || options.file !== undefined) {
    throw new ThroughlineError('input.invalid', 'several sessions are not waited for, and are given nothing', {
      hint: 'resume one by its name for that',
    });
  }
  const isMeant = ({ live }: DashboardRow): boolean => !live;
  const chosen = await chooseSeveral(invocation, { given, filter: options, isMeant });
  return steerSeveral(invocation, chosen, async (client, { id, row }) => {
    const { run } = await client.call('resume', { parameters: { id }, body: {} });
    return { say: `${sanitiseLine(row.name)} began run ${run}.` };
  });
};

const nextRun = async (
  invocation: Invocation,
  given: string,
  options: Options & { readonly at?: number },
  start: (client: Client, id: string) => Promise<Started>,
): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const { id, shortId, row } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { approvalPolicy } = await client.call('session', { parameters: { id } });
  const { position } = await client.call('health', {});
  const started = await start(client, id);
  if ('queued' in started && started.queued) {
    await sayQueued(invocation, { name: row.name, shortId, at: options.at }, started);
    return exitCodes.done;
  }
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

const sayQueued = async (
  { terminal, json, suggest }: Invocation,
  { name, shortId, at }: { readonly name: string; readonly shortId: string; readonly at: number | undefined },
  queued: Extract<RouteAnswer<'queuePrompt'>, { queued: true }>,
): Promise<void> => {
  if (json) return terminal.writeJson(queued);
  const ahead = queued.place - 1;
  const after = ahead === 0 ? '' : `, after the ${counted(ahead, 'prompt')} before it`;
  const say =
    at === undefined
      ? `${sanitiseLine(name)} is at work: this waits at place ${queued.place}, until the run has completed${after}.`
      : `${sanitiseLine(name)} is given this on ${dayTime(at)}; where it is at work then, once the run has completed.`;
  for (const line of wrap(say, terminal.columns)) await terminal.writeLine(line);
  await terminal.writeLine(terminal.colours.dim(`See what waits: ${suggest('queue', shortId)}`));
};
