/** The commands that start and steer work: they start a runtime in the background where none runs. */
import { InvalidArgumentError, Option } from 'commander';
import type { PartOptions } from '../choose/prompt-parts.ts';
import type { SessionFilter } from '../choose/session-filter.ts';
import { timeAhead } from '../choose/time-ahead.ts';
import type { AnswerOptions } from '../commands/answer.ts';
import type { ResumeOptions } from '../commands/continue.ts';
import type { ForkOptions } from '../commands/fork.ts';
import type { ContinueOptions, PauseOptions } from '../commands/pause.ts';
import type { RunOptions } from '../commands/run.ts';
import type { RemoveOptions } from '../commands/steer.ts';
import { action, type Definition, defineCommand, optionValues, snapshotNumber } from './define-command.ts';
import { withSessionFilter } from './session-filter.ts';

const session = 'its id, short as `list` has it, or its name';
const requests =
  'the session, and behind it the beginning of the id of its request (default: the only one that waits); or several';
type Continue = PartOptions & { readonly wait?: boolean };
type Prompt = Continue & { readonly queue?: boolean; readonly evenAfterFailure?: boolean; readonly at?: number };

/** Reads where a fork begins: `S3`, the position of an event, or `RUN:SEQ`. */
const forkPlace = (text: string): NonNullable<ForkOptions['at']> => {
  const [, run, seq] = /^([1-9]\d{0,8}):([1-9]\d{0,14})$/.exec(text) ?? [];
  if (run !== undefined) return { run: Number(run), seq: Number(seq) };
  return /^[1-9]\d{0,14}$/.test(text) ? { position: Number(text) } : { snapshot: snapshotNumber(text) };
};

const moment = (text: string): number => {
  const at = timeAhead(text, Date.now());
  if (at !== null) return at;
  throw new InvalidArgumentError('it is a time from now (10m, 2h, 3d), an hour (17:42), or 2026-11-30T17:42.');
};

/** An option that may be given more than once. */
const eachOf = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const defineWorkingCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'run',
    'Start a session: an agent, a prompt, and a worktree of its own',
    'run "Fix the login test" --repo ~/shop --agent claude --wait',
    'run "Tidy up" --agent codex --model gpt-6-sol --option reasoning_effort=high',
    'run - --name review --approve deny < prompt.md',
  )
    .argument('[prompt]', 'what to do; `-` or nothing reads it from standard input')
    .option('--repo <dir>', 'the git repository to work on', '.')
    .option('--agent <name>', 'see `throughline agents`, or acp:COMMAND ARG… (default: the first real one installed)')
    .option('--name <name>', 'how to call the session')
    .addOption(
      new Option('--approve <policy>', 'what to do when the agent asks for approval (default: ask)').choices([
        'ask',
        'allow',
        'deny',
      ] as const),
    )
    .option('--worktree <path>', 'work in this worktree, that is there already; it stays when the session is removed')
    .option('--no-worktree', 'work in the repository itself')
    .option('--branch <branch>', "the worktree's branch; one that is there is taken up (default: made from the name)")
    .option('--base <ref>', 'where the branch begins (default: what is checked out)')
    .option('--mode <mode>', "one of the agent's own modes")
    .option('--model <model>', "one of the agent's models")
    .option('--option <id=value>', "a value of one of the agent's options; may be given again", optionValues, {})
    .option('--mcp <server>', 'an MCP server: NAME=COMMAND ARG…, NAME=https://…, or a JSON file of them', eachOf)
    .option('--add-dir <dir>', 'another folder that the agent may work in (as often as you like)', eachOf)
    .option('--image <file>', 'show it an image: PNG, JPEG, GIF or WebP (as often as you like)', eachOf)
    .option('--file <path>', 'give it a file of the worktree, by its path in there (as often as you like)', eachOf)
    .option('--conversation <id>', "go on with one of the agent's own, see `throughline conversations`")
    .option('--wait', 'show what happens until the run ends, and exit by its outcome (1 failed, 6 cut short)')
    .action(
      action(definition, async (invocation, prompt: string | undefined, options: RunOptions) =>
        (await import('../commands/run.ts')).run(invocation, prompt, options),
      ),
    );

  defineCommand(
    definition,
    'prompt',
    'Give a session its next prompt; while it works, the prompt waits until the run has completed',
    'prompt fix-login "Now the docs"',
    'prompt fix-login "Now the docs" --wait',
  )
    .argument('<id>', session)
    .argument('[text]', 'what to do; `-` or nothing reads it from standard input')
    .option('--image <file>', 'show it an image: PNG, JPEG, GIF or WebP (as often as you like)', eachOf)
    .option('--file <path>', 'give it a file of the worktree, by its path in there (as often as you like)', eachOf)
    .option('--even-after-failure', 'where it waits: it goes as well when the run failed or was interrupted')
    .option('--at <when>', 'not before: in 10m, 2h, 3d, at 17:42, or 2026-11-30T17:42', moment)
    .option('--no-queue', 'refuse it while the session works (exit 4), in place of having it wait')
    .option(
      '--wait',
      'show what happens until the run ends, and exit by its outcome (1 failed, 6 cut short); refused while it works',
    )
    .action(
      action(definition, async (invocation, id: string, text: string | undefined, options: Prompt) =>
        (await import('../commands/continue.ts')).prompt(invocation, id, text, options),
      ),
    );

  defineCommand(
    definition,
    'queue',
    'Show the prompts that wait, and move, edit, withdraw or send one; places count from 1',
    'queue',
    'queue fix-login',
    'queue move fix-login 3 1',
    'queue edit fix-login 1 "Now the docs, in English"',
    'queue withdraw fix-login 2',
    'queue send fix-login',
  )
    .argument('[words...]', 'ID, or: list ID, move ID PLACE TO, edit ID PLACE TEXT, withdraw ID PLACE, send ID [PLACE]')
    .action(
      action(definition, async (invocation, words: readonly string[]) =>
        (await import('../commands/queue.ts')).queue(invocation, words),
      ),
    );

  defineCommand(
    definition,
    'fork',
    'Begin another session from what was said in one, and from the files of one of its snapshots',
    'fork fix-login "Try it without the cache" --wait',
    'fork fix-login "Try it without the cache" --at S3 --agent codex',
    'fork fix-login "Leave the tests alone" --at 2:14',
  )
    .argument('<id>', session)
    .argument('[text]', 'what to do; `-` or nothing reads it from standard input')
    .option(
      '--at <place>',
      'begin as it was at a snapshot (S3), or before an event (its position, or RUN:SEQ)',
      forkPlace,
    )
    .option('--agent <name>', 'another agent, which is told what was said (default: the same one)')
    .option('--name <name>', 'how to call the new session')
    .option('--wait', 'show what happens until the run ends, and exit by its outcome (1 failed, 6 cut short)')
    .action(
      action(definition, async (invocation, id: string, text: string | undefined, options: ForkOptions) =>
        (await import('../commands/fork.ts')).fork(invocation, id, text, options),
      ),
    );

  withSessionFilter(
    defineCommand(
      definition,
      'resume',
      'Take up a session again that was at work when the runtime ended, or that was interrupted',
      'resume fix-login --wait',
      'resume --all --repo ~/shop',
    )
      .argument('[words...]', 'the session, and what to do; without that, one that was at work goes on where it was')
      .option('--all', 'every session that was at work when the runtime ended, or those of them that are named')
      .option('--image <file>', 'show it an image: PNG, JPEG, GIF or WebP (as often as you like)', eachOf)
      .option('--file <path>', 'give it a file of the worktree, by its path in there (as often as you like)', eachOf)
      .option('--wait', 'show what happens until the run ends, and exit by its outcome (1 failed, 6 cut short)'),
  ).action(
    action(definition, async (invocation, words: readonly string[], options: ResumeOptions) =>
      (await import('../commands/continue.ts')).resume(invocation, words, options),
    ),
  );

  withSessionFilter(
    defineCommand(definition, 'interrupt', 'Ask the run under way to stop', 'interrupt fix-login').argument(
      '[ids...]',
      session,
    ),
  ).action(
    action(definition, async (invocation, ids: readonly string[], options: SessionFilter) =>
      (await import('../commands/steer.ts')).interrupt(invocation, ids, options),
    ),
  );

  defineCommand(
    definition,
    'pause',
    'Have the run under way wait, or one that waits wait until another time',
    'pause fix-login',
    'pause fix-login --until 17:42',
  )
    .argument('<id>', session)
    .option('--until <when>', 'it goes on by itself then: in 10m, 2h, 3d, at 17:42, or 2026-11-30T17:42', moment)
    .action(
      action(definition, async (invocation, id: string, options: PauseOptions) =>
        (await import('../commands/pause.ts')).pause(invocation, id, options),
      ),
    );

  defineCommand(
    definition,
    'continue',
    'Have a run go on that waits for a limit or is paused, now or at a time',
    'continue fix-login',
    'continue fix-login --at 17:42',
  )
    .argument('<id>', session)
    .option('--at <when>', 'not now: in 10m, 2h, 3d, at 17:42, or 2026-11-30T17:42', moment)
    .action(
      action(definition, async (invocation, id: string, options: ContinueOptions) =>
        (await import('../commands/pause.ts')).goOn(invocation, id, options),
      ),
    );

  defineCommand(
    definition,
    'end-left',
    'End the processes that an interrupted turn left running; `show` has them',
    'end-left fix-login',
  )
    .argument('<id>', session)
    .action(
      action(definition, async (invocation, id: string) =>
        (await import('../commands/steer.ts')).endLeft(invocation, id),
      ),
    );

  withSessionFilter(
    defineCommand(
      definition,
      'approve',
      'Allow what an agent asks approval for, this once, showing it whole before',
      'approve fix-login',
      'approve fix-login 01a20968-4c1b',
      'approve fix-login --option allow_always',
    )
      .argument('[words...]', requests)
      .option('--option <option>', "one of the agent's own answers, by its id or name"),
  ).action(
    action(definition, async (invocation, words: readonly string[], options: SessionFilter & { option?: string }) =>
      (await import('../commands/answer.ts')).decide(invocation, 'allow', words, options),
    ),
  );

  withSessionFilter(
    defineCommand(
      definition,
      'deny',
      'Refuse what an agent asks approval for, showing it whole',
      'deny fix-login',
    ).argument('[words...]', requests),
  ).action(
    action(definition, async (invocation, words: readonly string[], options: SessionFilter) =>
      (await import('../commands/answer.ts')).decide(invocation, 'deny', words, options),
    ),
  );

  defineCommand(
    definition,
    'answer',
    'Answer a question of an agent, showing it whole before',
    'answer fix-login --option SQLite',
    'answer fix-login --field db=sqlite --field port=5432',
    'answer fix-login --decline',
  )
    .argument('<id>', session)
    .argument('[approval]', 'the beginning of its id, as `show` and `list` have it (default: the only one that waits)')
    .option('--option <option>', 'one of its answers, by its id or name')
    .option('--field <name=value>', 'what to fill into a field of its form; several of one name choose several', eachOf)
    .option('--decline', 'say no to it')
    .option('--cancel', 'take no side: the agent hears that nobody answers')
    .action(
      action(definition, async (invocation, id: string, approval: string | undefined, options: AnswerOptions) =>
        (await import('../commands/answer.ts')).answer(invocation, id, approval, options),
      ),
    );

  defineCommand(
    definition,
    'options',
    'Show what of its agent can be chosen, or choose it: now, and whenever the conversation is opened again',
    'options fix-login',
    'options fix-login model=big fast=on',
  )
    .argument('<id>', session)
    .argument('[id=value...]', 'what to choose; without a value, a choice is taken back', optionValues, {})
    .action(
      action(definition, async (invocation, id: string, choices: Record<string, string>) =>
        (await import('../commands/options.ts')).options(invocation, id, choices),
      ),
    );

  defineCommand(definition, 'rename', 'Give a session another name', 'rename fix-login login-tests')
    .argument('<id>', session)
    .argument('<name>', 'the new name')
    .action(
      action(definition, async (invocation, id: string, name: string) =>
        (await import('../commands/steer.ts')).rename(invocation, id, name),
      ),
    );

  withSessionFilter(
    defineCommand(
      definition,
      'archive',
      'Put sessions out of the list; their history stays, and their next run brings them back',
      'archive fix-login',
      'archive --status completed --older 7d',
    ).argument('[ids...]', session),
  ).action(
    action(definition, async (invocation, ids: readonly string[], options: SessionFilter) =>
      (await import('../commands/steer.ts')).archive(true)(invocation, ids, options),
    ),
  );

  withSessionFilter(
    defineCommand(
      definition,
      'unarchive',
      'Put archived sessions into the list again; `list --archived` shows them',
      'unarchive fix-login',
    ).argument('[ids...]', session),
  ).action(
    action(definition, async (invocation, ids: readonly string[], options: SessionFilter) =>
      (await import('../commands/steer.ts')).archive(false)(invocation, ids, options),
    ),
  );

  withSessionFilter(
    defineCommand(definition, 'remove', 'Delete a session with its history and its worktree', 'remove fix-login')
      .argument('[ids...]', session)
      .option('--yes', 'remove several without asking')
      .option('--force', 'also when its worktree has uncommitted work, which is then kept under a ref')
      .option('--conversation', "delete the agent's own record of the conversation as well, where the agent does that"),
  ).action(
    action(definition, async (invocation, ids: readonly string[], options: RemoveOptions) =>
      (await import('../commands/steer.ts')).remove(invocation, ids, options),
    ),
  );
};
