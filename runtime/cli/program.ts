import type { Worker } from 'node:worker_threads';
import { Command, CommanderError } from 'commander';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { defineAgentCommands } from './define/define-agents.ts';
import { defineCheckingCommands } from './define/define-checking.ts';
import { type Definition, withCommonOptions } from './define/define-command.ts';
import { defineInspectingCommand } from './define/define-inspecting.ts';
import { defineKeepingCommands } from './define/define-keeping.ts';
import { defineLandingCommands } from './define/define-landing.ts';
import { defineOriginCommands } from './define/define-origin.ts';
import { defineReadingCommands } from './define/define-reading.ts';
import { defineRestoringCommands } from './define/define-restoring.ts';
import { defineReviewCommands } from './define/define-review.ts';
import { defineRuntimeCommands } from './define/define-runtime.ts';
import { defineWorkingCommands } from './define/define-working.ts';
import { type ExitCode, exitCodes } from './invocation/exit-codes.ts';
import { reportError } from './invocation/report-error.ts';
import type { Terminal } from './invocation/terminal.ts';

const afterHelp = `
Begin with:
  $ throughline
  $ throughline demo
  $ throughline run "Fix the login test" --repo ~/shop --wait

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused, 5 runtime not reachable,
6 completed, but cut short`;

/**
 * Runs one command line (without the program's own name) and gives its exit code. `writerThread` is what `serve` begins
 * with, if it was loaded meanwhile.
 */
export const runCommandLine = async (
  words: readonly string[],
  terminal: Terminal,
  writerThread: Worker | null = null,
): Promise<ExitCode> => {
  const json = wantsJson(words);
  let exitCode: ExitCode = exitCodes.done;
  const onExit = (code: ExitCode): void => {
    exitCode = code;
  };
  const program = createProgram(terminal, writerThread, onExit);
  try {
    await program.parseAsync([...withCommand(words)], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.done;
    const error = thrown instanceof CommanderError ? wrongUsage(thrown) : thrown;
    const { programInAdvice } = await import('./invocation/invocation.ts');
    const shown = {
      json,
      debug: process.env.THROUGHLINE_DEBUG === '1',
      words,
      program: programInAdvice(givenData(words)),
    };
    return reportError(terminal, error, shown);
  }
};

/** The command line with a command: `throughline` alone, or with what every command takes, opens the window. */
const withCommand = (words: readonly string[]): readonly string[] => {
  const isCommon = words.every((word, index) => /^--(json|data|data=.*)$/s.test(word) || words[index - 1] === '--data');
  return isCommon ? ['window', ...words] : words;
};

const createProgram = (
  terminal: Terminal,
  writerThread: Worker | null,
  onExit: (exitCode: ExitCode) => void,
): Command => {
  const program = withCommonOptions(new Command('throughline'))
    .description('Run many coding agents side by side and never lose the thread.')
    .version(packageJson.version, '--version')
    .helpCommand('help [command]', 'how to use a command')
    .addHelpText('after', afterHelp)
    // Commander's own words go through our one way of saying what is wrong.
    .configureOutput({ writeOut: (text) => void terminal.write(text), writeErr: () => {} })
    .exitOverride();
  const definition: Definition = { program, terminal, writerThread, onExit };
  defineWorkingCommands(definition);
  defineCheckingCommands(definition);
  defineLandingCommands(definition);
  defineRestoringCommands(definition);
  defineReviewCommands(definition);
  defineReadingCommands(definition);
  defineOriginCommands(definition);
  defineInspectingCommand(definition);
  defineAgentCommands(definition);
  defineKeepingCommands(definition);
  defineRuntimeCommands(definition);
  return program;
};

const wrongUsage = (error: CommanderError): ThroughlineError => {
  // Its own words for help on a command that there is not.
  if (error.code === 'commander.help') {
    const hint = '`throughline help` lists them';
    return new ThroughlineError('input.invalid', 'there is no such command', { hint, cause: error });
  }
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\(|\)$/g, '');
  return new ThroughlineError('input.invalid', first, { hint: suggestion || hintFor(error), cause: error });
};

const hintFor = (error: CommanderError): string =>
  error.code === 'commander.excessArguments'
    ? 'put several words in quotes; --help shows how a command is used'
    : '--help shows how a command is used';

/** What --data was given, wherever it stands: known also where the rest cannot be parsed. */
const givenData = (words: readonly string[]): string | undefined => {
  const end = words.indexOf('--');
  const own = words.slice(0, end === -1 ? words.length : end);
  const at = own.findLastIndex((word) => word === '--data' || word.startsWith('--data='));
  return own[at] === '--data' ? own[at + 1] : own[at]?.slice('--data='.length);
};

/** Whether --json stands in the command line: known also where the rest of it cannot be parsed. */
const wantsJson = (words: readonly string[]): boolean => {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).includes('--json');
};
