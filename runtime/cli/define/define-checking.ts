/** The commands about what a repository has run: its setup, and its checks. */
import type { CheckOptions } from '../commands/check.ts';
import type { SetupOptions } from '../commands/setup.ts';
import { action, type Definition, defineCommand } from './define-command.ts';

export const defineCheckingCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'check',
    "Run the repository's checks in a session's worktree, and end by how they end",
    'check fix-login',
    'check fix-login lint tests',
    'check fix-login tests --send',
  )
    .argument('<id>', 'its id, short as `list` has it, or its name')
    .argument('[name...]', 'which of them (default: all)')
    .option('--list', 'show which there are and how they ended last, and run none')
    .option('--show', 'show all that one said last, and run none')
    .option('--send', 'give the end of one that failed to the agent as its next prompt, and run none')
    .option('--cancel', 'end those that run')
    .action(
      action(definition, async (invocation, id: string, names: readonly string[], options: CheckOptions) =>
        (await import('../commands/check.ts')).check(invocation, id, names, options),
      ),
    );

  defineCommand(
    definition,
    'setup',
    'Show what a repository says it needs, and agree to it or not: before that nothing of it runs',
    'setup --repo ~/shop',
    'setup agree',
    'setup show --file',
  )
    .argument('[way]', 'show, agree, refuse, or forget what was agreed to', 'show')
    .option('--repo <dir>', 'the repository', '.')
    .option('--base <ref>', 'as it is there (default: at what is checked out)')
    .option('--file', 'show the files themselves')
    .option('--approvals', 'agree to its wish for approvals as well')
    .option('--yes', 'agree without being asked')
    .action(
      action(definition, async (invocation, given: string, options: SetupOptions) =>
        (await import('../commands/setup.ts')).setup(invocation, given, options),
      ),
    );
};
