import {
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import type { Position } from '../../../../actors/protocol/facts/ids.ts';
import { openQueries } from '../../../../actors/reader/open-queries.ts';
import { headMarkPath, makeHeadMark, openHeadMark, readHeadMark } from '../../../../actors/store/chain/head-mark.ts';
import { openStore } from '../../../../actors/store/open-store.ts';
import { type LogWorld, message, migrationsFolder, openLogWorld } from '../../../support/log-world.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const test = suite('head mark');

const databaseId = 'ab'.repeat(16);
const end = (position: number) => ({ position: position as Position, hash: String(position).padStart(32, '0') });

const markIn = (folder: string): string => join(folder, 'throughline.head');

test('[law 15] the mark says the last end that was written, and belongs to its owner alone', () => {
  const path = markIn(temporaryFolder('mark'));
  assert.equal(readHeadMark(path), { kind: 'none' });
  const mark = openHeadMark(path, { databaseId, ...end(4) });
  for (const position of [5, 6, 7]) {
    mark.write(end(position));
    assert.equal(readHeadMark(path), { kind: 'mark', mark: { databaseId, ...end(position) } });
  }
  mark.close();
  openHeadMark(path, { databaseId, ...end(9) }).close();
  assert.equal(readHeadMark(path), { kind: 'mark', mark: { databaseId, ...end(9) } });
  assert.is(statSync(path).mode & 0o777, 0o600);
});

test('a slot that was cut off while it was written leaves the one before it; with none left the mark is unreadable', () => {
  const path = markIn(temporaryFolder('mark'));
  makeHeadMark(path, { databaseId, ...end(1) });
  const mark = openHeadMark(path, { databaseId, ...end(2) });
  mark.write(end(3));
  mark.close();
  const whole = readFileSync(path);
  const seen = new Set<number>();
  for (const offset of [0, 512]) {
    for (let bit = 0; bit < 64 * 8; bit += 1) {
      const bytes = Buffer.from(whole);
      const at = offset + (bit >> 3);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit & 7)), at);
      writeFileSync(path, bytes);
      const found = readHeadMark(path);
      assert.is(found.kind, 'mark', `bit ${bit} at ${offset}`);
      if (found.kind === 'mark') seen.add(found.mark.position);
    }
  }
  assert.equal([...seen].sort(), [2, 3]);
  writeFileSync(path, Buffer.alloc(whole.length));
  assert.equal(readHeadMark(path), { kind: 'unreadable' });
});

const open = (path: string) => openStore({ path, migrationsFolder, synchronous: 'FULL' });

const errorOf = (body: () => unknown): ThroughlineError => {
  try {
    body();
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) return thrown;
    throw thrown;
  }
  throw new Error('it should have been refused');
};

/** Everything beside the database and in it, but the index of the log that SQLite rebuilds whenever it reads. */
const filesOf = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(dirname(path))
      .filter(
        (name) => !name.endsWith('-shm') && !(name.endsWith('-wal') && statSync(join(dirname(path), name)).size === 0),
      )
      .sort()
      .map((name) => [name, readFileSync(join(dirname(path), name)).toString('base64')]),
  );

/** A log of some events, and a folder with its files as a SIGKILL leaves them: the write-ahead log is not empty. */
const killed = (): { readonly path: string; readonly world: LogWorld } => {
  const world = openLogWorld({ marks: true });
  const { runKey } = world.openSession('kept');
  for (let count = 0; count < 20; count += 1) world.append(runKey, message(`message ${count}`));
  const path = join(temporaryFolder('killed'), 'throughline.db');
  for (const suffix of ['', '-wal']) copyFileSync(`${world.path}${suffix}`, `${path}${suffix}`);
  copyFileSync(headMarkPath(world.path), headMarkPath(path));
  world.close();
  return { path, world };
};

test('a log that was killed opens, and so does one that is ahead of its mark', () => {
  const { path } = killed();
  const mark = readHeadMark(headMarkPath(path));
  open(path).close();
  if (mark.kind !== 'mark') throw new Error('there is a mark');
  assert.is(mark.mark.position, 22);
  const world = openLogWorld({ path });
  world.append(world.openSession().runKey, message('not marked'));
  world.close();
  open(path).close();
  assert.is(openQueries(path, { runtimeIsAlive: false }).damage, null);
});

const removeWal = (path: string): void => rmSync(`${path}-wal`);

const damages: readonly (readonly [string, RegExp, (path: string) => void])[] = [
  ['the write-ahead log is missing', /the last \d+ events are missing/, removeWal],
  ['the write-ahead log is cut', /the last \d+ events are missing/, (path) => truncateSync(`${path}-wal`, 20_000)],
  [
    'one bit of the write-ahead log is flipped',
    /the last \d+ events are missing/,
    (path) => {
      const bytes = readFileSync(`${path}-wal`);
      const at = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
      writeFileSync(`${path}-wal`, bytes);
    },
  ],
  [
    'the database was emptied',
    /emptied/,
    (path) => {
      removeWal(path);
      truncateSync(path, 0);
    },
  ],
  [
    'the database is gone',
    /is gone: it held the log up to position 22/,
    (path) => {
      removeWal(path);
      rmSync(path);
    },
  ],
  ['the database is gone and its write-ahead log is not', /is gone/, (path) => rmSync(path)],
  [
    'another database is in its place',
    /another database/,
    (path) => {
      removeWal(path);
      const other = openLogWorld();
      for (let count = 0; count < 30; count += 1) other.openSession();
      other.close();
      copyFileSync(other.path, path);
    },
  ],
  [
    'an older database is in its place',
    /an older database/,
    (path) => {
      removeWal(path);
      copyFileSync(new URL('../../../databases/schema-0002.db', import.meta.url), path);
    },
  ],
  [
    'the header of the database is torn',
    /damaged|not a database/,
    (path) => {
      removeWal(path);
      writeSync(openSync(path, 'r+'), Buffer.alloc(90, 7), 0, 90, 0);
    },
  ],
];

for (const [what, says, damage] of damages) {
  test(`${what}: it is refused as damaged, and nothing of it is touched`, () => {
    const { path } = killed();
    damage(path);
    const before = filesOf(path);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = errorOf(() => open(path));
      assert.is(error.code, 'store.damaged', error.message);
      assert.match(error.message, says);
      assert.match(error.hint ?? '', /doctor --repair/);
    }
    // A reader says so as well, whether it can read or not.
    const told =
      existsSync(path) && statSync(path).size > 0
        ? readerError(path)
        : errorOf(() => openQueries(path, { runtimeIsAlive: false }));
    assert.is(told.code, 'store.damaged');
    assert.equal(filesOf(path), before);
  });
}

const readerError = (path: string): ThroughlineError => {
  let damage: ThroughlineError | null = null;
  try {
    const queries = openQueries(path, { runtimeIsAlive: false });
    damage = queries.damage;
    queries.close();
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) return thrown;
    throw thrown;
  }
  if (damage === null) throw new Error('the reader did not notice');
  return damage;
};

test('a mark that is damaged itself keeps nobody from a database that is well, and is made anew', () => {
  const { path } = killed();
  writeFileSync(headMarkPath(path), 'nonsense');
  const world = openLogWorld({ path, marks: true });
  assert.is(world.queries.damage, null);
  world.close();
  assert.is(readHeadMark(headMarkPath(path)).kind, 'mark');
});

test.run();
