/** `commit` and `land`: from a finished session to its branch, and on to another. */
import type { CommitOptions } from '../commands/commit.ts';
import type { LandOptions } from '../commands/land.ts';
import { action, type Definition, defineCommand } from './define-command.ts';

const session = 'its id, short as `list` has it, or its name';

export const defineLandingCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'commit',
    "Commit all that a session's worktree holds, on its own branch, as you",
    'commit fix-login',
    'commit fix-login -m "Log in by token" --name-agent',
    'commit fix-login --edit --hooks',
  )
    .argument('<id>', session)
    .option('-m, --message <text>', 'the message (default: drafted of prompts, plan and files; see --dry-run)')
    .option('--edit', 'change the message in your editor first ($VISUAL, $EDITOR)')
    .option('--name-agent', 'name the agent in a line at its end')
    .option('--hooks [hash]', "agree to the repository's commit hooks, and run them (default: run them once agreed to)")
    .option('--no-hooks', 'run none')
    .option('--dry-run', 'only show the message')
    .action(
      action(definition, async (invocation, id: string, options: CommitOptions) =>
        (await import('../commands/commit.ts')).commit(invocation, id, options),
      ),
    );

  defineCommand(
    definition,
    'land',
    'Bring sessions to the branch that they began at, one by one, each on top of the one before',
    'land fix-login --dry-run',
    'land readme rate-limits retry --rebase',
    'land fix-login --wait',
    'land --undo fix-login',
    'land retry --before readme',
  )
    .argument('[ids...]', session)
    .option('--squash', 'as one commit (default, unless the repository says otherwise)')
    .option('--merge', 'by a merge commit')
    .option('--rebase', 'commit by commit')
    .option('--onto <branch>', 'another branch than the one it began at')
    .option('-m, --message <text>', 'the message of the commit (default: drafted; see `commit --dry-run`)')
    .option('--name-agent', 'name the agent in a line at its end')
    .option('--despite-checks', 'whatever the checks say')
    .option('--wait', 'what is in the way is waited for')
    .option('--dry-run', 'only say what would come of it')
    .option('--watch', 'only watch what is on its way')
    .option('--queue', 'show what is on its way, in its order')
    .option('--before <id>', 'move it in the queue, before this one')
    .option('--last', 'move it to the end of the queue')
    .option('--pause', 'have the queue stop before it')
    .option('--go-on', 'have the queue go on')
    .option('--withdraw', 'take it out of the queue')
    .option('--undo', 'take back its last landing, while its branch is still there and not pushed')
    .addHelpText(
      'after',
      '\nExit codes: 0 all landed, 4 something was given back, held or paused, 1 a check failed and nothing landed',
    )
    .action(
      action(definition, async (invocation, ids: readonly string[], options: LandOptions) =>
        (await import('../commands/land.ts')).land(invocation, ids, options),
      ),
    );
};
