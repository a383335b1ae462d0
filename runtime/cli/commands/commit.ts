/** `commit`: all that a session's worktree holds, on its own branch, as the person. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { shortCommit } from '../../../actors/protocol/facts/short-commit.ts';
import type { CommitHooks } from '../../../actors/protocol/gateway/landing-routes.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { askPerson, canAsk } from '../invocation/ask-person.ts';
import { editText } from '../invocation/edit-text.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';
import { wrapped } from '../text/wrapped.ts';

export type CommitOptions = {
  readonly message?: string;
  readonly edit?: boolean;
  /** Absent: those that were agreed to run. A text: the hash of what is agreed to. */
  readonly hooks?: boolean | string;
  readonly nameAgent?: boolean;
  readonly dryRun?: boolean;
};

const timeLimitMs = 300_000;

export const commit = async (invocation: Invocation, given: string, options: CommitOptions): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const { colours, columns } = terminal;
  const { id, shortId } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const needsLook = options.edit === true || options.dryRun === true || options.hooks === true;
  const look = needsLook ? await client.call('landing', { parameters: { id } }, { timeLimitMs }) : null;
  if (options.dryRun === true && look !== null) {
    const { message, trailers, agentTrailer, author, signing, hooks, uncommitted } = look;
    const lines = [...trailers, ...(options.nameAgent ? [agentTrailer] : [])];
    const whole = `${(options.message ?? message).trimEnd()}\n\n${lines.join('\n')}`;
    if (json) await terminal.writeJson({ message: whole, author, signing, hooks, files: uncommitted });
    else await terminal.writeLine(sanitise(whole));
    return exitCodes.done;
  }
  const message =
    options.edit === true ? await edited(invocation, options.message ?? look?.message ?? '') : options.message;
  const hooks =
    options.hooks === false
      ? null
      : typeof options.hooks === 'string'
        ? options.hooks
        : options.hooks === true
          ? await agreedHash(invocation, look?.hooks ?? null)
          : ('agreed' as const);
  const body = { ...(message === undefined ? {} : { message }), hooks, nameAgent: options.nameAgent === true };
  const made = await client.call('commit', { parameters: { id }, body }, { timeLimitMs });
  if (json) {
    await terminal.writeJson(made);
    return exitCodes.done;
  }
  if (made.output.trim() !== '') await terminal.writeLine(colours.dim(sanitise(made.output.trimEnd())));
  const where = made.branch === null ? 'no branch' : sanitiseLine(made.branch);
  const say = async (text: string, indent = ''): Promise<void> => {
    for (const line of wrapped(text, columns, indent === '' ? '  ' : indent, indent)) await terminal.writeLine(line);
  };
  await say(`${colours.green('✓')} ${shortCommit(made.commit)} ${sanitiseLine(made.subject)}`);
  await say(
    `${counted(made.files, 'file')} +${made.additions} −${made.deletions} on ${where}${made.signed ? ', signed' : ''}`,
    '  ',
  );
  if (made.hooks === 'not_agreed') {
    const how = options.hooks === false ? '' : ` You have not agreed to them: ${suggest('commit', shortId, '--hooks')}`;
    await say(`${colours.yellow('▲')} The repository's commit hooks did not run.${how}`);
  }
  await terminal.writeLine(colours.dim(`Land it:  ${suggest('land', shortId)}`));
  return exitCodes.done;
};

/** Shows the hooks and asks. Raises `commit.refused` where nobody can be asked, with the hash to agree to. */
const agreedHash = async ({ terminal }: Invocation, hooks: CommitHooks | null): Promise<string | 'agreed'> => {
  if (hooks === null || hooks.agreed) return 'agreed';
  if (!canAsk(terminal)) {
    throw new ThroughlineError('commit.refused', `the commit hooks in ${hooks.folder} are not agreed to`, {
      hint: `read them, then --hooks=${hooks.hash}`,
    });
  }
  for (const name of hooks.names) {
    const text = await readFile(join(hooks.folder, name), 'utf8').catch(() => 'it cannot be read');
    await terminal.writeLine(terminal.colours.bold(sanitiseLine(join(hooks.folder, name))));
    await terminal.writeLine(sanitise(text.trimEnd()));
  }
  const question = `They run as you, now and as long as they stay as they are. Agree? [y/N] `;
  const [answer = ''] = await askPerson(terminal, [question]);
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new ThroughlineError('commit.refused', 'nothing was committed');
  return hooks.hash;
};

/** The message as the person leaves it in their editor. Raises `input.invalid` for none, or without a terminal. */
const edited = async (invocation: Invocation, draft: string): Promise<string> => {
  const asked = { name: 'COMMIT_EDITMSG', text: draft, otherwise: 'give the message: -m' };
  const message = (await editText(invocation, asked)).trim();
  if (message !== '') return message;
  throw new ThroughlineError('input.invalid', 'the message is empty', { hint: 'nothing was committed' });
};
