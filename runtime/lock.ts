/**
 * One runtime per data directory. The lock is an open exclusive transaction on a small SQLite file: the kernel drops
 * it with the process, however that ends, so there is never a stale one to clean up or to guess about.
 */
import { existsSync } from 'node:fs';
import { ThroughlineError } from '../actors/protocol/error.ts';
import { type Database, Sqlite } from '../actors/sqlite.ts';
import { type DataDirectory, ensurePrivateFile, type Owner, readOwner } from './data-directory.ts';
import { processStartedAt } from './process-start.ts';

/** A held lock. */
export type Lock = { readonly release: () => void };

// Somebody who asks `isLocked` holds a shared lock for a moment; that is no reason to refuse a runtime.
const patienceMs = 300;

/**
 * Takes the data directory for this process until `release` or its end.
 * Raises `data.locked`, naming the runtime that has it, and `data.unusable` when the lock cannot be made.
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
    throw isBusy(thrown) ? locked(directory) : unusable(directory, thrown);
  }
  const taken = connection;
  held.add(taken);
  return {
    release: () => {
      held.delete(taken);
      taken.close();
    },
  };
};

// A connection that nobody refers to any more is closed by the garbage collector, and the lock goes with it: whether
// the caller keeps what it was given must not decide that.
const held = new Set<Database>();

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
    if (isBusy(thrown)) return true;
    throw unusable(directory, thrown);
  } finally {
    connection?.close();
  }
};

/** The runtime that serves the data directory, if the owner file speaks of a process that lives; null otherwise. */
export const livingOwner = (directory: DataDirectory): Owner | null => {
  const owner = readOwner(directory);
  return owner !== null && processStartedAt(owner.pid) === owner.startedAt ? owner : null;
};

const locked = (directory: DataDirectory): ThroughlineError => {
  const owner = livingOwner(directory);
  if (owner === null) {
    return new ThroughlineError('data.locked', `another runtime is starting on ${directory.root}, or just stopping`, {
      hint: 'try again in a moment',
    });
  }
  const { pid, url } = owner;
  return new ThroughlineError('data.locked', `a runtime already serves ${directory.root}: process ${pid} at ${url}`, {
    hint: 'use that one, end it with `throughline stop`, or choose another folder with --data',
    details: { pid, url },
  });
};

const unusable = (directory: DataDirectory, cause: unknown): ThroughlineError =>
  new ThroughlineError(
    'data.unusable',
    `the lock ${directory.lock} cannot be taken: ${cause instanceof Error ? cause.message : String(cause)}`,
    { hint: `see that ${directory.root} can be written; if the file is damaged and no runtime runs, remove it`, cause },
  );

const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Sqlite.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(thrown.code);
