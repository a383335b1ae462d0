/**
 * The runtime as a process: opens the data directory, starts the actors in order, and stops them in reverse (graceful
 * shutdown).
 */

import type { Worker } from 'node:worker_threads';
import { createDeferred } from '../actors/protocol/facts/deferred.ts';
import { asThroughlineError } from '../actors/protocol/facts/error.ts';
import packageJson from '../package.json' with { type: 'json' };
import { secretValues, withheldVariables } from './agents/agent-environment.ts';
import { readConfiguration } from './data/configuration.ts';
import {
  type DataDirectory,
  ensureToken,
  openDataDirectory,
  readOwner,
  removeOwner,
  writeOwner,
} from './data/data-directory.ts';
import { readLastPort, writeLastPort } from './data/last-port.ts';
import { acquireLock } from './data/lock.ts';
import { type Log, openLog } from './data/log.ts';
import type { Gateway } from './gateway/start-gateway.ts';
import { processStartedAt } from './processes/process-start.ts';
import type { Runtime } from './surface.ts';
import { startWriter } from './threads/start-writer.ts';
import type { WriterSupervisor } from './threads/writer-supervisor.ts';

export type ServeOptions = {
  readonly dataDirectory: string;
  /** 0 or none takes any free port. */
  readonly port?: number | undefined;
  /** Says on the terminal where it is and what to do next; otherwise only the log speaks. */
  readonly foreground: boolean;
  /** The writer's thread, if it was loaded beforehand; it is ended when the runtime cannot start. */
  readonly writerThread: Worker | null;
};

const failedExitCode = 1;
const ownerCheckMs = 5_000;

/**
 * Runs until it is asked to stop (SIGINT, SIGTERM, `throughline stop`) and gives the exit code: 0 after a clean stop.
 * Raises `data.…`, `store.…`, `input.invalid` and `runtime.start_failed` for what keeps it from starting.
 */
export const serve = async (options: ServeOptions): Promise<number> => {
  // An agent's mark is for that agent's descendants; ours are marked anew.
  delete process.env.THROUGHLINE_RUN;
  const directory = openDataDirectory(options.dataDirectory);
  const lock = acquireLock(directory);
  let runtime: Runtime | null = null;
  let gateway: Gateway | null = null;
  try {
    const configuration = readConfiguration(directory);
    const token = ensureToken(directory);
    const given = Object.values(configuration.agents).flatMap(({ env }) => secretValues(env));
    const log = openLog({ path: directory.log, secrets: [token, ...secretValues(process.env), ...given] });
    const { promise: ended, resolve: end } = createDeferred<number>();
    const programVersion = packageJson.version;
    // From here on a signal ends it cleanly, also one that comes while it is starting.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        log.info('asked to stop', { signal });
        end(0);
      });
    }
    process.on('uncaughtException', (error) => {
      log.error('an unexpected error ends the runtime', { error });
      end(failedExitCode);
    });
    process.on('unhandledRejection', (error) => log.error('an error was not handled', { error }));

    // The writer's thread loads and opens the database while this one loads the rest.
    const starting = startWriter({
      directory,
      configuration,
      log,
      programVersion,
      thread: options.writerThread,
      onGaveUp: () => end(failedExitCode),
    }).catch((thrown) => insteadOf(thrown, directory, log));
    const [{ createRuntime }, { startGateway }, writer] = await Promise.all([
      import('./runtime.ts'),
      import('./gateway/start-gateway.ts'),
      starting,
    ]);
    runtime = await createRuntime({ directory, configuration, log, programVersion, writer });
    gateway = await startGateway({
      runtime,
      token,
      port: options.port,
      preferredPort: readLastPort(directory),
      version: programVersion,
      log,
      onStopRequested: () => end(0),
    });
    const { url } = gateway;
    const startedAt = processStartedAt(process.pid) ?? 'unknown';
    writeLastPort(directory, gateway.port);
    writeOwner(directory, { pid: process.pid, startedAt, url, version: programVersion });
    log.info('the runtime has started', { pid: process.pid, url, position: runtime.head(), version: programVersion });
    const withheld = withheldVariables(process.env, configuration.passEnvironment);
    if (withheld.length > 0) log.info('variables that agents do not get', { names: withheld });
    if (options.foreground) greet(gateway.windowUrl(), url, directory.root);

    const watch = setInterval(() => {
      if (isStillOurs(directory)) return;
      log.error('the data directory is gone or serves another runtime');
      end(failedExitCode);
    }, ownerCheckMs).unref();

    const exitCode = await ended;
    clearInterval(watch);
    await gateway.close();
    await runtime.stop();
    // Whoever began the data directory anew is named there now; without its name it would end, too.
    if (isStillOurs(directory)) removeOwner(directory);
    log.info('the runtime has stopped', { exitCode });
    log.close();
    return exitCode;
  } catch (thrown) {
    await gateway?.close();
    await runtime?.stop().catch(() => {});
    await options.writerThread?.terminate();
    throw asThroughlineError(thrown);
  } finally {
    lock.release();
  }
};

/** A damaged database is not written any more, but shown: whoever has sessions in it can see what was. */
const insteadOf = async (thrown: unknown, directory: DataDirectory, log: Log): Promise<WriterSupervisor> => {
  const error = asThroughlineError(thrown);
  if (error.code !== 'store.damaged') throw error;
  const { createRefusingWriter } = await import('./threads/refusing-writer.ts');
  const writer = createRefusingWriter(directory.database, error);
  log.error('the database is damaged: it is only read', { error });
  return writer;
};

/** A runtime whose data directory was deleted under it would go on for ever, with its agents and for nobody. */
const isStillOurs = (directory: DataDirectory): boolean => {
  try {
    return readOwner(directory)?.pid === process.pid;
  } catch {
    return false;
  }
};

const greet = (windowUrl: string, url: string, root: string): void => {
  process.stdout.write(
    [
      `Throughline runs at ${url}`,
      `  data    ${root}`,
      '',
      'The window, in a browser (this link works once, for a minute; `throughline` gives another):',
      `  ${windowUrl}`,
      '',
      'In another terminal:',
      '  throughline run "say hello" --agent rehearsal --wait   a first session, no key needed',
      '  throughline list                                       what runs, and what ran',
      '  throughline agents                                     which agents can be used here',
      '',
      'Ctrl-C stops the runtime; sessions that run come back as restored.',
      '',
    ].join('\n'),
  );
};
