/** The commands that only read: they work without a runtime, straight from the database. */
import { InvalidArgumentError } from 'commander';
import { type UsageKey, usageKeys } from '../../../actors/protocol/facts/usage-keys.ts';
import { pointInTime } from '../choose/point-in-time.ts';
import type { ConversationsOptions } from '../commands/conversations.ts';
import type { HistoryOptions } from '../commands/history.ts';
import type { ListOptions } from '../commands/list.ts';
import type { UsageOptions } from '../commands/usage.ts';
import { rowFieldNames } from '../render/row-format.ts';
import { wrapped } from '../text/wrapped.ts';
import { action, type Definition, defineCommand, wholeNumber } from './define-command.ts';
import { eventTypeNames, isEventType } from './event-type-names.ts';
import { withSessionFilter } from './session-filter.ts';

/** Reads one type of events more. */
const knownTypes = (type: string, before: readonly string[] = []): readonly string[] => {
  if (isEventType(type)) return [...before, type];
  throw new InvalidArgumentError('there is no such type of events; `throughline history --help` lists them.');
};

const moment = (text: string): number => {
  const at = pointInTime(text, Date.now());
  if (at !== null) return at;
  throw new InvalidArgumentError('it is a time ago (10m, 2h, 3d), an hour of today (14:05), or 2026-11-30T14:05.');
};

const keysIn = (text: string): readonly UsageKey[] => {
  const keys = text.split(',');
  const known = usageKeys.filter((key) => keys.includes(key));
  if (known.length === keys.length) return known;
  throw new InvalidArgumentError(`it is any of ${usageKeys.join(', ')}, with commas between.`);
};

const typeLines = (): string => wrapped(eventTypeNames.join(' '), 78, '  ').join('\n');

export const defineReadingCommands = (definition: Definition): void => {
  withSessionFilter(
    defineCommand(
      definition,
      'list',
      'List all sessions, active ones first',
      'list',
      'list --status running --repo shop --watch',
      "list --format '{short}\\t{status}\\t{name}'",
    ),
  )
    .option('--watch', 'show it again whenever something has changed, until Ctrl-C')
    .option('--wide', 'every column, however wide the terminal is')
    .option('-q, --quiet', 'only the ids, whole, a line each')
    .option('--format <text>', 'a line for each session, with its fields in braces, see below')
    .addHelpText('after', `\nFields of --format:\n${wrapped(rowFieldNames.join(' '), 78, '  ').join('\n')}`)
    .action(
      action(definition, async (invocation, options: ListOptions) =>
        (await import('../commands/list.ts')).list(invocation, options),
      ),
    );

  defineCommand(definition, 'show', 'Show one session: its runs, and the approvals that wait', 'show fix-login')
    .argument('<id>', 'its id, short as `list` has it, or its name')
    .action(
      action(definition, async (invocation, id: string) => (await import('../commands/show.ts')).show(invocation, id)),
    );

  defineCommand(
    definition,
    'history',
    'Show all that happened in a session, in order',
    'history fix-login --follow',
    'history fix-login --json --type message tool_call',
  )
    .argument('<id>', 'its id, short as `list` has it, or its name')
    .option('--run <n>', 'only this run; 0 is the session itself', wholeNumber(0, 1_000_000_000))
    .option('--type <type...>', 'only events of these types, see below', knownTypes)
    .option('--since <when>', 'only from then on: 10m, 2h, 3d ago, 14:05 today, or 2026-11-30T14:05', moment)
    .option('--tail <n>', 'only the last N of them', wholeNumber(1, 50_000))
    .option('--times', 'say when each was, in UTC')
    .option('--follow', 'go on with what happens now, until Ctrl-C; of a session that has ended, end')
    .addHelpText('after', `\nTypes of events:\n${typeLines()}`)
    .action(
      action(definition, async (invocation, id: string, options: HistoryOptions) =>
        (await import('../commands/history.ts')).history(invocation, id, options),
      ),
    );

  defineCommand(
    definition,
    'conversations',
    'List the conversations that an agent keeps itself, and which are sessions here',
    'conversations --agent codex',
    'conversations --agent codex --repo ~/shop',
  )
    .requiredOption('--agent <name>', 'see `throughline agents`; it is started to be asked, and ended')
    .option('--repo <dir>', 'only those that were had in this folder')
    .action(
      action(definition, async (invocation, options: ConversationsOptions) =>
        (await import('../commands/conversations.ts')).conversations(invocation, options),
      ),
    );

  defineCommand(
    definition,
    'usage',
    'Tokens and money that agents used',
    'usage',
    'usage --by session --since 7d',
    'usage --csv > usage.csv',
  )
    .option(
      '--by <keys>',
      `any of ${usageKeys.join(', ')}, with commas between; by default a day and an agent a line`,
      keysIn,
    )
    .option('--since <time>', 'only what was told of since: 10m, 2h, 3d ago, 14:05, or 2026-11-30T14:05', moment)
    .option('--csv', 'a row a line, for a spreadsheet')
    .action(
      action(definition, async (invocation, options: UsageOptions) =>
        (await import('../commands/usage.ts')).usage(invocation, options),
      ),
    );

  defineCommand(definition, 'verify', 'Prove that what is stored is what the log says', 'verify --json').action(
    action(definition, async (invocation) => (await import('../commands/verify.ts')).verify(invocation)),
  );
};
