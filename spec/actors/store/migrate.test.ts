import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type Database, Sqlite } from '../../../actors/store/file/sqlite.ts';
import { migrate, readMigrations } from '../../../actors/store/migrate.ts';
import { openStore } from '../../../actors/store/open-store.ts';
import { lackOfStrace } from '../../faults/support/strace.ts';
import { runTracedWriter } from '../../faults/support/traced-writer.ts';
import { migrationsFolder, openLogWorld } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('migrate');

const kept = fileURLToPath(new URL('../../databases', import.meta.url));
const newest = readMigrations(migrationsFolder).length;
const versions = readdirSync(kept)
  .filter((file) => file.endsWith('.db'))
  .map((file) => Number(/\d+/.exec(file)?.[0]))
  .sort((left, right) => left - right);

const copyOf = (version: number): string => {
  const path = join(temporaryFolder('migrate'), 'throughline.db');
  copyFileSync(join(kept, `schema-${String(version).padStart(4, '0')}.db`), path);
  return path;
};

const open = (path: string) => openStore({ path, migrationsFolder, synchronous: 'FULL' });

const codeOf = (body: () => unknown): string | null => {
  try {
    body();
    return null;
  } catch (thrown) {
    return thrown instanceof ThroughlineError ? thrown.code : String(thrown);
  }
};

test('a transaction that was cut short before there was a write-ahead log is rolled back, and the rest is there', () => {
  const path = copyOf(1);
  const count = (database: Database): unknown => database.prepare('SELECT count(*) FROM session_events').pluck().get();
  const cut = new Sqlite(path);
  const events = count(cut);
  // So that what it changed is in the file already, and what was there in its journal.
  cut.pragma('cache_size = 1');
  cut.exec('BEGIN IMMEDIATE; CREATE TABLE filler (text)');
  for (let row = 0; row < 200; row += 1) cut.prepare('INSERT INTO filler VALUES (?)').run('x'.repeat(4_000));
  const left = join(temporaryFolder('migrate'), 'throughline.db');
  for (const suffix of ['', '-journal']) copyFileSync(`${path}${suffix}`, `${left}${suffix}`);
  cut.exec('ROLLBACK');
  cut.close();
  const database = open(left);
  assert.is(count(database), events);
  assert.is(database.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'filler'`).pluck().get(), 0);
  assert.is(database.pragma('journal_mode', { simple: true }), 'wal');
  database.close();
});

test('there is a database of every schema version to migrate', () => {
  assert.equal(
    versions,
    Array.from({ length: newest }, (_, index) => index + 1),
  );
});

for (const version of versions) {
  test(`a database of schema ${version} is brought to the newest without loss, and restores what was in flight`, () => {
    const path = copyOf(version);
    const world = openLogWorld({ path });
    assert.is(world.database.pragma('user_version', { simple: true }), newest);
    const rows = new Map(world.queries.dashboard().rows.map((row) => [row.name, row]));
    assert.equal([...rows].map(([name, row]) => [name, row.status, row.restored]).sort(), [
      ['done', 'Completed', false],
      ['failed', 'Failed', false],
      ['running', 'Running', true],
      ['twice', 'Interrupted', false],
    ]);
    assert.is(rows.get('failed')?.failureReason, 'the agent exited with code 1');
    assert.match(rows.get('running')?.recoveryHint ?? '', /approval/);
    assert.is(rows.get('running')?.pendingApprovals, 0);
    assert.equal([rows.get('twice')?.runCount, rows.get('twice')?.resumeCount], [2, 1]);
    assert.equal(world.queries.verify(), { ok: true, events: 21, sessions: 4, lost: 0 });
    world.close();
    const copies = readdirSync(dirname(path)).filter((file) => file.includes('.before-'));
    assert.is(copies.length, version === newest ? 0 : 1);
  });
}

test('the copy that is set aside is the whole database as it was', () => {
  const path = copyOf(1);
  open(path).close();
  const copy = readdirSync(dirname(path)).find((file) => file.includes('.before-0002'));
  const before = new Sqlite(join(dirname(path), copy ?? ''), { readonly: true });
  assert.is(before.pragma('user_version', { simple: true }), 1);
  assert.equal(before.prepare('SELECT count(*) AS events FROM session_events').get(), { events: 21 });
  before.close();
});

test('a database of a newer program is refused and left untouched', () => {
  const path = copyOf(newest);
  const database = new Sqlite(path);
  database.pragma(`user_version = ${newest + 1}`);
  database.close();
  const before = readFileSync(path);
  assert.is(
    codeOf(() => open(path)),
    'store.newer',
  );
  assert.equal(readFileSync(path), before);
});

test('a file that is no database, or not ours, or emptied, is refused and left untouched', () => {
  const folder = temporaryFolder('foreign');
  const text = join(folder, 'text.db');
  writeFileSync(text, 'not a database, but long enough to be taken for one if nobody looked at it');
  const foreign = join(folder, 'foreign.db');
  new Sqlite(foreign).exec('CREATE TABLE theirs (x)').close();
  const emptied = join(folder, 'emptied.db');
  writeFileSync(emptied, '');
  for (const [path, code] of [
    [text, 'store.damaged'],
    [foreign, 'store.unreadable'],
    [emptied, 'store.damaged'],
  ] as const) {
    const before = readFileSync(path);
    assert.is(
      codeOf(() => open(path)),
      code,
    );
    assert.equal(readFileSync(path), before);
  }
});

test('a database that cannot be opened, or that somebody else holds, is not called unreadable', async () => {
  const socket = join(temporaryFolder('socket'), 'throughline.db');
  const server = createServer().listen(socket);
  await once(server, 'listening');
  assert.is(
    codeOf(() => open(socket)),
    'store.cannot_open',
  );
  server.close();
  const held = copyOf(1);
  const holder = new Sqlite(held);
  holder.exec('BEGIN EXCLUSIVE');
  assert.is(
    codeOf(() => open(held)),
    'store.busy',
  );
  holder.close();
  open(held).close();
});

test.unless(
  lackOfStrace,
  'the copy that a migration sets aside is on the disk, with its name, before anything of the database is changed',
  () => {
    const path = copyOf(1);
    const { calls, exitCode } = runTracedWriter(path, 'fsync,fdatasync,pwrite64:error=EIO:when=65000', { events: 0 });
    assert.is(exitCode, 0);
    const copy = readdirSync(dirname(path)).find((file) => file.includes('.before-')) ?? 'none';
    const lines = calls.split('\n');
    const firstOf = (call: RegExp, file: string): number =>
      lines.findIndex((line) => call.test(line) && line.includes(`<${file}>`));
    const copied = lines.findLastIndex((line) => /pwrite64\(/.test(line) && line.includes(copy));
    const flushed = lines.findIndex((line, at) => at > copied && /sync\(/.test(line) && line.includes(copy));
    const named = lines.findIndex(
      (line, at) => at > copied && /sync\(/.test(line) && line.includes(`<${dirname(path)}>`),
    );
    const changed = firstOf(/pwrite64\(/, `${path}-wal`);
    assert.ok(copied >= 0 && changed >= 0, 'it was copied and migrated');
    assert.ok(flushed > copied && flushed < changed, `flushed ${flushed}, changed ${changed}`);
    assert.ok(named > copied && named < changed, `its name flushed ${named}, changed ${changed}`);
  },
);

const copiesBeside = (path: string): readonly string[] =>
  readdirSync(dirname(path)).filter((file) => file.includes('.before-'));

test('a copy that could not be made whole is removed, and so is one of a database that was not migrated after all', () => {
  const damaged = copyOf(1);
  const bytes = readFileSync(damaged);
  // The first page of the log's table: nothing but a copy of the whole looks at it before the migration.
  const root = new Sqlite(damaged, { readonly: true });
  const page = Number(root.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'session_events'").pluck().get());
  root.close();
  bytes.fill(0xff, (page - 1) * 4096, (page - 1) * 4096 + 8);
  writeFileSync(damaged, bytes);
  assert.is(
    codeOf(() => open(damaged)),
    'store.damaged',
  );
  assert.equal(copiesBeside(damaged), []);

  const path = copyOf(1);
  const database = new Sqlite(path);
  const [first, ...others] = readMigrations(migrationsFolder);
  const broken = others.map((migration) => ({ ...migration, sql: 'SELECT no_such_function();' }));
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    assert.throws(() => migrate(database, path, [...(first === undefined ? [] : [first]), ...broken]));
  }
  assert.equal(copiesBeside(path), [], 'each try would leave one');
  database.close();
});

test('a migration that fails leaves the database as it was before that step', () => {
  const path = copyOf(newest);
  const database = new Sqlite(path);
  const broken = { version: newest + 1, name: 'broken.sql', sql: 'CREATE TABLE half (x); SELECT no_such_function();' };
  assert.throws(() => migrate(database, path, [...readMigrations(migrationsFolder), broken]));
  assert.is(database.pragma('user_version', { simple: true }), newest);
  assert.is(database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get(), 0);
  database.close();
});

test('a first start that was cut off is begun again', () => {
  const path = join(temporaryFolder('first'), 'throughline.db');
  writeFileSync(`${path}.new`, 'what a crash left of the first try');
  open(path).close();
  assert.ok(existsSync(path));
  assert.not.ok(existsSync(`${path}.new`));
});

test.run();
