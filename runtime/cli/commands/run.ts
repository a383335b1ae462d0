import { resolve } from 'node:path';
import type { ApprovalPolicy, NewSession } from '../../../actors/protocol/gateway/api.ts';
import { cannotAsk, chooseAgent } from '../choose/choose-agent.ts';
import { mcpServersOf } from '../choose/mcp-servers.ts';
import { type PartOptions, promptPartsOf } from '../choose/prompt-parts.ts';
import { shortIds } from '../choose/short-id.ts';
import { setupAt, setupNotice } from '../connect/repository-setup.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { settingsNotice } from '../connect/settings-notice.ts';
import { waitForRun } from '../connect/wait-for-run.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { promptText } from '../invocation/prompt-text.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type RunOptions = PartOptions & {
  readonly repo: string;
  readonly agent?: string;
  readonly name?: string;
  readonly approve?: ApprovalPolicy;
  /** A path of one that is there; false for none. */
  readonly worktree?: string | boolean;
  readonly branch?: string;
  readonly base?: string;
  readonly mode?: string;
  readonly mcp?: readonly string[];
  readonly addDir?: readonly string[];
  readonly model?: string;
  readonly option?: Readonly<Record<string, string>>;
  readonly conversation?: string;
  readonly wait?: boolean;
};

/** `run`: starts a session with its first prompt. */
export const run = async (
  invocation: Invocation,
  given: string | undefined,
  options: RunOptions,
): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const prompt = await promptText(given, terminal.stdin);
  const repository = resolve(invocation.workingDirectory, options.repo);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const taken = typeof options.worktree === 'string' ? resolve(invocation.workingDirectory, options.worktree) : null;
  const setup = await setupAt(client, taken ?? repository, options.base);
  const agent = options.agent ?? setup?.inUse?.agent ?? (await chooseAgent(invocation));
  const approvals = options.approve ?? (setup?.approvalsAgreed ? setup.inUse?.approvals : null) ?? 'ask';
  const request: NewSession = {
    prompt,
    repository,
    agent,
    approvals,
    worktree: options.worktree !== false,
    ...(taken === null ? {} : { takesWorktree: taken }),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.branch === undefined ? {} : { branch: options.branch }),
    ...(options.base === undefined ? {} : { base: options.base }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(await mcpServersOf(options.mcp ?? [], invocation.workingDirectory)),
    ...(options.addDir === undefined
      ? {}
      : { additionalDirectories: options.addDir.map((path) => resolve(invocation.workingDirectory, path)) }),
    ...(options.conversation === undefined ? {} : { agentSessionId: options.conversation }),
    ...(await promptPartsOf(options, invocation.workingDirectory)),
    ...chosenOptions(options),
  };
  const { position } = await client.call('health', {});
  const notice = await settingsNotice(client, request.repository);
  if (notice !== null) terminal.stderr.write(`${notice}\n`);
  const toAgree = setup === null ? null : setupNotice(setup, suggest);
  if (toAgree !== null) terminal.stderr.write(`${toAgree}\n`);
  if (approvals !== 'allow' && (await cannotAsk(invocation, agent))) {
    terminal.stderr.write(`${sanitiseLine(agent)} does not ask before it acts: --approve changes nothing\n`);
  }
  const started = await client.call('startSession', { body: request });
  const { rows } = await client.call('dashboard', {});
  const shortId = shortIds(rows)(started.id);
  if (options.wait) {
    return waitForRun(invocation, client, {
      id: started.id,
      shortId,
      run: started.run,
      folder: options.worktree === false ? request.repository : taken,
      approvals,
      after: position,
    });
  }
  if (json) {
    await terminal.writeJson(started);
    return exitCodes.done;
  }
  const name = rows.find((row) => row.id === started.id)?.name ?? started.id;
  await terminal.writeLine(`Started ${terminal.colours.bold(sanitiseLine(name))} with ${sanitiseLine(agent)}.`);
  await terminal.writeLine(terminal.colours.dim(`Watch it: ${suggest('history', shortId, '--follow')}`));
  return exitCodes.done;
};

const chosenOptions = ({ model, option }: RunOptions): Pick<NewSession, 'choices'> => {
  const choices = { ...option, ...(model === undefined ? {} : { model }) };
  return Object.keys(choices).length === 0 ? {} : { choices };
};
