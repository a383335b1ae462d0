/** The commands of the review: what a session changed, and what is said about it. */
import type { CommentOptions } from '../commands/comment.ts';
import type { DiffOptions } from '../commands/diff.ts';
import { action, type Definition, defineCommand, wholeNumber } from './define-command.ts';

const session = 'its id, short as `list` has it, or its name';

export const defineReviewCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'diff',
    'Show what a session changed: in its last run, or since you looked',
    'diff fix-login --stat',
    'diff fix-login src/login.ts --run 2',
    'diff fix-login --against main > fix.patch',
    'diff fix-login --between S3..S5 --json',
  )
    .argument('<id>', session)
    .argument('[file...]', 'only these files, or what is in these folders')
    .option('--run <n>', 'what this run changed', wholeNumber(1, 999_999_999))
    .option('--since-viewed', 'what changed since all of it was looked at last')
    .option('--against <ref>', 'against a branch, tag or commit: from where the session and it last had the same')
    .option('--between <range>', 'between two snapshots (S3..S5), or from one to now (S3..now)')
    .option('--stat', 'only the files, with how many lines and comments')
    .option('--ignore-whitespace', 'lines that differ in spaces alone are the same')
    .option('--looked', 'afterwards, say that all of it was looked at')
    .action(
      action(definition, async (invocation, id: string, files: readonly string[], options: DiffOptions) =>
        (await import('../commands/diff.ts')).diff(invocation, id, files, options),
      ),
    );

  defineCommand(
    definition,
    'comment',
    'Comment on lines that a session changed, see the comments, or send them to the agent',
    'comment fix-login src/login.ts:26-29 "Take the time from clock"',
    'comment fix-login',
    'comment fix-login --send --words "Please look at these" --queue',
    'comment fix-login --resolve 01a20968-4c1b',
  )
    .argument('<id>', session)
    .argument('[place]', 'FILE:LINE or FILE:LINE-LINE, in the files as they are now')
    .argument('[text]', 'what to say; `-` or nothing reads it from standard input')
    .option('--before', 'the lines are those of the base, before the changes')
    .option('--send', 'send the comments that are open, as the next prompt')
    .option('--only <comment...>', 'with --send: only these, by the beginning of their ids')
    .option('--words <text>', 'with --send: say this before them')
    .option('--queue', 'with --send: while a run is under way, send them as soon as it has ended')
    .option('--unqueue', 'take back what waits to be sent')
    .option('--prompt', 'show the prompt that --send would send')
    .option('--resolve <comment>', 'resolve a comment, by the beginning of its id')
    .option('--reopen <comment>', 'open a comment again')
    .option('--remove <comment>', 'take a comment away')
    .option('--all', 'list those that are resolved, too')
    .action(
      action(
        definition,
        async (invocation, id: string, place: string | undefined, text: string | undefined, options: CommentOptions) =>
          (await import('../commands/comment.ts')).comment(invocation, id, { place, text }, options),
      ),
    );

  defineCommand(definition, 'review', "Open the review of a session's changes in the window", 'review fix-login')
    .argument('<id>', session)
    .option('--browser', 'in the browser, also where the window of its own is installed')
    .option('--print', 'only print a one-time URL')
    .action(
      action(definition, async (invocation, id: string, options: { browser?: boolean; print?: boolean }) =>
        (await import('../commands/review.ts')).review(invocation, id, options),
      ),
    );
};
