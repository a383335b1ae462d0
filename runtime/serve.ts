/** The runtime as a process: signals, what a terminal is told, the exit code. */

import type { Worker } from 'node:worker_threads';
import { createDeferred } from '../actors/protocol/facts/deferred.ts';
import type { Log } from './data/log.ts';
import { openRuntime } from './open-runtime.ts';

export type ServeOptions = {
  readonly dataDirectory: string;
  /** 0 or none takes any free port. */
  readonly port?: number | undefined;
  /** A file to write down in what agents say and hear. */
  readonly debugWire: string | undefined;
  /** Says on the terminal where it is and what to do next, or says it as a line of JSON; otherwise only the log speaks. */
  readonly foreground: boolean;
  readonly json: boolean;
  /** A command that can be typed next, in another terminal. */
  readonly suggest: (...words: readonly string[]) => string;
  /** The writer's thread, if it was loaded beforehand; it is ended when the runtime cannot start. */
  readonly writerThread: Worker | null;
};

const failedExitCode = 1;
const ownerCheckMs = 5_000;

/**
 * Runs until it is asked to stop (SIGINT, SIGTERM, `throughline stop`) and gives the exit code: 0 after a clean stop.
 * Raises what `openRuntime` raises.
 */
export const serve = async (options: ServeOptions): Promise<number> => {
  const { dataDirectory, port, debugWire, foreground, writerThread } = options;
  // An agent's mark is for that agent's descendants; ours are marked anew.
  delete process.env.THROUGHLINE_RUN;
  const { promise: ended, resolve: end } = createDeferred<number>();
  const opened = await openRuntime(
    {
      dataDirectory,
      port,
      debugWire,
      onStopRequested: () => end(0),
      onGaveUp: () => end(failedExitCode),
    },
    // From then on a signal ends it cleanly, also one that comes while it is starting.
    { writerThread, onStarting: (log) => hearTheSystem(log, end) },
  );
  const { gateway } = opened;
  if (foreground && gateway !== null) {
    if (options.json)
      process.stdout.write(`${JSON.stringify({ url: gateway.url, pid: process.pid, data: dataDirectory })}\n`);
    else greet(gateway.windowUrl(), gateway.url, options);
  }

  // A runtime whose data directory was deleted under it would go on for ever, with its agents and for nobody.
  const watch = setInterval(() => {
    if (opened.isServing()) return;
    opened.log.error('the data directory is gone or serves another runtime');
    end(failedExitCode);
  }, ownerCheckMs).unref();

  const exitCode = await ended;
  clearInterval(watch);
  await opened.close();
  return exitCode;
};

const hearTheSystem = (log: Log, end: (exitCode: number) => void): void => {
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
};

const greet = (windowUrl: string, url: string, { dataDirectory, suggest }: ServeOptions): void => {
  const next = [
    [suggest('run', 'say hello', '--agent', 'rehearsal', '--wait'), 'a first session, no key needed'],
    [suggest('list'), 'what runs, and what ran'],
    [suggest('agents'), 'which agents can be used here'],
  ] as const;
  const width = Math.max(...next.map(([command]) => command.length));
  process.stdout.write(
    [
      `Throughline runs at ${url}`,
      `  data    ${dataDirectory}`,
      '',
      `The window, in a browser (this link works once, for a minute; \`${suggest('window', '--print')}\` gives another):`,
      `  ${windowUrl}`,
      '',
      'In another terminal:',
      ...next.map(([command, does]) => `  ${command.padEnd(width)}   ${does}`),
      '',
      'Ctrl-C stops the runtime; sessions that run come back as restored.',
      '',
    ].join('\n'),
  );
};
