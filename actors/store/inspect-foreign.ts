import { existsSync } from 'node:fs';
import * as z from 'zod';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { type Database, Sqlite } from './file/sqlite.ts';
import { type Migration, refuseNewer } from './migrate.ts';
import { applicationId, asStoreError, refuseForeign } from './open-store.ts';

const schemaRows = z.array(z.object({ type: z.string(), name: z.string(), sql: z.string().nullable() }));

/**
 * Opens a database that comes from somewhere else, to be read only, and trusts nothing in it: its schema has to be
 * exactly that of one of our versions, so that no trigger, view or generated column of a stranger ever runs.
 * Raises `store.missing`, `store.newer`, `store.unreadable` and `store.damaged`.
 */
export const openForeign = (path: string, migrations: readonly Migration[]): Database => {
  if (!existsSync(path)) throw new ThroughlineError('store.missing', `there is no file ${path}`);
  let database: Database | undefined;
  try {
    database = new Sqlite(path, { readonly: true });
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    refuseForeign(database, path);
    const version = refuseNewer(database, path, migrations);
    refuseOtherSchema(database, path, migrations.slice(0, version));
    return database;
  } catch (thrown) {
    database?.close();
    throw asStoreError(path, thrown);
  }
};

const refuseOtherSchema = (database: Database, path: string, migrations: readonly Migration[]): void => {
  const found = schemaOf(database);
  const ours = new Sqlite(':memory:');
  try {
    ours.pragma(`application_id = ${applicationId}`);
    for (const { sql } of migrations) ours.exec(sql);
    const expected = new Map(schemaOf(ours).map((entry) => [`${entry.type} ${entry.name}`, entry.sql]));
    const strange = found.find(({ type, name, sql }) => expected.get(`${type} ${name}`) !== sql);
    if (strange === undefined && found.length === expected.size) return;
    const what = strange === undefined ? 'something is missing in it' : `it holds a ${strange.type} "${strange.name}"`;
    throw new ThroughlineError('store.unreadable', `${path} has a schema of somebody else: ${what}`, {
      hint: 'nothing was changed; a backup is made by `throughline backup FILE`',
    });
  } finally {
    ours.close();
  }
};

const schemaOf = (database: Database) =>
  schemaRows.parse(database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all());
