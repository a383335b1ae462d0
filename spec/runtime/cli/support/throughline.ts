import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../../support/temporary.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
/** The program as it is shipped. */
export const bundle = ['dist/throughline.js'];

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as lines of JSON. */
  readonly json: () => readonly Record<string, unknown>[];
};

export type RunningCommand = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly stdout: () => string;
};

export type Throughline = {
  readonly data: string;
  /** Runs a command to its end. */
  readonly run: (...words: readonly string[]) => Promise<Ended>;
  /** Starts a command and gives it while it runs. */
  readonly start: (...words: readonly string[]) => RunningCommand;
  readonly withInput: (input: string, ...words: readonly string[]) => Promise<Ended>;
};

const used = new Map<string, readonly string[]>();
// Before the folders are removed, which happens at the exit as well.
process.prependListener('exit', () => {
  for (const [data, script] of used) {
    if (!existsSync(join(data, 'runtime.json'))) continue;
    spawnSync(process.execPath, [...script, 'stop', '--data', data], { cwd: root, stdio: 'ignore' });
  }
});

/** The command line as a person uses it, on a data directory of its own. Its runtime ends with the test process. */
export const throughline = (script: readonly string[], data = join(temporaryFolder('cli'), 'data')): Throughline => {
  used.set(data, script);
  // As it is installed: what it advises to type begins with its name.
  const installed = temporaryFolder('installed');
  symlinkSync(join(root, 'dist', 'throughline.js'), join(installed, 'throughline'));
  const start = (input: string | null, words: readonly string[]): RunningCommand => {
    const child = spawn(process.execPath, [...script, ...words], {
      cwd: root,
      env: {
        ...process.env,
        PATH: `${installed}${delimiter}${process.env.PATH}`,
        THROUGHLINE_DATA: data,
        NO_COLOR: '1',
      },
      stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        text[name] += chunk;
      });
    }
    child.stdin?.end(input);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...text, json: () => jsonLines(text.stdout) }));
    });
    return { child, ended, stdout: () => text.stdout };
  };
  return {
    data,
    run: (...words) => start(null, words).ended,
    start: (...words) => start(null, words),
    withInput: (input, ...words) => start(input, words).ended,
  };
};

const jsonLines = (text: string): readonly Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
