import { PassThrough, Writable } from 'node:stream';
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
export const inProcess = (columns: number, ...words: readonly string[]): Promise<Said> =>
  atTerminal({ columns, typed: null }, ...words);

/**
 * The same where a person is: the first of `typed` was typed before anything was asked, each other one is typed when
 * something is asked (a prompt, which ends in no line's end).
 */
export const atTerminal = async (
  { columns = 100, typed }: { readonly columns?: number; readonly typed: readonly string[] | null },
  ...words: readonly string[]
): Promise<Said> => {
  const said = { stdout: '', stderr: '' };
  const write = async (text: string): Promise<void> => {
    said.stdout += text;
  };
  const lines = [...(typed ?? [])];
  const stdin = new PassThrough();
  if (typed === null) stdin.end();
  else stdin.write(`${lines.shift() ?? ''}\n`);
  const terminal: Terminal = {
    stdin: Object.assign(stdin, { isTTY: typed !== null }),
    stderr: new Writable({
      write: (chunk, _, done) => {
        said.stderr += String(chunk);
        const line = /[?)] .*$/.test(said.stderr) && !said.stderr.endsWith('\n') ? lines.shift() : undefined;
        // As at a terminal, never before the question has been written.
        if (line !== undefined) setImmediate(() => stdin.write(`${line}\n`));
        done();
      },
    }),
    colours: colourless,
    isTerminal: typed !== null,
    columns,
    screen: () => ({ columns, rows: 24 }),
    write,
    writeLine: (text) => write(`${text}\n`),
    writeJson: (value) => write(`${JSON.stringify(value)}\n`),
  };
  const code = await runCommandLine(words, terminal);
  const tooWide = said.stdout.split('\n').filter((line) => displayWidth(line) > columns);
  return { code, ...said, tooWide, json: () => JSON.parse(said.stdout) as Record<string, unknown> };
};
