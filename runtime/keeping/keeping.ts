/** Backing up, restoring and repairing a data directory's database. None of it needs the runtime; only a backup may run beside it. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { compareWithMark, readDatabaseId } from '../../actors/store/chain/compare-mark.ts';
import { headMarkPath, readHeadMark } from '../../actors/store/chain/head-mark.ts';
import { readLogEnd } from '../../actors/store/chain/log-end.ts';
import { copyDatabase } from '../../actors/store/file/copy-database.ts';
import { type Database, Sqlite } from '../../actors/store/file/sqlite.ts';
import { openForeign } from '../../actors/store/inspect-foreign.ts';
import { migrate, readMigrations } from '../../actors/store/migrate.ts';
import { asDamage, createStore, damaged } from '../../actors/store/open-store.ts';
import { replaceDatabase, setAsideName } from '../../actors/store/replace-database.ts';
import { orNull } from '../../actors/store/rows-around.ts';
import { type Salvaged, salvage } from '../../actors/store/verify/salvage.ts';
import { verifyLog } from '../../actors/store/verify/verify-log.ts';
import type { DataDirectory } from '../data/data-directory.ts';
import { acquireLock } from '../data/lock.ts';
import { migrationsFolder } from '../threads/thread-entries.ts';

export type Kept = { readonly path: string; readonly events: number; readonly sessions: number };
export type Replaced = Kept & {
  /** Where the database that was there is now; null when there was none. */
  readonly setAside: string | null;
};

/**
 * Writes a whole and verified copy of the database to a new file, also while the runtime runs: the copy is of one moment
 * after the call. Raises `input.invalid` when the file is there, `store.missing`, and `store.damaged` when the database is
 * not what it was: a backup of a damaged one would only look like a backup.
 */
export const backUp = (directory: DataDirectory, file: string): Kept => {
  const path = resolve(file);
  refuseExisting(path);
  const mark = readHeadMark(headMarkPath(directory.database));
  const source = openForeign(directory.database, readMigrations(migrationsFolder()));
  const unfinished = `${path}.unfinished`;
  try {
    const difference = mark.kind === 'mark' ? compareWithMark(source, mark.mark) : null;
    if (difference !== null) throw damaged(`${directory.database} is not what it was: ${difference}`);
    rmSync(unfinished, { force: true });
    copyDatabase(source, unfinished);
  } catch (thrown) {
    throw asDamage(directory.database, thrown);
  } finally {
    source.close();
  }
  try {
    const counts = verifyFile(unfinished, directory.database);
    refuseExisting(path);
    renameSync(unfinished, path);
    return { path, ...counts };
  } finally {
    rmSync(unfinished, { force: true });
  }
};

/**
 * Puts a backup in the database's place, verified first; what was there is set aside under a name that says when.
 * Raises `data.locked` while a runtime runs, and `store.…` for a file that is no whole database of ours.
 */
export const restore = (directory: DataDirectory, file: string, at: Date): Replaced => {
  const lock = acquireLock(directory);
  const unfinished = `${directory.database}.restoring`;
  try {
    const migrations = readMigrations(migrationsFolder());
    const source = openForeign(resolve(file), migrations);
    try {
      rmSync(unfinished, { force: true });
      copyDatabase(source, unfinished);
    } catch (thrown) {
      throw asDamage(file, thrown);
    } finally {
      source.close();
    }
    const counts = verifyFile(unfinished, file);
    return { ...counts, ...putInPlace(directory, unfinished, at) };
  } finally {
    rmSync(unfinished, { force: true });
    lock.release();
  }
};

export type Repaired = Replaced & Pick<Salvaged, 'saved'>;

/**
 * Saves what can be saved of the database into a new one, and sets the damaged one aside. Raises `data.locked` while a
 * runtime runs, `store.missing` when there is nothing to save from, and `store.unreadable` when nothing can be read.
 */
export const repair = (directory: DataDirectory, at: Date): Repaired => {
  const lock = acquireLock(directory);
  const unfinished = `${directory.database}.salvaged`;
  try {
    const mark = readHeadMark(headMarkPath(directory.database));
    const source = openDamaged(directory.database);
    const migrations = readMigrations(migrationsFolder());
    rmSync(unfinished, { force: true });
    let salvaged: Salvaged;
    try {
      createStore(unfinished, migrations);
      const target = new Sqlite(unfinished);
      try {
        salvaged = salvage(source, target, mark.kind === 'mark' ? mark.mark.position : 0);
      } finally {
        target.close();
      }
    } finally {
      source.close();
    }
    verifyFile(unfinished, 'what was saved');
    const { events, saved, sessions } = salvaged;
    return { events, saved, sessions, ...putInPlace(directory, unfinished, at) };
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${unfinished}${suffix}`, { force: true });
    lock.release();
  }
};

const openDamaged = (path: string): Database => {
  if (!existsSync(path)) {
    throw new ThroughlineError('store.missing', `${path} is gone, so there is nothing to save from`, {
      hint: 'put it back, or restore a backup with `throughline restore FILE`',
    });
  }
  const source = new Sqlite(path, { readonly: true });
  source.pragma('trusted_schema = OFF');
  // Otherwise a damaged definition of one index would keep the tables from being read.
  const version = orNull(() => Number(source.pragma('user_version', { simple: true })));
  const tables = orNull(() =>
    source.prepare("SELECT count(*) FROM sqlite_schema WHERE name IN ('session_events', 'log_gaps')").pluck().get(),
  );
  if (version !== null && version >= 3 && tables === 2) return source;
  source.close();
  throw new ThroughlineError('store.unreadable', `${path} cannot be repaired: its first pages say nothing of a log`, {
    hint: 'restore a backup with `throughline restore FILE`; nothing was changed',
  });
};

/** Folds a copy and checks its pages. Raises `store.damaged`; gives what is in it. */
const verifyFile = (path: string, what: string): { readonly events: number; readonly sessions: number } => {
  const database = new Sqlite(path, { readonly: true });
  try {
    const pages = database.pragma('integrity_check(1)', { simple: true });
    if (pages !== 'ok') throw damaged(`${what} is damaged: ${String(pages)}`);
    const report = verifyLog(database);
    if (!report.ok) throw damaged(`${what} is not whole: ${report.difference}`);
    return { events: report.events, sessions: report.sessions };
  } finally {
    database.close();
  }
};

const putInPlace = (directory: DataDirectory, replacement: string, at: Date) => {
  // The newest schema, so that the mark can name the database by its id.
  const database = new Sqlite(replacement);
  migrate(database, replacement, readMigrations(migrationsFolder()), { setsAside: false });
  const mark = { databaseId: readDatabaseId(database) ?? '', ...readLogEnd(database) };
  database.close();
  const aside = setAsideName(directory.database, at);
  const was = replaceDatabase(directory.database, aside, replacement, mark);
  return { path: directory.database, setAside: was ? aside : null };
};

const refuseExisting = (path: string): void => {
  if (existsSync(path)) {
    throw new ThroughlineError('input.invalid', `${path} is there already`, {
      hint: 'a backup overwrites nothing; give another name',
    });
  }
  if (!existsSync(dirname(path))) {
    throw new ThroughlineError('input.invalid', `there is no folder ${dirname(path)}`, { hint: 'make it first' });
  }
};
