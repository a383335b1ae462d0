import type { Readable, Writable } from 'node:stream';
import picocolors from 'picocolors';
import { codeOf } from '../../../actors/protocol/facts/error.ts';
import { jsonLine } from '../text/json-line.ts';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Where a command reads and writes. */
export type Terminal = {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly colours: Colours;
  /** Whether a person looks at stdout: then colours and progress make sense. */
  readonly isTerminal: boolean;
  readonly columns: number;
  /** How large it is now: a person may have made it larger since. */
  readonly screen: () => { readonly columns: number; readonly rows: number };
  /** Writes to stdout, and waits while a slow reader has not taken what came before. */
  readonly write: (text: string) => Promise<void>;
  readonly writeLine: (text: string) => Promise<void>;
  /** One line of JSON on stdout. */
  readonly writeJson: (value: unknown) => Promise<void>;
};

const defaultColumns = 100;
const defaultRows = 40;

export const colourless: Colours = picocolors.createColors(false);

/** This process's terminal. A reader that goes away (`… | head`) ends the process quietly. */
export const processTerminal = (): Terminal => {
  const { stdin, stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error) => {
      if (codeOf(error) === 'EPIPE') process.exit();
      throw error;
    });
  }
  const isTerminal = stdout.isTTY === true;
  const wantsColours = isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      if (stdout.write(text)) resolve();
      else stdout.once('drain', resolve);
    });
  return {
    stdin,
    stderr,
    colours: picocolors.createColors(wantsColours),
    isTerminal,
    columns: stdout.columns ?? defaultColumns,
    screen: () => ({ columns: stdout.columns ?? defaultColumns, rows: stdout.rows ?? defaultRows }),
    write,
    writeLine: (text) => write(`${text}\n`),
    writeJson: (value) => write(`${jsonLine(value)}\n`),
  };
};
