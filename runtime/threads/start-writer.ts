import type { Worker } from 'node:worker_threads';
import type { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { Configuration } from '../data/configuration.ts';
import type { DataDirectory } from '../data/data-directory.ts';
import type { Log } from '../data/log.ts';
import { migrationsFolder } from './thread-entries.ts';
import { startWriterSupervisor, type WriterSupervisor } from './writer-supervisor.ts';

/** Opens a data directory's log and begins an epoch. Raises `store.…` when the database cannot be opened. */
export const startWriter = (options: {
  readonly directory: DataDirectory;
  readonly configuration: Configuration;
  readonly log: Log;
  readonly programVersion: string;
  /** A thread that was loaded beforehand; none loads one. */
  readonly thread?: Worker | null;
  /** The writer could not be kept alive: the process should end, so that a start can begin anew. */
  readonly onGaveUp: (error: ThroughlineError) => void;
}): Promise<WriterSupervisor> =>
  startWriterSupervisor({
    writer: {
      databasePath: options.directory.database,
      migrationsFolder: migrationsFolder(),
      synchronous: options.configuration.synchronous,
      programVersion: options.programVersion,
      pid: process.pid,
    },
    thread: options.thread ?? null,
    log: options.log,
    onGaveUp: options.onGaveUp,
  });
