/** The commands that look after what is stored. */
import type { DoctorOptions } from '../commands/doctor.ts';
import { action, type Definition, defineCommand } from './define-command.ts';

export const defineKeepingCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'doctor',
    'Check the data folder: database, lock, processes, worktrees, agents',
    'doctor',
    'doctor --repair',
  )
    .option('--repair', 'save what can be saved of a damaged database; the damaged one is set aside')
    .action(
      action(definition, async (invocation, options: DoctorOptions) =>
        (await import('../commands/doctor.ts')).doctor(invocation, options),
      ),
    );

  defineCommand(
    definition,
    'backup',
    'Copy the database to a file, also while the runtime runs',
    'backup ~/throughline-backup.db',
  )
    .argument('<file>', 'where to; it must not be there yet')
    .action(
      action(definition, async (invocation, file: string) =>
        (await import('../commands/backup.ts')).backup(invocation, file),
      ),
    );

  defineCommand(
    definition,
    'restore',
    'Put a backup in the place of the database, which is set aside',
    'restore ~/throughline-backup.db',
  )
    .argument('<file>', 'what `throughline backup` wrote')
    .action(
      action(definition, async (invocation, file: string) =>
        (await import('../commands/restore.ts')).restore(invocation, file),
      ),
    );
};
