/**
 * Commands that an agent has its client run (ACP's terminals): processes of the main thread, ended with their session. A
 * command ends when its process ends, not when its pipes close: what it left in the background holds them for as long
 * as it runs, and runs on until the terminal is killed or released, or the session ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createDeferred } from '../../actors/protocol/facts/deferred.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { HostReply, HostRequest, TerminalExit } from '../../actors/protocol/threads/session-messages.ts';
import { endMarkedGroup } from '../processes/orphans.ts';
import { groupLives, signalGroup, termGraceMs } from '../processes/process-group.ts';
import { readGently } from '../processes/read-gently.ts';
import { createTerminalReport, type TerminalNews } from './terminal-report.ts';

type TerminalRequest = Exclude<HostRequest, { readonly kind: 'known_items' | 'recap' }>;

type Terminal = {
  readonly child: ChildProcess;
  readonly exited: Promise<TerminalExit>;
  readonly output: OutputEnd;
  exit: TerminalExit | null;
};

const maxTerminals = 32;
const maxOutputBytes = 8 * 1024 * 1024;
const shortestCutBytes = 64 * 1024;
/** How long the pipes of a process that has ended are listened to, where somebody else holds them open. */
const outputGraceMs = 200;

export type Terminals = {
  readonly perform: (request: TerminalRequest) => Promise<HostReply>;
  /** Ends them all, also those that are being started. None is made any more. */
  readonly close: () => void;
};

/** The terminals of one agent, at most 32 at a time. `perform` raises `agent.protocol` for what cannot be done. */
export const createTerminals = (options: {
  readonly environment: Readonly<Record<string, string>>;
  readonly mark: string;
  /** How much of a command's output the log keeps, in bytes. */
  readonly maxStoredTextBytes: number;
  /** Told what the commands say, and how they end. */
  readonly tell: (news: TerminalNews) => void;
}): Terminals => {
  const terminals = new Map<string, Terminal>();
  let next = 1;
  let closed = false;

  const create = async (request: Extract<TerminalRequest, { kind: 'terminal_create' }>): Promise<HostReply> => {
    if (closed) throw agentHasEnded();
    if (terminals.size >= maxTerminals) {
      throw new ThroughlineError(
        'agent.protocol',
        `there are ${maxTerminals} terminals already: release one to have another`,
      );
    }
    const limit = Math.min(request.outputByteLimit, maxOutputBytes);
    // Agents send either a program with arguments or a whole command line, which is for a shell.
    const isLine = request.arguments.length === 0 && /\s/.test(request.command) && !isProgram(request);
    const child = spawn(isLine ? '/bin/sh' : request.command, isLine ? ['-c', request.command] : request.arguments, {
      cwd: request.folder,
      env: { ...options.environment, ...request.environment, THROUGHLINE_RUN: options.mark },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { promise: exited, resolve: resolveExit } = createDeferred<TerminalExit>();
    const terminal: Terminal = { child, exited, output: createOutputEnd(limit), exit: null };
    const terminalId = `terminal-${next}`;
    next += 1;
    const { maxStoredTextBytes, tell } = options;
    const report = createTerminalReport({ terminalId, maxStoredTextBytes, tell });
    const hear = (bytes: Buffer): void => {
      terminal.output.add(bytes);
      report.add(bytes);
    };
    // There are no streams where a process could not even be tried.
    if (child.stdout) readGently(child.stdout, hear);
    if (child.stderr) readGently(child.stderr, hear);
    const settle = (): void => {
      // Of what could not be started nobody has heard.
      if (terminal.exit !== null || child.pid === undefined) return;
      terminal.exit = { exitCode: child.exitCode, signal: child.signalCode };
      // Before anybody is answered: the agent may end the command's call with the next that it says.
      report.end(terminal.exit);
      resolveExit(terminal.exit);
    };
    child.on('close', settle);
    // Not from the timer itself: what has come meanwhile is read between it and the next turn.
    child.on('exit', () => setTimeout(() => setImmediate(settle), outputGraceMs));
    // Before anything is waited for: whoever asks meanwhile counts it, and a close ends it.
    terminals.set(terminalId, terminal);
    try {
      await started(child, request.command);
    } catch (thrown) {
      terminals.delete(terminalId);
      throw thrown;
    }
    if (closed) throw agentHasEnded();
    return { kind: 'terminal_created', terminalId };
  };

  /** Ends a command and what is left in its group; resolves when both are gone. */
  const kill = async ({ child, exited }: Terminal): Promise<void> => {
    const { pid } = child;
    if (pid === undefined) return;
    if (child.exitCode === null && child.signalCode === null) {
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), termGraceMs);
      child.once('exit', () => clearTimeout(timer));
    }
    await exited;
    // With its leader gone, the group's number may be somebody else's: only who carries our mark is meant.
    if (groupLives(pid)) await endMarkedGroup(options.mark, pid);
  };

  return {
    perform: async (request) => {
      if (request.kind === 'terminal_create') return create(request);
      const terminal = terminals.get(request.terminalId);
      if (terminal === undefined) {
        throw new ThroughlineError('agent.protocol', `there is no terminal ${request.terminalId.slice(0, 100)}`);
      }
      switch (request.kind) {
        case 'terminal_output': {
          const { output, exit } = terminal;
          return { kind: 'terminal_output', output: output.text(), truncated: output.truncated(), exit };
        }
        case 'terminal_wait':
          return { kind: 'terminal_exited', exit: await terminal.exited };
        case 'terminal_kill':
          await kill(terminal);
          return { kind: 'done' };
        case 'terminal_release':
          terminals.delete(request.terminalId);
          void kill(terminal);
          return { kind: 'done' };
      }
    },
    close: () => {
      closed = true;
      for (const terminal of terminals.values()) void kill(terminal);
      terminals.clear();
    },
  };
};

/** Whether a command with spaces is the path of a program. */
const isProgram = ({ command, folder }: { readonly command: string; readonly folder: string }): boolean =>
  command.includes('/') && existsSync(resolve(folder, command));

const agentHasEnded = (): ThroughlineError =>
  new ThroughlineError('agent.protocol', 'the agent of this terminal has ended');

type OutputEnd = ReturnType<typeof createOutputEnd>;

/** The end of an output, so many bytes of it: the protocol cuts at the beginning, since the end says how it went. */
const createOutputEnd = (limit: number) => {
  let pieces: Buffer[] = [];
  let length = 0;
  let wasCut = false;
  const cut = (): Buffer => {
    const all = Buffer.concat(pieces, length);
    const end = all.subarray(Math.max(0, length - limit));
    pieces = [end];
    length = end.byteLength;
    return end;
  };
  return {
    add: (bytes: Buffer): void => {
      pieces.push(bytes);
      length += bytes.byteLength;
      wasCut ||= length > limit;
      // Not with each piece: that would copy all that is kept for it.
      if (length > 2 * limit + shortestCutBytes) cut();
    },
    text: (): string => cut().toString('utf8'),
    truncated: (): boolean => wasCut,
  };
};

const started = (child: ChildProcess, command: string): Promise<void> =>
  new Promise((begun, reject) => {
    child.once('spawn', () => begun());
    child.once('error', (cause) =>
      reject(
        new ThroughlineError('agent.protocol', `could not run ${command.slice(0, 200)}: ${cause.message}`, { cause }),
      ),
    );
  });
