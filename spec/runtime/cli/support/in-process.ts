import { Readable, Writable } from 'node:stream';
import { colourless, type Terminal } from '../../../../runtime/cli/invocation/terminal.ts';
import { runCommandLine } from '../../../../runtime/cli/program.ts';
import { displayWidth } from '../../../../runtime/cli/text/display-width.ts';

export type Said = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout that are wider than the terminal. */
  readonly tooWide: readonly string[];
  readonly json: () => Record<string, unknown>;
};

/**
 * The command line in this process, on the data directory that THROUGHLINE_DATA names, whose runtime runs already: a
 * hundredth of what a process of its own takes, at a terminal of any width.
 */
export const inProcess = async (columns: number, ...words: readonly string[]): Promise<Said> => {
  const said = { stdout: '', stderr: '' };
  const write = async (text: string): Promise<void> => {
    said.stdout += text;
  };
  const terminal: Terminal = {
    stdin: Readable.from([]),
    stderr: new Writable({
      write: (chunk, _, done) => {
        said.stderr += String(chunk);
        done();
      },
    }),
    colours: colourless,
    isTerminal: false,
    columns,
    write,
    writeLine: (text) => write(`${text}\n`),
    writeJson: (value) => write(`${JSON.stringify(value)}\n`),
  };
  const code = await runCommandLine(words, terminal);
  const tooWide = said.stdout.split('\n').filter((line) => displayWidth(line) > columns);
  return { code, ...said, tooWide, json: () => JSON.parse(said.stdout) as Record<string, unknown> };
};
