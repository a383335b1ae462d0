/** The commands about where work goes, and where it came from. */
import type { BisectOptions } from '../commands/bisect.ts';
import type { PrOptions } from '../commands/pr.ts';
import type { PushOptions } from '../commands/push.ts';
import { action, type Definition, defineCommand, wholeNumber } from './define-command.ts';

const session = 'its id, short as `list` has it, or its name';

export const defineOriginCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'blame',
    'Find which session, run, prompt and step wrote the lines of a file',
    'blame src/limiter.ts',
    'blame src/limiter.ts:26',
  )
    .argument('<file>', 'a file, as it is now; FILE:LINE tells all that is known of one line')
    .action(
      action(definition, async (invocation, file: string) =>
        (await import('../commands/blame.ts')).blame(invocation, file),
      ),
    );

  defineCommand(
    definition,
    'bisect',
    'Find the first turn after which a command fails, by halving over the snapshots of a session',
    'bisect fix-login -- npm test',
    "bisect fix-login -- 'npm ci && npm test'",
  )
    .argument('<id>', session)
    .argument('<command...>', 'what is tried, after --: exit 0 passes, 125 cannot tell, anything else fails')
    .option('--timeout <seconds>', 'how long one try may take (default: 600)', wholeNumber(1, 3_600))
    .action(
      action(definition, async (invocation, id: string, command: readonly string[], options: BisectOptions) =>
        (await import('../commands/bisect.ts')).bisect(invocation, id, command, options),
      ),
    );

  defineCommand(
    definition,
    'push',
    "Push a session's branch to a remote, as it is committed; never by force",
    'push fix-login',
    'push fix-login --remote fork',
    'push fix-login --landed',
  )
    .argument('<id>', session)
    .option('--remote <name>', 'where to (default: as git would: pushRemote, pushDefault, the only one, origin)')
    .option('--landed', 'the branch that it was landed on, in place of its own')
    .action(
      action(definition, async (invocation, id: string, options: PushOptions) =>
        (await import('../commands/push.ts')).push(invocation, id, options),
      ),
    );

  defineCommand(
    definition,
    'pr',
    'Make a pull request of a session by gh, see how it stands, or send its agent what is said there',
    'pr fix-login --draft',
    'pr fix-login --title "Log in with a passkey" --body "Closes #12"',
    'pr fix-login --status',
    'pr fix-login --send',
  )
    .argument('<id>', session)
    .option('--title <title>', 'its title (default: drafted from the session)')
    .option('--body <text>', 'its text (default: drafted from the session)')
    .option('--draft', 'as a draft')
    .option('--remote <name>', 'the remote that its branch is pushed to')
    .option('--dry-run', 'show what would be said, and make nothing')
    .option('--status', 'only show how it stands: its checks, and what its reviewers say')
    .option('--send', 'give the agent the failed checks and open comments as its next prompt')
    .action(
      action(definition, async (invocation, id: string, options: PrOptions) =>
        (await import('../commands/pr.ts')).pr(invocation, id, options),
      ),
    );
};
