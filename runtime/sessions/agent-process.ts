/**
 * One agent's process, spawned and reaped in the main thread: a child of a worker thread that ends would be neither
 * killed nor reaped. Its output goes to the session's thread in pieces, no more at a time than that thread has credit
 * for (backpressure); what it says on stderr is kept, bounded, for the day it fails.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createDeferred } from '../../actors/protocol/facts/deferred.ts';
import { codeOf } from '../../actors/protocol/facts/error.ts';
import { redactedTail } from '../../actors/protocol/facts/redact.ts';
import { type AgentEnd, agentOutputWindowBytes } from '../../actors/protocol/threads/session-messages.ts';
import { secretValues } from '../agents/agent-environment.ts';
import type { AgentLaunch } from '../agents/find-agent.ts';
import { groupLives, signalGroup, termGraceMs } from '../processes/process-group.ts';
import { processStartedAt } from '../processes/process-start.ts';
import { readGently } from '../processes/read-gently.ts';

const keptStderrCharacters = 8_192;
const heardStderrBytes = 64 * 1024;
/** Input that an agent does not read piles up in our memory: this much is enough for any prompt. */
const maxWaitingInputBytes = 16 * 1024 * 1024;

export type AgentProcessOptions = {
  readonly launch: AgentLaunch;
  readonly folder: string;
  /** The variable by which the agent and all its descendants are found after a crash. */
  readonly mark: string;
  readonly onStarted: (pid: number, startedAt: string) => void;
  readonly onOutput: (bytes: Uint8Array) => void;
  /** What it says on stderr, until that is `heardStderrBytes` long: where agents warn of how they were started. */
  readonly onStderr: (text: string) => void;
  /** Called once, when the process is gone and its output was handed over. */
  readonly onEnded: (end: AgentEnd) => void;
};

export type AgentProcess = {
  readonly pid: () => number | null;
  /** How much it has said on its standard output. */
  readonly outputBytes: () => number;
  readonly write: (text: string) => void;
  readonly giveCredit: (bytes: number) => void;
  /** Ends its process group, with SIGKILL if SIGTERM does not; resolves when it is gone. */
  readonly end: () => Promise<void>;
};

export const startAgentProcess = (options: AgentProcessOptions): AgentProcess => {
  const { launch } = options;
  const child: ChildProcess = spawn(launch.command, launch.arguments, {
    cwd: options.folder,
    env: { ...launch.environment, THROUGHLINE_RUN: options.mark },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: whatever it starts is ended with it.
    detached: true,
  });
  let credit = agentOutputWindowBytes;
  let outputBytes = 0;
  let stderr = '';
  let stderrBytes = 0;
  let ended = false;
  let startError: Error | null = null;
  const { promise: gone, resolve: markEnded } = createDeferred();

  child.on('spawn', () => {
    const { pid } = child;
    if (pid !== undefined) options.onStarted(pid, processStartedAt(pid) ?? 'unknown');
  });
  child.on('error', (error) => {
    startError = error;
    if (child.pid === undefined) finish({ kind: 'not_started', message: explain(error) });
  });
  // There are no streams where a process could not even be tried.
  const valve =
    child.stdout &&
    readGently(child.stdout, (bytes) => {
      credit -= bytes.byteLength;
      outputBytes += bytes.byteLength;
      if (credit <= 0) valve?.hold();
      options.onOutput(bytes);
    });
  if (child.stderr)
    readGently(child.stderr, (bytes) => {
      if (stderrBytes < heardStderrBytes) options.onStderr(bytes.toString('utf8'));
      stderrBytes += bytes.byteLength;
      // One more than is given out, which says that something was cut off.
      stderr = (stderr + bytes.subarray(-4 * keptStderrCharacters).toString('utf8')).slice(-keptStderrCharacters - 1);
    });
  // A write to a process that is gone: its end is reported by 'exit'.
  child.stdin?.on('error', () => {});
  child.on('exit', () => {
    // What it left in its group holds its pipes open, and would outlive the session.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    // A paused stream would never end; the process is dead, so what is left of it is little.
    credit = Number.POSITIVE_INFINITY;
    valve?.release();
    // Something that left the group may hold the pipes open for ever: what was said until now is all there is.
    setTimeout(() => finish(endOf(child, quotedStderr())), termGraceMs).unref();
  });
  child.on('close', () => finish(endOf(child, quotedStderr())));

  // Only when it is whole: a secret may come in two pieces.
  const quotedStderr = (): string => redactedTail(stderr, keptStderrCharacters, secretValues(launch.environment));

  const finish = (end: AgentEnd): void => {
    if (ended) return;
    ended = true;
    child.stdout?.destroy();
    child.stderr?.destroy();
    markEnded();
    options.onEnded(end);
  };

  return {
    pid: () => child.pid ?? null,
    outputBytes: () => outputBytes,
    write: (text) => {
      if (ended || startError !== null || child.stdin === null) return;
      child.stdin.write(text);
      if (child.stdin.writableLength > maxWaitingInputBytes && child.pid !== undefined)
        signalGroup(child.pid, 'SIGKILL');
    },
    giveCredit: (bytes) => {
      credit += bytes;
      if (credit > 0) valve?.release();
    },
    end: async () => {
      const { pid } = child;
      if (ended || pid === undefined) return;
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => groupLives(pid) && signalGroup(pid, 'SIGKILL'), termGraceMs);
      await gone;
      clearTimeout(timer);
    },
  };
};

const endOf = (child: ChildProcess, stderr: string): AgentEnd => ({
  kind: 'exited',
  code: child.exitCode,
  signal: child.signalCode,
  stderr,
});

const explain = (error: Error): string => {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'the program or the folder does not exist';
    case 'EACCES':
      return 'it may not be executed';
    default:
      return error.message;
  }
};
