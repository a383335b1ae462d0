import type { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type DataDirectory, dataDirectoryAt, resolveDataDirectory } from '../../data/data-directory.ts';
import { errorLine } from './report-error.ts';
import type { Terminal } from './terminal.ts';
import { typedProgram } from './typed-program.ts';

/** What every command takes. */
export type CommonOptions = { readonly data?: string; readonly json?: boolean };

/** One call of the program: where it reads and writes, and on which data directory it works. */
export type Invocation = {
  readonly terminal: Terminal;
  readonly directory: DataDirectory;
  readonly json: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly workingDirectory: string;
  /** A command that a person can type next, on this same data directory. */
  readonly suggest: (...words: readonly string[]) => string;
  /** Says on stderr, once however often it is met, what is wrong with what is shown. */
  readonly warn: (error: ThroughlineError) => void;
};

export const createInvocation = (terminal: Terminal, options: CommonOptions): Invocation => ({
  terminal,
  warn: createWarnings(terminal),
  directory: dataDirectoryAt(resolveDataDirectory(options.data, process.env)),
  json: options.json === true,
  environment: process.env,
  workingDirectory: process.cwd(),
  suggest: (...words) => {
    const data = options.data === undefined ? [] : ['--data', options.data];
    return [...programTypedHere(), ...words, ...data].map(shellWord).join(' ');
  },
});

const programTypedHere = (): readonly string[] =>
  typedProgram({
    script: process.argv[1] ?? '',
    environment: process.env,
    workingDirectory: process.cwd(),
  });

/** The program as advice is to name it: as it can be typed here, on the data directory that was given. */
export const programInAdvice = (data: string | undefined): string =>
  [...programTypedHere(), ...(data === undefined ? [] : ['--data', data])].map(shellWord).join(' ');

const createWarnings = (terminal: Terminal): Invocation['warn'] => {
  const said = new Set<string>();
  return (error) => {
    const line = errorLine(error);
    if (said.has(line)) return;
    said.add(line);
    terminal.stderr.write(`${line}\n`);
  };
};

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
