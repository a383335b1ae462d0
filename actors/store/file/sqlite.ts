/**
 * SQLite, as better-sqlite3 offers it. This is the one place that loads it, because two versions are needed:
 *
 * - 13 is built on Node-API 10, brings its binaries along, and ends the process at the first database where Node has no
 *   Node-API 10 (20, and 22 before 22.14);
 * - 12 ends the process in a garbage collection when it was compiled against the headers of Node 24.19 or later.
 *
 * npm installs the one that fits the Node it runs on: both are optional, and it skips what its `engines` exclude. 13
 * says so itself, and is simply `better-sqlite3` here; 12 is `sqlite-for-node-20`, a package in `native/` that says it in
 * its place and hands it on. It is 12.9.0, the last of 12 that is published with a binary for Node 20.
 */
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { ThroughlineError } from '../../protocol/facts/error.ts';

export type { Database } from 'better-sqlite3';

/** The package for a version of Node-API, as in `process.versions.napi`. */
export const sqlitePackageFor = (nodeApi: string | undefined): string =>
  Number(nodeApi) >= 10 ? 'better-sqlite3' : 'sqlite-for-node-20';

const load = (): typeof BetterSqlite3 => {
  const name = sqlitePackageFor(process.versions.napi);
  try {
    return createRequire(import.meta.url)(name);
  } catch (cause) {
    throw new ThroughlineError('sqlite.not_installed', `SQLite for Node ${process.versions.node} is not installed`, {
      hint: 'run `npm ci` with the Node you start with: 20.19 and later, 22.14 and later, or 24; in a project that depends on Throughline, Node 20 needs `npm install better-sqlite3@12.9.0`',
      cause,
    });
  }
};

export const Sqlite = load();

/** Whether SQLite itself raised it: what was begun in a transaction is then not to be relied on. */
export const isSqliteError = (thrown: unknown): thrown is InstanceType<typeof Sqlite.SqliteError> =>
  thrown instanceof Sqlite.SqliteError;
