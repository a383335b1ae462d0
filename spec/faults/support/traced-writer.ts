/** The writer's process under strace, with a fault at one of its system calls. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../support/temporary.ts';

const program = fileURLToPath(new URL('writer-process.ts', import.meta.url));
const mostMs = 60_000;

/** Bundled once, so that each of the many processes starts in little time. */
const bundle = ((): string => {
  const outfile = join(temporaryFolder('traced'), 'writer-process.mjs');
  const esbuild = fileURLToPath(new URL('../../../node_modules/.bin/esbuild', import.meta.url));
  execFileSync(esbuild, [
    program,
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--target=node20',
    `--outfile=${outfile}`,
    // What it loads beside itself (SQLite, the migrations) is where the source of it is.
    `--define:import.meta.url=${JSON.stringify(new URL('../../support/log-world.ts', import.meta.url).href)}`,
    '--log-level=error',
  ]);
  return outfile;
})();

export type Said = {
  /** Null for one that was killed or hung. */
  readonly exitCode: number | null;
  readonly hung: boolean;
  readonly lines: readonly string[];
  readonly error: string;
  /** Whether it came to the call that was to fail. */
  readonly injected: boolean;
  /** Every call of the kind that was to fail, a line each, with the paths of its files. */
  readonly calls: string;
};

/** No call is the so manieth, so nothing fails. */
export const noFault = 'fsync:error=EIO:when=65000';

/**
 * Appends so many events to a database under a fault in strace's words (`fsync:error=EIO:when=3`), and gives what the
 * process said. `files` are those whose calls count; none are all.
 */
export const runTracedWriter = (
  path: string,
  fault: string,
  { events, files = [] }: { readonly events: number; readonly files?: readonly string[] },
): Said => {
  const report = join(path, '..', 'strace.txt');
  const run = spawnSync(
    'strace',
    [
      ...['-f', '-y', '-o', report, '-e', `trace=${fault.split(':')[0]}`],
      ...files.flatMap((file) => ['-P', file]),
      ...['-e', `inject=${fault}`, process.execPath, bundle, path, String(events)],
    ],
    { encoding: 'utf8', timeout: mostMs, killSignal: 'SIGKILL' },
  );
  const hung = run.error !== undefined;
  const calls = readFileSync(report, 'utf8');
  const injected = calls.includes('INJECTED') || calls.includes('killed by SIGKILL');
  return { exitCode: run.status, hung, lines: run.stdout.split('\n'), error: run.stderr, injected, calls };
};
