/**
 * The commands of repositories that run, by session: each is in the log before it begins, what it says is there as it is
 * said, and how it ended. They end with their session, and with the runtime.
 */
import { v7 as uuid } from 'uuid';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../../actors/protocol/facts/events.ts';
import {
  type CommandId,
  type SessionId,
  type Timestamp,
  toCommandId,
  toTimestamp,
} from '../../../actors/protocol/facts/ids.ts';
import type { CommandKind } from '../../../actors/protocol/facts/work-events.ts';
import type { Log } from '../../data/log.ts';
import { type CommandEnd, runCommand } from './run-command.ts';

export type CommandToRun = {
  readonly kind: CommandKind;
  readonly name: string;
  readonly command: string;
  readonly timeoutMs: number;
  readonly why: 'asked' | 'after_run' | 'landing' | 'worktree';
  readonly attempt: number;
  /** The tree that it runs on, where that is known. */
  readonly tree: string | null;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
};

export type RanCommand = CommandEnd & { readonly commandId: CommandId };

export type Commands = {
  /** An id for a command that is to run, which can be cancelled from now on. */
  readonly announce: (session: SessionId) => CommandId;
  /**
   * Runs one to its end. Raises when it cannot be recorded, and has then run nothing. One that was cancelled before its
   * turn is not run, and not in the log: null.
   */
  readonly run: (session: SessionId, command: CommandToRun, announced?: CommandId) => Promise<RanCommand | null>;
  /** Those of a session that run or wait. */
  readonly of: (session: SessionId) => readonly CommandId[];
  /** Takes an announced one back that does not run. */
  readonly forget: (id: CommandId) => void;
  /** Whether there is such a command to cancel. */
  readonly cancel: (session: SessionId, id: CommandId) => boolean;
  /** Cancels all of a session, or of all, and resolves when they are gone. None is begun any more until `open`. */
  readonly close: (session?: SessionId) => Promise<void>;
  /** Takes commands of the session again. */
  readonly open: (session: SessionId) => void;
};

type Live = { readonly session: SessionId; readonly stop: AbortController; ended: Promise<unknown> | null };

const now = (): Timestamp => toTimestamp(Date.now());

export const createCommands = (options: {
  readonly record: (session: SessionId, next: LedgerFact) => Promise<void>;
  /** The mark of one command's processes. */
  readonly markOf: (command: CommandId) => string;
  readonly endMarked: (mark: string) => Promise<void>;
  readonly maxOutputBytes: number;
  readonly log: Log;
}): Commands => {
  const live = new Map<CommandId, Live>();
  const closed = new Set<SessionId>();
  let isClosed = false;

  const announce = (session: SessionId): CommandId => {
    const id = toCommandId(uuid());
    live.set(id, { session, stop: new AbortController(), ended: null });
    return id;
  };

  const run: Commands['run'] = (session, command, announced) => {
    const commandId = announced ?? announce(session);
    const its = live.get(commandId);
    if (its === undefined || its.stop.signal.aborted || isClosed || closed.has(session)) {
      live.delete(commandId);
      return Promise.resolve(null);
    }
    const running = carryOut(session, commandId, command, its.stop.signal).finally(() => live.delete(commandId));
    its.ended = running.catch(() => {});
    return running;
  };

  const carryOut = async (
    session: SessionId,
    commandId: CommandId,
    command: CommandToRun,
    signal: AbortSignal,
  ): Promise<RanCommand> => {
    const { kind, name, why, attempt, tree } = command;
    await options.record(
      session,
      fact('command_started', { commandId, kind, name, command: command.command, why, attempt, tree }, now()),
    );
    // One after the other, so that they are in the log in their order; what they hold is bounded as what is kept is.
    let told: Promise<unknown> = Promise.resolve();
    const end = await runCommand({
      ...command,
      mark: options.markOf(commandId),
      maxOutputBytes: options.maxOutputBytes,
      signal,
      endMarked: options.endMarked,
      onOutput: (text) => {
        told = told
          .then(() => options.record(session, fact('command_output', { commandId, text }, now())))
          .catch((error) => options.log.error('what a command said was not recorded', { session, error }));
      },
    });
    await told;
    await options
      .record(session, fact('command_ended', { commandId, kind, name, ...end }, now()))
      .catch((error) => options.log.error('the end of a command was not recorded', { session, error }));
    return { ...end, commandId };
  };

  return {
    announce,
    run,
    of: (session) => [...live].flatMap(([id, each]) => (each.session === session ? [id] : [])),
    forget: (id) => {
      if (live.get(id)?.ended === null) live.delete(id);
    },
    cancel: (session, id) => {
      const its = live.get(id);
      if (its?.session !== session) return false;
      its.stop.abort();
      return true;
    },
    close: async (session) => {
      if (session === undefined) isClosed = true;
      else closed.add(session);
      const ending = [...live.values()].filter((each) => session === undefined || each.session === session);
      for (const { stop } of ending) stop.abort();
      await Promise.all(ending.map(({ ended }) => ended));
    },
    open: (session) => void closed.delete(session),
  };
};

/** What a command that failed is told as: how it ended, in a few words. */
export const endWords = ({ outcome, exitCode, signal }: Omit<CommandEnd, 'output'>): string => {
  if (outcome !== 'failed') return outcome.replaceAll('_', ' ');
  return exitCode === null ? `failed (${signal ?? 'it did not begin'})` : `failed (exit code ${exitCode})`;
};

/** As an error: what the person is told where a command had to pass. */
export const commandFailed = (what: string, end: CommandEnd): ThroughlineError => {
  const last = end.output.text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  const said = last === '' ? '' : `: ${last.slice(0, 300)}`;
  return new ThroughlineError('check.failed', `${what} ${endWords(end)}${said}`);
};
