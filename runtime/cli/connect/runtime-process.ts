/** Starts the runtime of a data directory in the background where none runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Client } from '../../client/client.ts';
import { findRuntime } from '../../client/find-runtime.ts';
import { type DataDirectory, openDataDirectory } from '../../data/data-directory.ts';
import { isLocked } from '../../data/lock.ts';
import { exitCodes } from '../invocation/exit-codes.ts';
import { sanitiseLine } from '../text/sanitise.ts';

const startTimeLimitMs = 15_000;
const pollMs = 25;
const maxAttempts = 3;
const quotedLogLines = 3;

export type StartOptions = {
  /** The program that is run as `SCRIPT serve`, with Node's own flags before it. */
  readonly script: readonly string[];
  readonly port?: number | undefined;
  /** A file for what agents say and hear; by default what THROUGHLINE_DEBUG_WIRE names. */
  readonly debugWire?: string | undefined;
  /** Variables for it and all that it starts, above those that are inherited; of no effect on one that runs already. */
  readonly environment?: Readonly<Record<string, string>>;
};

/**
 * The runtime that serves this data directory; started in the background if there is none.
 * When two start one at the same moment, one of them gets the lock and both use that one.
 * Raises `runtime.start_failed`, quoting the end of its log.
 */
export const ensureRuntime = async (directory: DataDirectory, options: StartOptions): Promise<Client> =>
  (await findRuntime(directory)) ?? (await startRuntime(openDataDirectory(directory.root), options));

/** What runs this very program again: from its source under tsx as well as from its bundle. */
export const thisProgram = (): readonly string[] => [...process.execArgv, process.argv[1] ?? ''];

const startRuntime = async (directory: DataDirectory, options: StartOptions): Promise<Client> => {
  const deadline = Date.now() + startTimeLimitMs;
  // A runtime that is just stopping still has the lock for a moment: it goes, and then a start is tried again.
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const child = launch(directory, options);
    const client = await untilAnswers(directory, child, deadline);
    if (client !== null) return client;
  }
  throw startFailed(directory, 'it refused to start');
};

const launch = (directory: DataDirectory, { script, port, debugWire, environment }: StartOptions): ChildProcess => {
  const wire = debugWire ?? process.env.THROUGHLINE_DEBUG_WIRE;
  const log = openSync(
    directory.log,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0),
    0o600,
  );
  try {
    const child = spawn(
      process.execPath,
      [
        ...script,
        'serve',
        '--detached',
        '--data',
        directory.root,
        ...(port === undefined ? [] : ['--port', String(port)]),
      ],
      // Its own session, so that a Ctrl-C here does not reach it; not this folder, so that it can be removed.
      {
        detached: true,
        stdio: ['ignore', log, log],
        cwd: dirname(script.at(-1) ?? '.'),
        windowsHide: true,
        // An agent that starts a runtime marks its descendants for its own end; the runtime is not one of them.
        // It works in another folder, so a path has to be whole.
        env: {
          ...process.env,
          ...environment,
          THROUGHLINE_RUN: undefined,
          THROUGHLINE_DEBUG_WIRE: wire ? resolve(wire) : undefined,
        },
      },
    );
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
};

/** Waits for whichever runtime gets the lock. Null: nobody has it any more, so a start can be tried again. */
const untilAnswers = async (
  directory: DataDirectory,
  child: ChildProcess,
  deadline: number,
): Promise<Client | null> => {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  while (Date.now() < deadline) {
    const client = await findRuntime(directory);
    if (client !== null) return client;
    if (failure !== undefined) throw startFailed(directory, failure.message, failure);
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended && child.exitCode !== exitCodes.refused) {
      throw startFailed(directory, `it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`);
    }
    if (ended && !isLocked(directory)) return null;
    await delay(pollMs);
  }
  throw startFailed(directory, `it did not answer within ${startTimeLimitMs / 1000} s`);
};

const startFailed = (directory: DataDirectory, what: string, cause?: unknown): ThroughlineError => {
  const quoted = lastLogLines(directory.log);
  const message = `the runtime could not be started: ${what}${quoted === '' ? '' : `; it said: ${quoted}`}`;
  const hint = `the whole log is ${directory.log}`;
  return new ThroughlineError('runtime.start_failed', message, cause === undefined ? { hint } : { hint, cause });
};

const lastLogLines = (path: string): string => {
  try {
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return sanitiseLine(lines.slice(-quotedLogLines).join(' '));
  } catch {
    return '';
  }
};
