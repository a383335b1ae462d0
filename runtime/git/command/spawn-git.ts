import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { codeOf, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { gitEnvironment, hardeningArguments } from './git-environment.ts';

export type GitCall = {
  /** The folder that git runs in. */
  readonly cwd: string;
  /** The command and what follows it, as an argv: no shell is involved. */
  readonly arguments: readonly string[];
  /** Configuration for this call alone, by key, above whatever the repository says. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Variables of our own, such as GIT_DIR or GIT_INDEX_FILE; inherited GIT_* variables never reach git. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly timeLimitMs?: number;
  readonly maxOutputBytes?: number;
  /** Output beyond the bound is cut off and git stopped, instead of failing the call. */
  readonly cutOutput?: boolean;
  /** `latin1` carries file names that are not UTF-8 through unharmed. */
  readonly encoding?: 'utf8' | 'latin1';
};

export type GitOutcome = {
  /** Null when git was stopped, because its output was cut. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly cut: boolean;
};

const defaultTimeLimitMs = 60_000;
const defaultMaxOutputBytes = 16 * 1024 * 1024;
const maxErrorBytes = 8 * 1024;
const graceMs = 2_000;

const whyNotStarted = async (call: GitCall, cause: Error): Promise<ThroughlineError> => {
  // Node reports a missing working folder just like a missing program.
  const folder = await stat(call.cwd).catch(() => null);
  if (folder === null || !folder.isDirectory()) {
    return new ThroughlineError('git.failed', `git cannot run in ${call.cwd}: there is no such folder`, { cause });
  }
  if (codeOf(cause) === 'ENOENT') {
    return new ThroughlineError('git.not_installed', 'git was not found on PATH', {
      hint: 'install git 2.36 or newer, then start again',
      cause,
    });
  }
  return new ThroughlineError('git.failed', `git could not be started: ${cause.message}`, { cause });
};

/**
 * Runs git once, hardened, with bounded output and a time limit; whatever exit code it ends with is given back.
 * Use `runGit` or `tryGit`, which also keep the repository's filters and drivers from running.
 *
 * Raises `git.not_installed`, and `git.failed` when git cannot start, takes too long or says too much.
 */
export const spawnGit = (call: GitCall, hardening: readonly string[] = hardeningArguments): Promise<GitOutcome> =>
  new Promise((resolve, reject) => {
    const name = `git ${call.arguments[0] ?? ''}`;
    const timeLimitMs = call.timeLimitMs ?? defaultTimeLimitMs;
    const maxOutputBytes = call.maxOutputBytes ?? defaultMaxOutputBytes;
    if ([call.cwd, ...call.arguments].some((argument) => argument.includes('\0'))) {
      reject(new ThroughlineError('git.failed', `${name} was given an argument with a NUL in it`));
      return;
    }
    const settings = Object.entries(call.settings ?? {}).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const child = spawn('git', [...hardening, ...settings, ...call.arguments], {
      cwd: call.cwd,
      env: gitEnvironment(call.environment),
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: stopping it reaches git's helpers too, and Ctrl-C in our terminal does not end it half-way.
      detached: true,
    });

    const output: Buffer[] = [];
    let outputBytes = 0;
    let errorText = Buffer.alloc(0);
    let stopped: 'time' | 'output' | null = null;
    const timers: NodeJS.Timeout[] = [];
    const signalGroup = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    };
    const stop = (why: 'time' | 'output'): void => {
      if (stopped !== null) return;
      stopped = why;
      // SIGTERM first: on it git removes its lock files and half-made worktrees.
      signalGroup('SIGTERM');
      timers.push(setTimeout(() => signalGroup('SIGKILL'), graceMs));
    };
    timers.push(setTimeout(() => stop('time'), timeLimitMs));

    child.stdout.on('data', (chunk: Buffer) => {
      if (outputBytes >= maxOutputBytes && chunk.length > 0) return stop('output');
      const room = maxOutputBytes - outputBytes;
      output.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      outputBytes += Math.min(chunk.length, room);
      if (chunk.length > room) stop('output');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errorText = Buffer.concat([errorText, chunk]).subarray(-maxErrorBytes);
    });
    // git may end without having read what it was sent; its exit code tells.
    child.stdin.on('error', () => {});
    child.stdin.end(call.input ?? '');

    let started = true;
    child.on('error', (cause) => {
      for (const timer of timers) clearTimeout(timer);
      started = false;
      whyNotStarted(call, cause).then(reject, reject);
    });
    child.on('close', (exitCode) => {
      for (const timer of timers) clearTimeout(timer);
      // A program that could not be started is closed as well; its error is being explained above.
      if (!started) return;
      if (stopped === 'time') {
        reject(new ThroughlineError('git.failed', `${name} took longer than ${timeLimitMs} ms in ${call.cwd}`));
      } else if (stopped === 'output' && call.cutOutput !== true) {
        reject(new ThroughlineError('git.failed', `${name} gave more than ${maxOutputBytes} bytes in ${call.cwd}`));
      } else {
        const stdout = Buffer.concat(output).toString(call.encoding ?? 'utf8');
        resolve({ exitCode, stdout, stderr: errorText.toString('utf8'), cut: stopped === 'output' });
      }
    });
  });
