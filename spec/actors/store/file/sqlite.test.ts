import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { Sqlite, sqlitePackageFor } from '../../../../actors/store/file/sqlite.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const test = suite('SQLite for the Node that runs');

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const manifestOf = (folder: string): unknown => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

test('13 is loaded where Node has the Node-API it is built on, 12 elsewhere', () => {
  assert.is(sqlitePackageFor('9'), 'sqlite-for-node-20');
  assert.is(sqlitePackageFor('10'), 'better-sqlite3');
  assert.is(sqlitePackageFor('11'), 'better-sqlite3');
  assert.is(sqlitePackageFor(undefined), 'sqlite-for-node-20');
});

test('the one that is loaded here is of that version, and a database survives a garbage collection', () => {
  const isNew = loaded === 'better-sqlite3';
  const folder = isNew ? loaded : `${loaded}/node_modules/better-sqlite3`;
  const manifest = z.object({ version: z.string() }).parse(manifestOf(`node_modules/${folder}`));
  assert.is(manifest.version.split('.')[0], isNew ? '13' : '12');
  const database = new Sqlite(':memory:');
  assert.equal(database.prepare('SELECT 1 AS one').get(), { one: 1 });
  database.close();
  // A statement that is collected once JavaScript has gone quiet: 12 ends the process in it on Node 24.19 and later.
  const script = `
    const Sqlite = require(${JSON.stringify(loaded)});
    const database = new Sqlite(':memory:');
    for (let count = 0; count < 2000; count += 1) database.prepare('SELECT ' + count).get();
    setImmediate(() => { gc(); setTimeout(() => { gc(); console.log('alive'); }); });`;
  const child = spawnSync(process.execPath, ['--expose-gc', '-e', script], { cwd: root, encoding: 'utf8' });
  assert.is(child.stdout, 'alive\n', child.stderr);
  assert.is(child.status, 0);
});

test('without it, every command says in one line what is missing and what to do', () => {
  const folder = temporaryFolder('without-sqlite');
  for (const part of ['dist', 'migrations', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'node_modules/piscina'), join(folder, 'node_modules/piscina'));
  for (const command of ['list', 'serve']) {
    const words = [join(folder, 'dist/throughline.js'), command, '--data', join(folder, 'data')];
    const child = spawnSync(process.execPath, words, { encoding: 'utf8' });
    assert.match(child.stderr, `SQLite for Node ${process.versions.node} is not installed (run \`npm ci\``);
    assert.is(child.stderr.trim().split('\n').length, 1);
    assert.is(child.status, 3);
  }
});

const loaded = sqlitePackageFor(process.versions.napi);

test.run();
