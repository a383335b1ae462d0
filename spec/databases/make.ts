/**
 * Makes the database that is kept here for a schema version, to be migrated by every later program:
 *
 *   node --import tsx spec/databases/make.ts
 *
 * Run it when a version is released and commit what it makes; the databases of earlier versions are never made again.
 * (Schema 1 was never released by itself. Its database is that of schema 2 without what 0002 adds.)
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fact } from '../../actors/protocol/facts/events.ts';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { readMigrations } from '../../actors/store/migrate.ts';
import { at, message, migrationsFolder, openLogWorld, prompt, status } from '../support/log-world.ts';

const pathOf = (version: number): string =>
  fileURLToPath(new URL(`schema-${String(version).padStart(4, '0')}.db`, import.meta.url));

const fill = (path: string, schema: number): void => {
  const world = openLogWorld({ path, closesCleanly: false });
  const done = world.openSession('done');
  world.append(done.runKey, status('starting'), status('running'), message('all is well'), status('completed'));
  const failed = world.openSession('failed');
  world.append(failed.runKey, status('failed', 'the agent exited with code 1'));
  const running = world.openSession('running');
  const asked = { approvalId: 'approval-1', toolCallId: 'call-1', title: 'Write a file', options: [] };
  world.append(running.runKey, status('starting'), status('running'), fact('approval_requested', asked, at(9)));
  const resumed = world.openSession('twice', [prompt('first')]);
  world.append(resumed.runKey, status('running'), status('completed'));
  world.append(world.beginRun(resumed.sessionId, [prompt('second', 'resume')]).runKey, status('running'), status('interrupted'));
  if (schema === 1) {
    for (const column of ['restored', 'restored_at', 'recovery_hint']) {
      world.database.exec(`ALTER TABLE sessions DROP COLUMN ${column}`);
    }
    world.database.pragma('user_version = 1');
  }
  world.close();
  // With nobody else on it: one file, without a log beside it.
  const database = new Sqlite(path);
  database.pragma('journal_mode = DELETE');
  database.exec('VACUUM');
  database.close();
};

for (const version of [1, readMigrations(migrationsFolder).length]) {
  const path = pathOf(version);
  if (existsSync(path)) continue;
  fill(path, version);
  console.log(`made ${path}`);
}
