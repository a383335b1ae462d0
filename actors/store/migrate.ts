import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { chainExisting } from './chain/chain-existing.ts';
import { copyDatabase } from './file/copy-database.ts';
import { isCorruption } from './file/corruption.ts';
import type { Database } from './file/sqlite.ts';

export type Migration = { readonly version: number; readonly name: string; readonly sql: string };

/** What a step computes that SQL alone cannot, after its file and in the same transaction. */
const computedBy: Readonly<Record<number, (database: Database) => void>> = { 3: chainExisting };

/** The numbered SQL files of a folder (`0001-name.sql`), in order. Raises `internal` when a number is missing. */
export const readMigrations = (folder: string): readonly Migration[] => {
  const migrations = readdirSync(folder)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort()
    .map((file) => ({ version: Number(file.slice(0, 4)), name: file, sql: readFileSync(join(folder, file), 'utf8') }));
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1) {
      throw new ThroughlineError('internal', `the migration after ${index} is missing in ${folder}`);
    }
  }
  return migrations;
};

/**
 * Brings a database to the newest schema: each step in a transaction of its own, the version in `user_version`.
 * Before the first step an existing database is copied aside (`<path>.before-0002-<time>`), so that a person can go
 * back: whole and on the disk, or not at all.
 *
 * With `setsAside` false it is not: for a copy that is itself one.
 *
 * Gives the path of that copy, or null if none was needed. Raises `store.newer` for a database of a newer program and
 * leaves it untouched.
 */
export const migrate = (
  database: Database,
  path: string,
  migrations: readonly Migration[],
  { setsAside = true }: { readonly setsAside?: boolean } = {},
): string | null => {
  const current = refuseNewer(database, path, migrations);
  const pending = migrations.slice(current);
  const [first] = pending;
  if (first === undefined) return null;
  const copy =
    current === 0 || !setsAside ? null : setAside(database, `${path}.before-${String(first.version).padStart(4, '0')}`);
  for (const migration of pending) {
    try {
      step(database, migration);
    } catch (thrown) {
      // The first step was undone, so the database is what the copy is of, and each further try would leave one more.
      // Of one that may be damaged a copy is worth its room.
      if (copy !== null && migration === first && !isCorruption(thrown)) rmSync(copy, { force: true });
      throw thrown;
    }
  }
  return copy;
};

const step = (database: Database, migration: Migration): void =>
  database
    .transaction(() => {
      database.exec(migration.sql);
      computedBy[migration.version]?.(database);
      database.pragma(`user_version = ${migration.version}`);
    })
    .immediate();

/** The schema's version. Raises `store.newer` for one this program does not know; nothing is written to find out. */
export const refuseNewer = (database: Database, path: string, migrations: readonly Migration[]): number => {
  const current = Number(database.pragma('user_version', { simple: true }));
  if (current <= migrations.length) return current;
  throw new ThroughlineError('store.newer', `${path} was written by a newer Throughline (schema ${current})`, {
    hint: `this program knows schemas up to ${migrations.length}; update it, the database was not touched`,
  });
};

const setAside = (database: Database, copy: string): string => {
  // VACUUM INTO refuses an existing file: a copy from an earlier, interrupted try is as good as ours would be only if
  // it is whole, which nobody can tell; so ours gets a name of its own.
  const name = `${copy}-${Date.now()}`;
  copyDatabase(database, name);
  return name;
};
