/** The commands that put work back. */
import type { DiscardedOptions } from '../commands/discarded.ts';
import type { UndoOptions } from '../commands/undo.ts';
import { action, type Definition, defineCommand, snapshotNumber, wholeNumber } from './define-command.ts';

export const defineRestoringCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'undo',
    "Put a session's files back to what they were before a run, or to any snapshot; what is there is kept",
    'undo fix-login',
    'undo fix-login --run 3 --dry-run',
    'undo fix-login --to S7 --yes -- src/server.ts',
  )
    .argument('<id>', 'its id, short as `list` has it, or its name')
    .argument('[file...]', 'only these files or folders, from the top of the worktree')
    .option('--run <n>', 'the state before this run (default: before the last one)', wholeNumber(1, 999_999_999))
    .option('--to <snapshot>', 'a snapshot of the session, as `history` names it: S3', snapshotNumber)
    .option('--all', 'also what was changed after that run, and not by it')
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'do not ask')
    .action(
      action(definition, async (invocation, id: string, files: readonly string[], options: UndoOptions) =>
        (await import('../commands/undo.ts')).undo(invocation, id, files, options),
      ),
    );

  defineCommand(
    definition,
    'discarded',
    'List the work that was given up, of removed sessions too; show one, bring it back, or delete it',
    'discarded',
    'discarded show 9f3a1c-S7',
    'discarded restore 9f3a1c-S7 --into fix-login',
    'discarded drop 9f3a1c-S7',
  )
    .argument('[what]', 'list, show, restore or drop', 'list')
    .argument('[name]', 'the beginning of its name, as the list has it')
    .option('--into <id>', 'restore into this session (default: the one it is of, else as a branch)')
    .option('--branch <branch>', 'restore as a commit on this new branch')
    .action(
      action(definition, async (invocation, what: string, name: string | undefined, options: DiscardedOptions) =>
        (await import('../commands/discarded.ts')).discarded(invocation, what, name, options),
      ),
    );
};
