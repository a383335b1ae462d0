import { type DataDirectory, dataDirectoryAt, resolveDataDirectory } from '../data-directory.ts';
import type { Terminal } from './terminal.ts';

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
};

export const createInvocation = (terminal: Terminal, options: CommonOptions): Invocation => ({
  terminal,
  directory: dataDirectoryAt(resolveDataDirectory(options.data, process.env)),
  json: options.json === true,
  environment: process.env,
  workingDirectory: process.cwd(),
  suggest: (...words) => {
    const data = options.data === undefined ? [] : ['--data', options.data];
    return ['throughline', ...words, ...data].map(shellWord).join(' ');
  },
});

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
