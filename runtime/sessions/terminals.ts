/** Commands that an agent has its client run (ACP's terminals): processes of the main thread, ended with their session. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createDeferred } from '../../actors/protocol/facts/deferred.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { HostReply, HostRequest, TerminalExit } from '../../actors/protocol/threads/session-messages.ts';
import { signalGroup, termGraceMs } from '../processes/process-group.ts';
import { readGently } from '../processes/read-gently.ts';

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

export type Terminals = {
  readonly perform: (request: TerminalRequest) => Promise<HostReply>;
  /** Ends them all, also those that are being started. None is made any more. */
  readonly close: () => void;
};

/** The terminals of one agent, at most 32 at a time. `perform` raises `agent.protocol` for what cannot be done. */
export const createTerminals = (options: {
  readonly environment: Readonly<Record<string, string>>;
  readonly mark: string;
}): Terminals => {
  const terminals = new Map<string, Terminal>();
  let next = 1;
  let closed = false;

  const create = async (request: Extract<TerminalRequest, { kind: 'terminal_create' }>): Promise<HostReply> => {
    if (closed) throw agentHasEnded();
    if (terminals.size >= maxTerminals) {
      throw new ThroughlineError('agent.protocol', `no more than ${maxTerminals} terminals at a time`);
    }
    const limit = Math.min(request.outputByteLimit, maxOutputBytes);
    // Agents send either a program with arguments or a whole command line, which is for a shell.
    const isLine = request.arguments.length === 0 && /\s/.test(request.command);
    const child = spawn(isLine ? '/bin/sh' : request.command, isLine ? ['-c', request.command] : request.arguments, {
      cwd: request.folder,
      env: { ...options.environment, ...request.environment, THROUGHLINE_RUN: options.mark },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { promise: exited, resolve: resolveExit } = createDeferred<TerminalExit>();
    const terminal: Terminal = { child, exited, output: createOutputEnd(limit), exit: null };
    // There are no streams where a process could not even be tried.
    if (child.stdout) readGently(child.stdout, terminal.output.add);
    if (child.stderr) readGently(child.stderr, terminal.output.add);
    child.on('close', (exitCode, signal) => {
      terminal.exit = { exitCode, signal };
      resolveExit(terminal.exit);
    });
    const terminalId = `terminal-${next}`;
    next += 1;
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

  const kill = (terminal: Terminal): void => {
    const { pid } = terminal.child;
    if (terminal.exit !== null || pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => terminal.exit === null && signalGroup(pid, 'SIGKILL'), termGraceMs);
    void terminal.exited.then(() => clearTimeout(timer));
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
          kill(terminal);
          return { kind: 'done' };
        case 'terminal_release':
          kill(terminal);
          terminals.delete(request.terminalId);
          return { kind: 'done' };
      }
    },
    close: () => {
      closed = true;
      for (const terminal of terminals.values()) kill(terminal);
      terminals.clear();
    },
  };
};

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
  new Promise((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', (cause) =>
      reject(
        new ThroughlineError('agent.protocol', `could not run ${command.slice(0, 200)}: ${cause.message}`, { cause }),
      ),
    );
  });
