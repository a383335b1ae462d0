/**
 * The runtime, composed: data directory, lock, settings, log, writer, runtime, gateway, in this order, and ended in
 * reverse. The program, the tests and whoever has Throughline as a library begin here.
 */
import type { Worker } from 'node:worker_threads';
import { asThroughlineError, type ThroughlineError } from '../actors/protocol/facts/error.ts';
import packageJson from '../package.json' with { type: 'json' };
import { secretValues, withheldVariables } from './agents/agent-environment.ts';
import { type Configuration, parseSettings, readConfiguration, type Settings } from './data/configuration.ts';
import {
  type DataDirectory,
  ensureToken,
  openDataDirectory,
  readOwner,
  removeOwner,
  writeOwner,
} from './data/data-directory.ts';
import { readLastPort, writeLastPort } from './data/last-port.ts';
import { createLiveSettings, type SettingsTaken } from './data/live-settings.ts';
import { acquireLock, type Lock } from './data/lock.ts';
import { type Log, type LogLevel, openLog } from './data/log.ts';
import type { WallClock } from './limits/wall-clock.ts';
import { processStartedAt } from './processes/process-start.ts';
import type { Faults, Runtime } from './surface.ts';
import { startWriter } from './threads/start-writer.ts';
import type { WriterSupervisor } from './threads/writer-supervisor.ts';

export type OpenRuntimeOptions = {
  /** The folder that holds everything; made for its owner alone (0700) if there is none. One runtime has it at a time. */
  readonly dataDirectory: string;
  /** In place of what the data directory's `config.json` says; what is left out has its default. */
  readonly settings?: Settings | undefined;
  /**
   * Where the gateway listens on loopback; 0 takes any free port, as does none unless the last one is free. Null opens
   * no gateway: then nobody but the caller reaches the runtime.
   */
  readonly port?: number | null | undefined;
  /** A file to write down in what agents say and hear, as lines of JSON without secrets; none by default. */
  readonly debugWire?: string | undefined;
  /** Hears each line of `runtime.log`: readable, without secrets, on one line. */
  readonly onLog?: ((text: string, level: LogLevel, message: string) => void) | undefined;
  /** Somebody asked for the end over the gateway (`throughline stop`). To close is up to this; without it, it closes. */
  readonly onStopRequested?: (() => void) | undefined;
  /** The writer could not be kept alive: every command is refused from now on. Without this the runtime closes. */
  readonly onGaveUp?: ((error: ThroughlineError) => void) | undefined;
};

/** What the program, and tests of faults, put in besides. */
export type RuntimeParts = {
  /** The writer's thread, if it was loaded beforehand; it is ended when the runtime cannot start. */
  readonly writerThread?: Worker | null | undefined;
  /** The data directory is ours and its log is open; nothing is started yet. */
  readonly onStarting?: ((log: Log) => void) | undefined;
  /** By which paused sessions go on. */
  readonly clock?: WallClock | undefined;
};

/** Where the runtime is reached from outside of this process. */
export type OpenedGateway = {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** What every request has to show, as `Authorization: Bearer TOKEN`. It is the data directory's, in its file `token`. */
  readonly token: string;
  /** A new one-time URL of the window, valid for a minute. */
  readonly windowUrl: () => string;
};

export type OpenedRuntime = {
  readonly runtime: Runtime;
  /** Null when none was asked for. */
  readonly gateway: OpenedGateway | null;
  readonly log: Log;
  /** False when the data directory was deleted or begun anew by another runtime, so that nobody finds this one any more. */
  readonly isServing: () => boolean;
  /**
   * Stops every actor in order and gives the data directory back. Sessions that run come back as restored at the next
   * start. Idempotent.
   */
  readonly close: () => Promise<void>;
  readonly faults: Faults;
};

/**
 * Opens a data directory and starts a runtime on it, in this process and its threads. Raises `data.…` (another runtime
 * has it, somebody else could write in it), `input.invalid` (settings), `store.…` (its database cannot be opened) and
 * `runtime.start_failed` (the port is taken), with nothing left open. A damaged database is opened all the same and only
 * read: see `Runtime.readOnly`.
 */
export const openRuntime = async (options: OpenRuntimeOptions, parts: RuntimeParts = {}): Promise<OpenedRuntime> => {
  const directory = openDataDirectory(options.dataDirectory);
  const lock = acquireLock(directory);
  try {
    return await startOn(directory, lock, options, parts);
  } catch (thrown) {
    await parts.writerThread?.terminate();
    lock.release();
    throw asThroughlineError(thrown);
  }
};

const secretsOf = ({ agents }: Configuration): readonly string[] =>
  Object.values(agents).flatMap(({ env }) => secretValues(env));

const startOn = async (
  directory: DataDirectory,
  lock: Lock,
  options: OpenRuntimeOptions,
  { writerThread = null, onStarting, clock }: RuntimeParts,
): Promise<OpenedRuntime> => {
  const { settings, port } = options;
  const begunWith = settings === undefined ? readConfiguration(directory) : parseSettings(settings);
  const token = ensureToken(directory);
  const secrets = [token, ...secretValues(process.env), ...secretsOf(begunWith)];
  // What writes down what is said leaves out the secrets that it has known from its beginning.
  const known = new Set(secrets);
  const live = createLiveSettings(begunWith, (name, next) =>
    name === 'agents' ? secretsOf(next).every((secret) => known.has(secret)) : true,
  );
  const configuration = live.current;
  const takeUpSettings = (): SettingsTaken => {
    if (settings !== undefined) return { taken: [], restart: [] };
    const taken = live.takeUp(readConfiguration(directory));
    log.info('settings were read again', taken);
    return taken;
  };
  const log = openLog({
    path: directory.log,
    secrets,
    ...(options.onLog && { pretty: options.onLog }),
  });
  const programVersion = packageJson.version;
  // What ends each thing that is open, in the order they were opened. It is worked through backwards, also when the next
  // thing cannot be opened, and to its end, also when one of them fails.
  const ends: (() => unknown)[] = [lock.release, log.close];
  const endAll = async (): Promise<void> => {
    const end = ends.pop();
    if (end === undefined) return;
    try {
      await end();
    } finally {
      await endAll();
    }
  };
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= endAll();
    return closed;
  };
  const { onStopRequested = () => void close(), onGaveUp = () => void close() } = options;

  try {
    onStarting?.(log);
    // The writer's thread loads and opens the database while this one loads the rest.
    const starting = startWriter({
      directory,
      configuration,
      log,
      programVersion,
      thread: writerThread,
      onGaveUp,
    }).catch((thrown) => insteadOf(thrown, directory, log));
    // One that is still coming up when something else has failed is waited for; the runtime stops it by itself.
    ends.push(() =>
      starting.then(
        (writer) => writer.stop(),
        () => {},
      ),
    );
    const [{ createRuntime }, gateways, writer] = await Promise.all([
      import('./runtime.ts'),
      port === null ? null : import('./gateway/start-gateway.ts'),
      starting,
    ]);
    const debugWire =
      options.debugWire === undefined
        ? null
        : (await import('./sessions/debug-wire.ts')).openDebugWire(options.debugWire, { secrets, log });
    if (debugWire !== null) ends.push(debugWire.close);
    const runtime = await createRuntime({
      directory,
      configuration,
      takeUpSettings,
      log,
      programVersion,
      debugWire,
      writer,
      clock,
    });
    ends.push(() => leave(directory, log), runtime.stop);
    const gateway =
      gateways &&
      (await gateways.startGateway({
        runtime,
        token,
        port: port ?? undefined,
        preferredPort: readLastPort(directory),
        version: programVersion,
        log,
        onStopRequested,
      }));
    if (gateway !== null) {
      ends.push(gateway.close);
      const startedAt = processStartedAt(process.pid) ?? 'unknown';
      writeLastPort(directory, gateway.port);
      writeOwner(directory, { pid: process.pid, startedAt, url: gateway.url, version: programVersion });
    }
    log.info('the runtime has started', {
      pid: process.pid,
      url: gateway?.url,
      position: runtime.head(),
      version: programVersion,
    });
    const withheld = withheldVariables(process.env, configuration.passEnvironment);
    if (withheld.length > 0) log.info('variables that agents do not get', { names: withheld });
    return {
      runtime,
      gateway: gateway && { url: gateway.url, port: gateway.port, token, windowUrl: gateway.windowUrl },
      log,
      isServing: () => gateway === null || isOwner(directory),
      close,
      faults: runtime.faults,
    };
  } catch (thrown) {
    await endAll().catch(() => {});
    throw thrown;
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

const isOwner = (directory: DataDirectory): boolean => {
  try {
    return readOwner(directory)?.pid === process.pid;
  } catch {
    return false;
  }
};

const leave = (directory: DataDirectory, log: Log): void => {
  // Whoever began the data directory anew is named there now; without its name it would end, too.
  if (isOwner(directory)) removeOwner(directory);
  log.info('the runtime has stopped');
};
