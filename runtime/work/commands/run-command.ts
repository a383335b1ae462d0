/**
 * One command of a repository, run by the shell in a folder: a process group of its own, bounded in time and in what is
 * kept of its words. It ends when its shell ends, and what it left running in the background ends with it.
 */
import { spawn } from 'node:child_process';
import type { StoredText } from '../../../actors/protocol/facts/events.ts';
import type { CommandOutcome } from '../../../actors/protocol/facts/work-events.ts';
import { signalGroup, termGraceMs } from '../../processes/process-group.ts';
import { readGently } from '../../processes/read-gently.ts';
import { createTerminalReport } from '../../sessions/terminal-report.ts';

export type CommandEnd = {
  readonly outcome: Exclude<CommandOutcome, 'lost'>;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly output: StoredText;
};

export type CommandOptions = {
  readonly command: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** By this variable its processes are found, wherever they went: of this command alone. */
  readonly mark: string;
  readonly timeoutMs: number;
  /** How much of what it says is kept, in bytes. */
  readonly maxOutputBytes: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Hears what it says, as far as that is kept, at most four times a second. */
  readonly onOutput: (text: string) => void;
  /** Ends what carries a mark. */
  readonly endMarked: (mark: string) => Promise<void>;
};

/** How long the pipes of a shell that has ended are listened to, where somebody else holds them open. */
const outputGraceMs = 200;

/** Runs it to its end, however it ends; never raises. */
export const runCommand = (options: CommandOptions): Promise<CommandEnd> =>
  new Promise((resolve) => {
    const { command, signal, timeoutMs } = options;
    let ended: 'cancelled' | 'timed_out' | null = null;
    let output: StoredText | null = null;
    const report = createTerminalReport({
      terminalId: options.mark,
      maxStoredTextBytes: options.maxOutputBytes,
      tell: (news) => {
        if (news.kind === 'terminal_output') options.onOutput(news.text);
        else output = news.output;
      },
    });
    if (signal.aborted) {
      resolve({ outcome: 'cancelled', exitCode: null, signal: null, output: { text: '' } });
      return;
    }
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: options.folder,
      env: { ...options.environment, THROUGHLINE_RUN: options.mark },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    // There are no streams where a process could not even be tried.
    if (child.stdout) readGently(child.stdout, report.add);
    if (child.stderr) readGently(child.stderr, report.add);

    let killing: NodeJS.Timeout | undefined;
    const end = (why: 'cancelled' | 'timed_out'): void => {
      const { pid } = child;
      if (ended !== null || pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      ended = why;
      signalGroup(pid, 'SIGTERM');
      killing = setTimeout(() => signalGroup(pid, 'SIGKILL'), termGraceMs);
    };
    const cancel = (): void => end('cancelled');
    signal.addEventListener('abort', cancel, { once: true });
    const limit = setTimeout(() => end('timed_out'), timeoutMs);

    let isSettled = false;
    const settle = async (failure: string | null): Promise<void> => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(limit);
      clearTimeout(killing);
      signal.removeEventListener('abort', cancel);
      if (failure !== null) report.add(Buffer.from(failure));
      report.end({ exitCode: child.exitCode, signal: child.signalCode });
      // What left the group carries the mark; where marks are not told, the group was all there is.
      await options.endMarked(options.mark).catch(() => {});
      resolve({
        outcome: ended ?? (child.exitCode === 0 ? 'passed' : 'failed'),
        exitCode: failure === null ? child.exitCode : null,
        signal: child.signalCode,
        output: output ?? { text: '' },
      });
    };
    child.on('error', (error) => {
      if (child.pid === undefined) void settle(`it could not be started: ${error.message}\n`);
    });
    child.on('exit', () => {
      // At once: the number of a group whose leader is gone may be given to others once it is empty.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      // Not from the timer itself: what has come meanwhile is read between it and the next turn.
      setTimeout(() => setImmediate(() => void settle(null)), outputGraceMs);
    });
    child.on('close', () => void settle(null));
  });
