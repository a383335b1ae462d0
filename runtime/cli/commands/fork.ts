import type { NewSession } from '../../../actors/protocol/gateway/api.ts';
import { shortIds } from '../choose/short-id.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { waitForRun } from '../connect/wait-for-run.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { promptText } from '../invocation/prompt-text.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type ForkOptions = {
  readonly at?: NonNullable<NewSession['forkAt']>;
  readonly agent?: string;
  readonly name?: string;
  readonly wait?: boolean;
};

/** `fork`: begins another session from what was said in one, and from the files of one of its snapshots. */
export const fork = async (
  invocation: Invocation,
  given: string,
  text: string | undefined,
  { at, agent, name, wait }: ForkOptions,
): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const prompt = await promptText(text, terminal.stdin);
  const { id, row } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { approvalPolicy } = await client.call('session', { parameters: { id } });
  const { position } = await client.call('health', {});
  const worktree = row.worktree.branch !== null;
  const body = {
    prompt,
    agent: agent ?? row.agent,
    repository: row.repository,
    approvals: approvalPolicy,
    worktree,
    forkOf: id,
    ...(at === undefined ? {} : { forkAt: at }),
    name: name ?? `${row.name} (fork)`,
  };
  const started = await client.call('startSession', { body });
  const { rows } = await client.call('dashboard', {});
  const shortId = shortIds(rows)(started.id);
  if (wait) {
    return waitForRun(invocation, client, {
      id: started.id,
      shortId,
      run: started.run,
      folder: worktree ? null : row.repository,
      approvals: approvalPolicy,
      after: position,
    });
  }
  if (json) {
    await terminal.writeJson(started);
    return exitCodes.done;
  }
  await terminal.writeLine(`Forked ${terminal.colours.bold(sanitiseLine(row.name))}${placeWords(at)}.`);
  await terminal.writeLine(terminal.colours.dim(`Watch it: ${suggest('history', shortId, '--follow')}`));
  return exitCodes.done;
};

const placeWords = (at: ForkOptions['at']): string => {
  if (at === undefined) return '';
  if ('snapshot' in at) return ` at S${at.snapshot}`;
  return ` before event ${'position' in at ? at.position : `${at.run}:${at.seq}`}`;
};
