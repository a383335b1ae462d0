/** The commit hooks of a repository, run as git would run them, once a person has agreed to them. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { signalGroup, termGraceMs } from '../../processes/process-group.ts';

export type HookEnd = { readonly passed: boolean; readonly output: string };

const timeLimitMs = 10 * 60_000;
const maxOutputBytes = 32 * 1024;

/** Runs one with what git gives it; never raises. The end of what it says is kept. */
export const runHook = (hook: {
  readonly folder: string;
  readonly name: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<HookEnd> =>
  new Promise((resolve) => {
    let output = Buffer.alloc(0);
    let note = '';
    const child = spawn(join(hook.folder, hook.name), [...hook.arguments], {
      cwd: hook.cwd,
      env: { ...hook.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const keep = (chunk: Buffer): void => {
      output = Buffer.concat([output, chunk]).subarray(-maxOutputBytes);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let killing: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => {
      note = `\nit took longer than ${timeLimitMs / 60_000} minutes\n`;
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGTERM');
      killing = setTimeout(() => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL'), termGraceMs);
    }, timeLimitMs);
    const settle = (passed: boolean): void => {
      clearTimeout(limit);
      clearTimeout(killing);
      resolve({ passed, output: output.toString('utf8') + note });
    };
    child.on('error', (error) => {
      note = `it could not be started: ${error.message}\n`;
      settle(false);
    });
    child.on('exit', (exitCode) => {
      // What it left in the background would hold its pipes open.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      setImmediate(() => settle(exitCode === 0));
    });
  });
