import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import * as z from 'zod';
import { eventHash, genesisHash, hashBlob } from '../../../actors/store/chain/event-hash.ts';
import { Sqlite } from '../../../actors/store/file/sqlite.ts';
import { type DataDirectory, openDataDirectory } from '../../../runtime/data/data-directory.ts';
import { acquireLock } from '../../../runtime/data/lock.ts';
import { examine } from '../../../runtime/keeping/examine.ts';
import { backUp, repair, restore } from '../../../runtime/keeping/keeping.ts';
import { message, openLogWorld, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { errorOf } from '../../support/world.ts';

const test = suite('looking after what is stored', { timeLimitMs: 180_000 });

const at = new Date('2026-11-25T02:03:04Z');
const asked = <Value>(body: () => Value): Promise<Value> => Promise.resolve().then(body);

/** A data directory with 2,000 events of eight sessions. */
const filled = (): DataDirectory => {
  const directory = openDataDirectory(join(temporaryFolder('keeping'), 'data'));
  const world = openLogWorld({ path: directory.database, marks: true });
  for (let session = 0; session < 8; session += 1) {
    const { runKey } = world.openSession(`session ${session}`);
    const words = Array.from({ length: 246 }, (_, index) => message(`${session}/${index} ${'words '.repeat(30)}`));
    world.append(runKey, status('running'), ...words, status('completed'));
  }
  world.close();
  return directory;
};

const rowsOf = (directory: DataDirectory) => {
  const world = openLogWorld({ path: directory.database });
  try {
    return { rows: world.queries.dashboard().rows, report: world.queries.verify() };
  } finally {
    world.close();
  }
};

test('a backup that is made while the log is written is whole, private, and overwrites nothing', async () => {
  const directory = filled();
  const world = openLogWorld({ path: directory.database, marks: true });
  world.openSession('while it runs');
  const file = join(temporaryFolder('backup'), 'backup.db');
  const kept = backUp(directory, file);
  equal(kept, { path: file, events: 2_002, sessions: 9 });
  is(statSync(file).mode & 0o777, 0o600);
  is((await errorOf(asked(() => backUp(directory, file)))).code, 'input.invalid');
  world.close();
});

test('a restore verifies first, sets aside what was there, and is refused while a runtime runs', async () => {
  const directory = filled();
  const file = join(temporaryFolder('backup'), 'backup.db');
  backUp(directory, file);
  let world = openLogWorld({ path: directory.database, marks: true });
  world.openSession('after the backup');
  world.close();
  const lock = acquireLock(directory);
  is((await errorOf(asked(() => restore(directory, file, at)))).code, 'data.locked');
  lock.release();
  const restored = restore(directory, file, at);
  equal([restored.events, restored.sessions], [2_000, 8]);
  match(restored.setAside ?? '', /throughline\.db\.set-aside-2026-11-25-020304$/);
  ok(existsSync(restored.setAside ?? ''));
  is(rowsOf(directory).rows.length, 8);
  world = openLogWorld({ path: restored.setAside ?? '' });
  is(world.queries.dashboard().rows.length, 9);
  world.close();
});

test('a file of somebody else is not restored: no trigger, no view, no other schema, nothing damaged', async () => {
  const directory = filled();
  const before = readFileSync(directory.database);
  const attempts: readonly (readonly [string, RegExp, (path: string) => void])[] = [
    [
      'a trigger',
      /a trigger "t"/,
      (path) => exec(path, 'CREATE TRIGGER t AFTER INSERT ON sessions BEGIN SELECT 1; END'),
    ],
    ['a view', /a view "v"/, (path) => exec(path, 'CREATE VIEW v AS SELECT 1')],
    ['another table', /a table "x"/, (path) => exec(path, 'CREATE TABLE x (y)')],
    ['a missing index', /something is missing/, (path) => exec(path, 'DROP INDEX log_gaps_by_end')],
    [
      'a changed event',
      /not what was written/,
      (path) => exec(path, "UPDATE session_events SET payload = '{}' WHERE position = 9"),
    ],
    // Who makes a file can make its chain anew as well.
    ['an event that is no JSON, well chained', /session_created event is unreadable/, forging('{broken')],
    ['one that is null', /session_created event is unreadable/, forging('null')],
    ['one with fields of other types', /session_created event is unreadable/, forging('{"name":{"__proto__":1}}')],
    ['one that is nested without end', /session_created event is unreadable/, forging('['.repeat(200_000))],
    ['a text', /damaged|not a database/, (path) => writeFileSync(path, 'text '.repeat(5_000))],
    ['an empty file', /emptied/, (path) => writeFileSync(path, '')],
  ];
  for (const [what, says, change] of attempts) {
    const file = join(temporaryFolder('foreign'), 'foreign.db');
    backUp(directory, file);
    change(file);
    const error = await errorOf(asked(() => restore(directory, file, at)));
    match(error.message, says, what);
  }
  equal(readFileSync(directory.database), before);
  is(
    readdirSync(directory.root).some((name) => /restoring|set-aside/.test(name)),
    false,
  );
});

/** Gives the first event of the log another payload, and all events the hashes that fit. */
const forging =
  (payload: string) =>
  (path: string): void => {
    const database = new Sqlite(path);
    database.prepare('UPDATE session_events SET payload = ? WHERE position = 1').run(payload);
    const rows = chained.parse(database.prepare('SELECT * FROM session_events ORDER BY position').all());
    const update = database.prepare('UPDATE session_events SET hash = ? WHERE position = ?');
    let previous = genesisHash;
    database.transaction(() => {
      for (const { run_key: runKey, occurred_at: occurredAt, recorded_at: recordedAt, ...rest } of rows) {
        previous = eventHash(previous, { ...rest, runKey, occurredAt, recordedAt });
        update.run(hashBlob(previous), rest.position);
      }
    })();
    database.close();
  };

const number = z.number();
const chained = z.array(
  z.object({
    ...{ position: number, run_key: number, seq: number, version: number, occurred_at: number, recorded_at: number },
    ...{ type: z.string(), payload: z.string() },
  }),
);

const exec = (path: string, sql: string): void => void new Sqlite(path).exec(sql).close();

test('a page that was torn costs the events on it: the rest is saved, and the history says where they were', async () => {
  const directory = filled();
  const bytes = readFileSync(directory.database);
  const page = Math.floor(bytes.indexOf('4/100 words') / 4096) * 4096;
  writeFileSync(directory.database, bytes.fill(0xff, page, page + 100));
  const bad = (await examine(directory)).filter(({ state }) => state === 'bad').map(({ check }) => check);
  ok(bad.includes('database') && bad.includes('log'), bad.join(', '));
  const { saved, events, sessions, setAside } = repair(directory, at);
  console.log(`saved ${saved} of ${events} events`);
  is(events, 2_000);
  ok(saved >= 1_970 && saved < 2_000, `${saved} of ${events}`);
  is(sessions, 8);
  ok(existsSync(setAside ?? ''));
  const { rows, report } = rowsOf(directory);
  equal(rows.map((row) => row.status).sort(), Array(8).fill('Completed'));
  equal(report, { ok: true, events: 2_000, sessions: 8, lost: 2_000 - saved });
  is(
    (await examine(directory)).some(({ check, state }) => check === 'log' && state === 'bad'),
    false,
  );
});

test('an event that was altered is told from the others by its hash, its text kept beside the note', () => {
  const directory = filled();
  exec(
    directory.database,
    `UPDATE session_events SET payload = replace(payload, 'words', 'wards') WHERE position = 700`,
  );
  exec(directory.database, 'UPDATE session_events SET hash = randomblob(16) WHERE position = 900');
  const { saved, events } = repair(directory, at);
  // Of the second only the hash was hit, and the event after it vouches for it.
  equal([saved, events], [1_999, 2_000]);
  const database = new Sqlite(directory.database, { readonly: true });
  const note = String(database.prepare('SELECT payload FROM session_events WHERE position = 700').pluck().get());
  match(note, /event_lost.*wards/);
  database.close();
  equal(rowsOf(directory).report, { ok: true, events: 2_000, sessions: 8, lost: 1 });
});

test('an event that nothing vouches for is saved only if the repaired log can be read with it', () => {
  const directory = filled();
  exec(directory.database, 'DELETE FROM session_events WHERE position = 900');
  exec(directory.database, 'UPDATE session_events SET occurred_at = 1 << 60 WHERE position = 901');
  const { saved, events } = repair(directory, at);
  equal([saved, events], [1_998, 2_000]);
  equal(rowsOf(directory).report, { ok: true, events: 1_999, sessions: 8, lost: 2 });
});

test('a damaged row of the dashboard is folded from the log again', () => {
  const directory = filled();
  exec(directory.database, "UPDATE sessions SET approvals = 'no json', status = 'x' WHERE session_key = 3");
  const { saved, events } = repair(directory, at);
  is(saved, events);
  const { rows, report } = rowsOf(directory);
  is(rows.filter((row) => row.status === 'Completed').length, 8);
  ok(report.ok);
});

test('a life of the runtime whose end cannot be read is not taken for one that ended cleanly, and the rest is whole', () => {
  const directory = filled();
  exec(directory.database, 'UPDATE epochs SET clean = 7 WHERE epoch_key = 1');
  const { saved, events } = repair(directory, at);
  is(saved, events);
  ok(rowsOf(directory).report.ok);
  const database = new Sqlite(directory.database, { readonly: true });
  is(database.prepare('SELECT clean FROM epochs WHERE epoch_key = 1').pluck().get(), 0);
  database.close();
});

test('lost last events are accepted only by a repair, and their positions are never given out again', () => {
  const directory = filled();
  exec(directory.database, 'DELETE FROM session_events WHERE position > 1990');
  const { saved, events } = repair(directory, at);
  equal([saved, events], [1_990, 2_000]);
  const world = openLogWorld({ path: directory.database, marks: true });
  const { runKey } = world.openSession('next');
  world.append(runKey, message('goes on'));
  is(world.log.position(), 2_003);
  ok(world.queries.verify().ok);
  world.close();
});

test.run();
