/** GitHub's own program `gh`, run once: found on PATH, asked no question, bounded in time and words. */
import { spawn } from 'node:child_process';
import { parse } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { redactSecrets } from '../../../actors/protocol/facts/redact.ts';
import { findProgram } from '../../agents/find-program.ts';
import { signalGroup, termGraceMs } from '../../processes/process-group.ts';

export type GhOutcome = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

export type GhCall = {
  readonly input?: string;
  /** Of more than it may say the end is kept, and nothing is raised. */
  readonly keepsEnd?: boolean;
};

/** Runs `gh` with these arguments and gives back how it ended. Raises as `createGh` says. */
export type Gh = (argv: readonly string[], call?: GhCall) => Promise<GhOutcome>;

const defaultTimeLimitMs = 60_000;
const maxOutputBytes = 4 * 1024 * 1024;
const maxErrorBytes = 8 * 1024;

/**
 * `gh` runs where no repository is, so that it reads none's configuration and runs no git of its own there: which
 * repository is meant is said with each call.
 *
 * Raises `pull_request.no_program` where there is none, `pull_request.failed` for one that cannot be started, takes more
 * than a minute, says more than 4 MB or is stopped by `signal`.
 */
export const createGh =
  (
    inherited: NodeJS.ProcessEnv,
    { timeLimitMs = defaultTimeLimitMs, signal }: { readonly timeLimitMs?: number; readonly signal?: AbortSignal } = {},
  ): Gh =>
  async (argv, { input = '', keepsEnd = false } = {}) => {
    const program = findProgram('gh', inherited);
    if (program === null) {
      throw new ThroughlineError('pull_request.no_program', 'pull requests are made by gh, which is not on PATH', {
        hint: 'install it from https://cli.github.com, then run gh auth login; or push, and open the request in the browser',
      });
    }
    return new Promise((resolve, reject) => {
      const failed = (why: string, cause?: unknown): ThroughlineError =>
        new ThroughlineError('pull_request.failed', `gh ${argv.slice(0, 2).join(' ')} ${why}`, { cause });
      const child = spawn(program, [...argv], {
        cwd: parse(process.cwd()).root,
        env: ghEnvironment(inherited),
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      let error: ThroughlineError | null = null;
      let killing: NodeJS.Timeout | undefined;
      const stop = (why: string): void => {
        if (error !== null || child.pid === undefined) return;
        const { pid } = child;
        error = failed(why);
        signalGroup(pid, 'SIGTERM');
        killing = setTimeout(() => {
          signalGroup(pid, 'SIGKILL');
          // What it started in a group of its own may hold them open for ever.
          for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
        }, termGraceMs);
      };
      const onAbort = (): void => stop('was stopped: the runtime ends');
      if (signal?.aborted) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      const limit = setTimeout(() => stop(`took longer than ${timeLimitMs / 1000} s`), timeLimitMs);
      let output: Buffer[] = [];
      let bytes = 0;
      let said = Buffer.alloc(0);
      child.stdout.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= maxOutputBytes || keepsEnd) output.push(chunk);
        else stop(`said more than ${maxOutputBytes} bytes`);
        if (bytes <= 2 * maxOutputBytes) return;
        output = [Buffer.concat(output).subarray(-maxOutputBytes)];
        bytes = maxOutputBytes;
      });
      child.stderr.on('data', (chunk: Buffer) => {
        said = Buffer.concat([said, chunk]).subarray(-maxErrorBytes);
      });
      // It may end without having read it; its exit code tells.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      child.on('error', (cause) => {
        clearTimeout(limit);
        signal?.removeEventListener('abort', onAbort);
        reject(failed(`could not be started: ${cause.message}`, cause));
      });
      child.on('close', (exitCode) => {
        clearTimeout(limit);
        clearTimeout(killing);
        signal?.removeEventListener('abort', onAbort);
        if (error !== null) reject(error);
        else resolve({ exitCode, stdout: Buffer.concat(output).toString(), stderr: said.toString() });
      });
    });
  };

/** The person's environment without what would aim gh elsewhere, have it ask, or make it start another program. */
const ghEnvironment = (inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const aimed = /^(?:GIT_|THROUGHLINE_)|^(?:GH_REPO|GH_DEBUG|DEBUG|GH_FORCE_TTY|CLICOLOR_FORCE)$/;
  const kept = Object.entries(inherited).filter(([name]) => !aimed.test(name));
  return {
    ...Object.fromEntries(kept),
    GH_PROMPT_DISABLED: '1',
    GH_NO_UPDATE_NOTIFIER: '1',
    NO_COLOR: '1',
    GH_PAGER: 'cat',
    GH_EDITOR: 'false',
    GH_BROWSER: 'false',
  };
};

/** What gh is told of a call that failed. By its manual, exit code 4 is that nobody is logged in. */
export const ghFailure = (what: string, { exitCode, stderr }: GhOutcome): ThroughlineError => {
  const said = redactSecrets(stderr);
  const details = { exitCode, stderr: said };
  if (exitCode === 4 || /gh auth login|HTTP 401/.test(said)) {
    return new ThroughlineError('pull_request.not_logged_in', `${what}: gh is not logged in`, {
      hint: 'run gh auth login',
      details,
    });
  }
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const why = (lines.at(-1) ?? `exit code ${exitCode}`).trim().slice(0, 500);
  if (/Could not resolve to a (?:Repository|PullRequest)|HTTP 404|no pull requests found/.test(said)) {
    return new ThroughlineError('pull_request.not_found', `${what}: ${why}`, { details });
  }
  return new ThroughlineError('pull_request.failed', `${what}: ${why}`, { details });
};
