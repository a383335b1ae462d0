import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Throughline } from './throughline.ts';

export type AtPty = {
  readonly child: ChildProcess;
  readonly type: (text: string) => void;
  /** All that was written, escapes and all. */
  readonly raw: () => string;
  /** The same as a person reads it. */
  readonly text: () => string;
  readonly ended: Promise<number | null>;
};

/** The program at a real terminal of so many columns, by `script` of util-linux, without colours. */
export const atPty = ({ data }: Throughline, columns: number, ...words: readonly string[]): AtPty => {
  const quoted = ['exec', process.execPath, 'dist/throughline.js', ...words].map((word) => `'${word}'`).join(' ');
  const command = `stty cols ${columns} rows 24; ${quoted.replace("'exec'", 'exec')}`;
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    env: { ...process.env, THROUGHLINE_DATA: data, NO_COLOR: '1', TERM: 'xterm', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let raw = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    raw += chunk;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    child,
    type: (text) => child.stdin.write(text),
    raw: () => raw,
    text: () => stripVTControlCharacters(raw).replaceAll('\r', ''),
    ended,
  };
};
