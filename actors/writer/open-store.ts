import { existsSync, renameSync, rmSync } from 'node:fs';
import { ThroughlineError } from '../protocol/error.ts';
import { type Database, Sqlite } from '../sqlite.ts';
import { type Migration, migrate, readMigrations, refuseNewer } from './migrate.ts';
import { makePrivateFile } from './private-file.ts';

/** Marks the file as ours ("THLN"), so that an unrelated database is not taken for a log. */
export const applicationId = 0x54484c4e;

/**
 * Opens the database for writing, creating it at a first start, and migrates it.
 *
 * `synchronous` FULL makes every commit survive a power cut; NORMAL may lose the last commits in one, never after a
 * mere crash. Raises `store.newer`, or `store.unreadable` for a file that is not our database; neither touches it.
 */
export const openStore = (options: {
  readonly path: string;
  readonly migrationsFolder: string;
  readonly synchronous: 'FULL' | 'NORMAL';
}): Database => {
  const { path } = options;
  const migrations = readMigrations(options.migrationsFolder);
  let database: Database | undefined;
  try {
    if (!existsSync(path)) createStore(path, migrations);
    database = new Sqlite(path);
    if (database.pragma('application_id', { simple: true }) !== applicationId) {
      throw new ThroughlineError('store.unreadable', `${path} is not a Throughline database`, {
        hint: 'nothing was changed; use another data folder, or put the right file back',
      });
    }
    refuseNewer(database, path, migrations);
    database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${options.synchronous}`);
    database.pragma('foreign_keys = ON');
    database.pragma('trusted_schema = OFF');
    // What a deleted session held is overwritten, not merely unlinked.
    database.pragma('secure_delete = FAST');
    database.pragma('cache_size = -32000');
    migrate(database, path, migrations);
    return database;
  } catch (thrown) {
    database?.close();
    if (thrown instanceof ThroughlineError) throw thrown;
    throw new ThroughlineError('store.unreadable', `${path} could not be opened: ${messageOf(thrown)}`, {
      hint: 'the file was left as it is',
      cause: thrown,
    });
  }
};

// Made under another name and moved when whole: a file under the real name is never a half-made database, so an
// emptied one is recognised as damage instead of being taken for a first start.
const createStore = (path: string, migrations: readonly Migration[]): void => {
  const unfinished = `${path}.new`;
  for (const leftover of [unfinished, `${unfinished}-journal`]) rmSync(leftover, { force: true });
  makePrivateFile(unfinished);
  const database = new Sqlite(unfinished);
  try {
    // Before the first table: space of deleted sessions can then be given back piece by piece.
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma(`application_id = ${applicationId}`);
    migrate(database, unfinished, migrations);
  } finally {
    database.close();
  }
  renameSync(unfinished, path);
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
