import type { Worker } from 'node:worker_threads';
import { type Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from '../invocation/exit-codes.ts';
import type { CommonOptions, Invocation } from '../invocation/invocation.ts';
import type { Terminal } from '../invocation/terminal.ts';

/** What the definitions of the commands share: the program they are added to, and how they are run. */
export type Definition = {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly writerThread: Worker | null;
  readonly onExit: (exitCode: ExitCode) => void;
};

/** Adds a command with its summary and an example; every one takes --data and --json. */
export const defineCommand = (
  { program }: Definition,
  usage: string,
  summary: string,
  ...examples: readonly string[]
): Command => {
  const shown = examples.map((example) => `  $ throughline ${example}`).join('\n');
  return withCommonOptions(program.command(usage).summary(summary).description(`${summary}.`)).addHelpText(
    'after',
    `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${shown}`,
  );
};

export const withCommonOptions = (command: Command): Command =>
  command
    .option('--data <dir>', "the data directory (default: THROUGHLINE_DATA, else the platform's data folder)")
    .option('--json', 'answer in JSON');

/** Runs a command's action and keeps its exit code. */
export const action =
  <Arguments extends readonly unknown[]>(
    { terminal, onExit }: Definition,
    act: (invocation: Invocation, ...given: Arguments) => Promise<ExitCode>,
  ) =>
  async (...given: readonly unknown[]): Promise<void> => {
    // Commander gives the arguments, then the command's own options, then the command.
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals() as CommonOptions;
    const own = [...given.slice(0, -2), options] as unknown as Arguments;
    // Loaded only now: --help and --version need no data directory and no schemas.
    const { createInvocation } = await import('../invocation/invocation.ts');
    onExit(await act(createInvocation(terminal, options), ...own));
  };

/** Reads one `ID=VALUE` more. */
export const optionValues = (text: string, before: Readonly<Record<string, string>>): Record<string, string> => {
  const [, id, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (id === undefined || value === undefined) {
    throw new InvalidArgumentError('a choice is ID=VALUE, for example model=big.');
  }
  return { ...before, [id]: value };
};

/** Reads an option that is a whole number within bounds. */
export const wholeNumber =
  (smallest: number, largest: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= smallest && number <= largest) return number;
    throw new InvalidArgumentError(`it is a whole number from ${smallest} to ${largest}.`);
  };

/** Reads the name of a snapshot: `S3`, or its number. */
export const snapshotNumber = (text: string): number => {
  const found = /^[Ss]?([1-9]\d{0,8})$/.exec(text)?.[1];
  if (found !== undefined) return Number(found);
  throw new InvalidArgumentError('a snapshot is S and its number, for example S3.');
};
