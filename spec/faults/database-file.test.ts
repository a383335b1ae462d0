/**
 * The files of the database, damaged in every way: each is harmless or reported, and none loses silently what was
 * acknowledged. The short form takes samples of the long one, by a seed.
 */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openQueries } from '../../actors/reader/open-queries.ts';
import { headMarkPath } from '../../actors/store/chain/head-mark.ts';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { message, openLogWorld, status } from '../support/log-world.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';

const isLong = process.env.THROUGHLINE_FAULTS === 'long';
const seed = Number(process.env.THROUGHLINE_SEED ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const test = suite('the database file', { timeLimitMs: isLong ? 3_600_000 : 300_000 });

/** A small generator of numbers from a seed (mulberry32). */
const random = (() => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
})();

const damagedPath = join(temporaryFolder('damaged'), 'throughline.db');

/** A log as a SIGKILL leaves it: half of it in the database, half in its write-ahead log. */
const killed = () => {
  const world = openLogWorld({ marks: true });
  const runs = [world.openSession('a'), world.openSession('b')];
  const fill = (count: number): void => {
    for (let index = 0; index < count; index += 1) {
      for (const { runKey } of runs) world.append(runKey, message(`${index} ${'words '.repeat(12)}`));
    }
  };
  for (const { runKey } of runs) world.append(runKey, status('running'));
  fill(40);
  world.database.pragma('wal_checkpoint(TRUNCATE)');
  fill(25);
  const files = {
    database: readFileSync(world.path),
    wal: readFileSync(`${world.path}-wal`),
    mark: readFileSync(headMarkPath(world.path)),
  };
  const acknowledged = world.log.position();
  world.close();
  return { files, acknowledged, events: readEvents(world.path) };
};

const readEvents = (path: string): readonly string[] => {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database
      .prepare('SELECT position, run_key, seq, type, payload FROM session_events ORDER BY position')
      .raw()
      .all()
      .map((row) => JSON.stringify(row));
  } finally {
    database.close();
  }
};

type Verdict = 'harmless' | 'reported' | 'silent';

/** What a person is told of the damaged files, by opening, by the check of the pages and by verify. */
const verdict = (expected: readonly string[]): Verdict => {
  let queries: ReturnType<typeof openQueries>;
  try {
    queries = openQueries(damagedPath, { runtimeIsAlive: false });
  } catch {
    return 'reported';
  }
  try {
    if (queries.damage !== null) return 'reported';
    const report = queries.verify();
    if (!report.ok) return 'reported';
    const database = new Sqlite(damagedPath, { readonly: true });
    try {
      if (database.pragma('integrity_check(1)', { simple: true }) !== 'ok') return 'reported';
    } finally {
      database.close();
    }
    const found = readEvents(damagedPath);
    return expected.every((event, index) => found[index] === event) ? 'harmless' : 'silent';
  } catch {
    return 'reported';
  } finally {
    queries.close();
  }
};

const place = (files: ReturnType<typeof killed>['files']): void => {
  for (const suffix of ['-shm', '-wal']) writeFileSync(`${damagedPath}${suffix}`, '');
  writeFileSync(damagedPath, files.database);
  writeFileSync(`${damagedPath}-wal`, files.wal);
  writeFileSync(headMarkPath(damagedPath), files.mark);
  // A new index of the write-ahead log is made by whoever reads first.
  truncateSync(`${damagedPath}-shm`, 0);
};

const count = { harmless: 0, reported: 0, silent: 0 };
const tally = (name: string): void => {
  console.log(
    `${name}: ${count.harmless + count.reported + count.silent} tried, ${count.harmless} harmless, ${count.reported} reported, ${count.silent} silent`,
  );
  Object.assign(count, { harmless: 0, reported: 0, silent: 0 });
};

test('the files as a SIGKILL leaves them are harmless', () => {
  const { files, events } = killed();
  place(files);
  assert.is(verdict(events), 'harmless');
});

test('a write-ahead log that is cut anywhere is reported, or holds all that was acknowledged', () => {
  const { files, events } = killed();
  const step = isLong ? 97 : Math.ceil(files.wal.length / 40);
  for (let length = 0; length <= files.wal.length; length += step) {
    place({ ...files, wal: files.wal.subarray(0, length) });
    const said = verdict(events);
    count[said] += 1;
    assert.is.not(said, 'silent', `cut at ${length}, seed ${seed}`);
  }
  tally('cuts of the write-ahead log');
});

for (const which of ['wal', 'database'] as const) {
  test(`one flipped bit in the ${which}, anywhere, is harmless or reported`, () => {
    const { files, events } = killed();
    const bytes = files[which];
    const times = isLong ? 20_000 : 60;
    for (let turn = 0; turn < times; turn += 1) {
      const at = random(bytes.length);
      const bit = 1 << random(8);
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ bit, at);
      place({ ...files, [which]: flipped });
      const said = verdict(events);
      count[said] += 1;
      assert.is.not(said, 'silent', `bit ${bit} at ${at}, seed ${seed}`);
    }
    tally(`flipped bits in the ${which}`);
  });
}

test('a database that is cut anywhere is reported', () => {
  const { files, events } = killed();
  const step = isLong ? 512 : Math.ceil(files.database.length / 20);
  for (let length = 0; length < files.database.length; length += step) {
    place({ ...files, database: files.database.subarray(0, length) });
    const said = verdict(events);
    count[said] += 1;
    assert.is.not(said, 'silent', `cut at ${length}, seed ${seed}`);
  }
  tally('cuts of the database');
});

test.run();
