/**
 * One runtime per data directory. The lock is an open exclusive transaction on a small SQLite file: the kernel drops
 * it with the process, however that ends, so there is never a stale one to clean up or to guess about.
 */
import { existsSync, rmSync } from 'node:fs';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { type Database, isSqliteError, Sqlite } from '../../actors/store/file/sqlite.ts';
import { type DataDirectory, ensurePrivateFile, type Owner } from './data-directory.ts';
import { livingOwner } from './living-owner.ts';
import { lockHolder } from './lock-holder.ts';

/** A held lock. */
export type Lock = { readonly release: () => void };

// Somebody who asks `isLocked` holds a shared lock for a moment; that is no reason to refuse a runtime.
const patienceMs = 300;

/**
 * Takes the data directory for this process until `release` or its end.
 * Raises `data.locked`, naming the runtime that has it, and `data.unusable` when the lock cannot be made, as on a disk
 * whose files cannot be locked: where nothing keeps a second one away, there is no first one either.
 */
export const acquireLock = (directory: DataDirectory): Lock => {
  let connection: Database | undefined;
  try {
    ensurePrivateFile(directory.lock);
    connection = new Sqlite(directory.lock, { fileMustExist: true, timeout: patienceMs });
    connection.pragma('journal_mode = DELETE');
    connection.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    connection?.close();
    throw refusal(directory, thrown);
  }
  const taken = connection;
  // A connection that nobody refers to any more is closed by the garbage collector, and the lock goes with it. Whether
  // the caller keeps what it was given must not decide that, so the process itself refers to it, until its end.
  const release = (): void => {
    process.off('exit', release);
    taken.close();
  };
  process.on('exit', release);
  return { release };
};

/**
 * Whether a runtime has the data directory now. Makes nothing where there is nothing.
 * Raises `data.unusable` when the lock cannot be read.
 */
export const isLocked = (directory: DataDirectory): boolean => {
  if (!existsSync(directory.lock)) return false;
  let connection: Database | undefined;
  try {
    connection = new Sqlite(directory.lock, { readonly: true, fileMustExist: true, timeout: 0 });
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (thrown) {
    const error = refusal(directory, thrown);
    if (error.code === 'data.locked') return true;
    throw error;
  } finally {
    connection?.close();
  }
};

/** Why the lock was not given, as one of our errors. */
const refusal = (directory: DataDirectory, thrown: unknown): ThroughlineError => {
  if (hasCode(thrown, /^SQLITE_(BUSY|LOCKED)/)) {
    const owner = livingOwner(directory);
    return owner !== null || canLock(directory) ? locked(directory, owner) : unlockable(directory, thrown);
  }
  return hasCode(thrown, /^SQLITE_IOERR_(RD)?LOCK$/) ? unlockable(directory, thrown) : unusable(directory, thrown);
};

/**
 * Whether files of this folder can be locked. SQLite says BUSY for a lock that somebody else has and for one that the
 * system has none of (ENOLCK); nobody else has one on a file that only we know.
 */
const canLock = (directory: DataDirectory): boolean => {
  const path = `${directory.lock}.${process.pid}.check`;
  try {
    rmSync(path, { force: true });
    ensurePrivateFile(path);
  } catch {
    // What cannot be made tells nothing of locks.
    return true;
  }
  let connection: Database | undefined;
  try {
    connection = new Sqlite(path, { fileMustExist: true, timeout: 0 });
    connection.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (thrown) {
    return !hasCode(thrown, /^SQLITE_BUSY/);
  } finally {
    connection?.close();
    rmSync(path, { force: true });
  }
};

const locked = (directory: DataDirectory, owner: Owner | null): ThroughlineError => {
  if (owner === null) {
    const holder = lockHolder(directory.lock);
    const who = holder === null ? '' : `: process ${holder}`;
    return new ThroughlineError(
      'data.locked',
      `another runtime is starting on ${directory.root}, or just stopping${who}`,
      { hint: 'try again in a moment' },
    );
  }
  const { pid, url } = owner;
  return new ThroughlineError('data.locked', `a runtime already serves ${directory.root}: process ${pid} at ${url}`, {
    hint: 'use that one, end it with `throughline stop`, or choose another folder with --data',
    details: { pid, url },
  });
};

const unlockable = (directory: DataDirectory, cause: unknown): ThroughlineError =>
  new ThroughlineError('data.unusable', `the files in ${directory.root} cannot be locked`, {
    hint: 'move the data folder to a local disk, or choose one there with --data; network and shared folders often have no locks',
    cause,
  });

const unusable = (directory: DataDirectory, cause: unknown): ThroughlineError =>
  new ThroughlineError('data.unusable', `the lock ${directory.lock} cannot be taken: ${messageOf(cause)}`, {
    hint: `see that ${directory.root} can be written; if the file is damaged and no runtime runs, remove it`,
    cause,
  });

const hasCode = (thrown: unknown, code: RegExp): boolean => isSqliteError(thrown) && code.test(thrown.code);

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
