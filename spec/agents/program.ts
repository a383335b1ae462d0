import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { until } from '../support/until.ts';
import * as contract from './contract.ts';
import { familyOf, isAlive, processesWith, type RunningProcess, signalGroup, signalProcess } from './processes.ts';

const entry = fileURLToPath(new URL('../../dist/throughline.js', import.meta.url));
const commandTimeLimitMs = 120_000;
const startTimeLimitMs = 20_000;
const stopTimeLimitMs = 30_000;

export type Result = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** The shipped program, used as a person or a script uses it: one child process for each command. */
export type Program = {
  /** Starts the runtime in the foreground (of a child process) and waits until it answers. */
  readonly start: () => Promise<void>;
  /** SIGKILL to the runtime and every process of its own. Its agents are left alone, as they are by a crash. */
  readonly kill: () => Promise<void>;
  /** Waits for the end of a runtime that was told to stop, and gives its exit code. */
  readonly ended: () => Promise<number | null>;
  readonly run: (...args: readonly string[]) => Promise<Result>;
  /** A command with `--json` that has to succeed, and its one object. */
  readonly json: <Schema extends z.ZodType>(schema: Schema, ...args: readonly string[]) => Promise<z.infer<Schema>>;
  /** A command with `--json` that prints one object a line. */
  readonly lines: <Schema extends z.ZodType>(schema: Schema, ...args: readonly string[]) => Promise<z.infer<Schema>[]>;
  /** A command with `--wait --json`, whatever it ends in: its outcome, and what was streamed before. */
  readonly outcome: (...args: readonly string[]) => Promise<contract.Outcome & { readonly types: readonly string[] }>;
  /** Processes of agents, all or those of one session. */
  readonly agents: (sessionId?: string) => readonly RunningProcess[];
  /** The end of the runtime's log and of what it printed. */
  readonly logTail: () => string;
  /** Ends whatever still runs, without asking. */
  readonly dispose: () => void;
};

export const createProgram = (options: {
  readonly folder: string;
  readonly data: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
}): Program => {
  const printed = join(options.folder, 'serve.log');
  let serving: { readonly pid: number; readonly end: Promise<number | null> } | undefined;

  const owner = (): z.infer<typeof contract.owner> | undefined => {
    try {
      return contract.owner.parse(JSON.parse(readFileSync(join(options.data, 'runtime.json'), 'utf8')));
    } catch {
      return undefined;
    }
  };

  const answers = async (): Promise<boolean> => {
    if (serving !== undefined && !isAlive(serving.pid)) throw new Error('the runtime ended at once');
    const found = owner();
    if (found === undefined || !isAlive(found.pid)) return false;
    // Any answer will do, a refusal for want of the token too.
    return fetch(`${found.url}/api/health`).then(
      () => true,
      () => false,
    );
  };

  const start = async (): Promise<void> => {
    const output = openSync(printed, 'a');
    const child = spawn(process.execPath, [entry, 'serve', '--data', options.data], {
      cwd: options.folder,
      env: options.environment,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const end = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (child.pid === undefined) throw new Error(await end.then(String, String));
    serving = { pid: child.pid, end };
    await until('the runtime answers', answers, { timeLimitMs: startTimeLimitMs, everyMs: 25 });
  };

  const kill = async (): Promise<void> => {
    if (serving === undefined) return;
    const { pid, end } = serving;
    const agentPids = new Set(agents().map((agent) => agent.pid));
    for (const member of familyOf(pid)) if (!agentPids.has(member.pid)) signalProcess(member.pid, 'SIGKILL');
    await end;
    serving = undefined;
  };

  const ended = async (): Promise<number | null> => {
    const running = serving;
    if (running === undefined) throw new Error('no runtime was started');
    await until('the runtime has ended', () => !isAlive(running.pid), { timeLimitMs: stopTimeLimitMs });
    serving = undefined;
    return running.end;
  };

  const run = (...args: readonly string[]): Promise<Result> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [entry, ...args, '--data', options.data], {
        cwd: options.folder,
        env: options.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const read = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          read[name] += text;
        });
      }
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        const last = `${read.stdout.slice(-1_500)}\n${read.stderr.slice(-500)}`;
        reject(new Error(`"${args.join(' ')}" took longer than ${commandTimeLimitMs} ms; it printed:\n${last}`));
      }, commandTimeLimitMs);
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ code, ...read });
      });
    });

  const succeed = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args, '--json');
    if (code !== 0) throw new Error(`"${args.join(' ')}" exited with ${code}: ${stderr.trim() || stdout.trim()}`);
    return stdout;
  };

  const agents = (sessionId?: string): readonly RunningProcess[] =>
    processesWith(`HOME=${options.home}\0`, 'THROUGHLINE_RUN=', sessionId ?? '');

  const logTail = (): string =>
    [printed, join(options.data, 'runtime.log')]
      .filter((path) => existsSync(path))
      .map((path) => `${path}:\n${readFileSync(path, 'utf8').trimEnd().split('\n').slice(-20).join('\n')}`)
      .join('\n');

  return Object.freeze({
    start,
    kill,
    ended,
    run,
    json: async (schema, ...args) => schema.parse(JSON.parse(await succeed(...args))),
    lines: async (schema, ...args) => jsonLines(await succeed(...args)).map((line) => schema.parse(line)),
    async outcome(...args) {
      const { stdout, stderr } = await run(...args, '--wait', '--json');
      const lines = jsonLines(stdout);
      const last = contract.outcome.safeParse(lines.at(-1));
      if (!last.success) throw new Error(`"${args.join(' ')}" printed no outcome: ${stderr}\n${stdout.slice(-1_500)}`);
      return { ...last.data, types: lines.map((line) => contract.streamed.parse(line).type) };
    },
    agents,
    logTail,
    dispose() {
      for (const { group } of agents()) signalGroup(group, 'SIGKILL');
      // A command starts a runtime of its own in the background when it finds none: that one too.
      const runtimes = processesWith(`HOME=${options.home}\0`).flatMap(({ pid }) => familyOf(pid));
      for (const { pid } of runtimes) signalProcess(pid, 'SIGKILL');
    },
  });
};

const jsonLines = (text: string): readonly unknown[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
