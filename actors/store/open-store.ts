import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { compareWithMark } from './chain/compare-mark.ts';
import { type FoundMark, headMarkPath, readHeadMark } from './chain/head-mark.ts';
import { isCorruption } from './file/corruption.ts';
import { diskTrouble } from './file/disk-error.ts';
import { flushToDisk } from './file/flush-to-disk.ts';
import { makePrivateFile } from './file/private-file.ts';
import { type Database, isSqliteError, Sqlite } from './file/sqlite.ts';
import { type Migration, migrate, readMigrations, refuseNewer } from './migrate.ts';

/** Marks the file as ours ("THLN"), so that an unrelated database is not taken for a log. */
export const applicationId = 0x54484c4e;

/**
 * Opens the database for writing, creating it at a first start, and migrates it.
 *
 * `synchronous` FULL makes every commit survive a power cut; NORMAL may lose the last commits in one, never after a
 * mere crash. Raises `store.newer`, `store.unreadable` for a file that is not our database, and `store.damaged` for one
 * that is damaged, emptied, gone, or lacks what its head mark remembers. None of them touches it: whether a damaged
 * database is set aside, and what becomes of it, is decided by its owner.
 */
export const openStore = (options: {
  readonly path: string;
  readonly migrationsFolder: string;
  readonly synchronous: 'FULL' | 'NORMAL';
}): Database => {
  const { path } = options;
  const migrations = readMigrations(options.migrationsFolder);
  const mark = readHeadMark(headMarkPath(path));
  let database: Database | undefined;
  try {
    if (existsSync(path)) inspectStore(path, mark, migrations);
    else {
      refuseLoss(path, mark);
      createStore(path, migrations);
    }
    database = new Sqlite(path);
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
    throw asStoreError(path, thrown);
  }
};

/** What keeps a database from being used, as one of ours. */
export const asStoreError = (path: string, thrown: unknown): ThroughlineError => {
  const error = asDamage(path, thrown);
  if (error instanceof ThroughlineError) return error;
  const trouble = diskTrouble(thrown);
  const why = trouble === null ? messageOf(thrown) : `${trouble.says} (${messageOf(thrown)})`;
  return new ThroughlineError(trouble?.code ?? 'store.unreadable', `${path} could not be opened: ${why}`, {
    hint: `${trouble === null ? '' : `${trouble.hint}; `}the file was left as it is`,
    cause: thrown,
  });
};

/** What was thrown; where SQLite says that the file is damaged, as `store.damaged`. */
export const asDamage = (path: string, thrown: unknown): unknown =>
  isCorruption(thrown) ? damaged(`${path} is damaged: ${thrown.message}`, thrown) : thrown;

/** The one way in which a person is told of damage: what it is, that nothing was touched, and what to do. */
export const damaged = (message: string, cause?: unknown): ThroughlineError => {
  const hint =
    'nothing was changed, and what can be read is shown; `throughline doctor` says more, `throughline doctor --repair` saves what can be saved, `throughline restore FILE` goes back to a backup';
  return new ThroughlineError('store.damaged', message, cause === undefined ? { hint } : { hint, cause });
};

const inspectStore = (path: string, mark: FoundMark, migrations: readonly Migration[]): void => {
  try {
    inspect(path, mark, migrations);
  } catch (thrown) {
    if (!isSqliteError(thrown) || thrown.code !== 'SQLITE_READONLY_ROLLBACK') throw thrown;
    rollBack(path);
    inspect(path, mark, migrations);
  }
};

// A process that was killed while it turned on the write-ahead log, the one transaction that is not in it, left a journal
// to be rolled back. SQLite reads nothing before that is done, and only a connection that writes may do it.
const rollBack = (path: string): void => {
  const database = new Sqlite(path);
  try {
    database.pragma('schema_version');
  } finally {
    database.close();
  }
};

// By a read-only connection: one that writes would copy what is left of a damaged write-ahead log into the database
// when it is closed, and delete the rest.
const inspect = (path: string, mark: FoundMark, migrations: readonly Migration[]): void => {
  const database = new Sqlite(path, { readonly: true });
  try {
    database.pragma('trusted_schema = OFF');
    refuseForeign(database, path);
    refuseNewer(database, path, migrations);
    const difference = mark.kind === 'mark' ? compareWithMark(database, mark.mark) : null;
    if (difference !== null) throw damaged(`${path} is not what it was: ${difference}`);
  } finally {
    database.close();
  }
};

/** Raises `store.unreadable` for a database of somebody else, and `store.damaged` for an emptied one. */
export const refuseForeign = (database: Database, path: string): void => {
  if (statSync(path).size === 0) throw damaged(`${path} has been emptied`);
  if (database.pragma('application_id', { simple: true }) === applicationId) return;
  throw new ThroughlineError('store.unreadable', `${path} is not a Throughline database`, {
    hint: 'nothing was changed; use another data folder, or put the right file back',
  });
};

/** Raises `store.damaged` where there is no database, but something speaks of one. */
export const refuseLoss = (path: string, mark: FoundMark): void => {
  if (mark.kind === 'mark') {
    throw damaged(`${path} is gone: it held the log up to position ${mark.mark.position}`);
  }
  if (mark.kind === 'unreadable') throw damaged(`${path} is gone, and the mark beside it is damaged`);
  if (existsSync(`${path}-wal`)) throw damaged(`${path} is gone, and left its write-ahead log behind`);
};

// Made under another name and moved when whole: a file under the real name is never a half-made database, so an
// emptied one is recognised as damage instead of being taken for a first start.
export const createStore = (path: string, migrations: readonly Migration[]): void => {
  const unfinished = `${path}.new`;
  for (const leftover of [unfinished, `${unfinished}-journal`]) rmSync(leftover, { force: true });
  makePrivateFile(unfinished);
  const database = new Sqlite(unfinished);
  try {
    // Before the first table: space of deleted sessions can then be given back piece by piece.
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma(`application_id = ${applicationId}`);
    // Nothing of it counts before it has its name, so it is flushed once, as a whole.
    database.pragma('synchronous = OFF');
    migrate(database, unfinished, migrations);
  } finally {
    database.close();
  }
  flushToDisk(unfinished);
  renameSync(unfinished, path);
  flushToDisk(dirname(path));
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
