import { statSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { type Database, Sqlite } from '../../../actors/store/file/sqlite.ts';
import { createSpaceKeeper } from '../../../actors/writer/give-space-back.ts';
import { at, type LogWorld, message, openLogWorld } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('giving space back');

const number = (database: Database, name: string): number => Number(database.pragma(name, { simple: true }));

/** A log from which a session of some megabytes was just removed, and how long each checkpoint would wait for a reader. */
const afterRemoval = () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('large');
  world.append(runKey, ...Array.from({ length: 400 }, () => message('x'.repeat(10_000))));
  world.commit([{ kind: 'remove_session', requestId: 1, sessionId, occurredAt: at(9) }]);
  const waits: number[] = [];
  const database = new Proxy(world.database, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'pragma') return typeof value === 'function' ? value.bind(target) : value;
      return (source: string, options?: { simple: boolean }): unknown => {
        if (source.startsWith('wal_checkpoint')) waits.push(number(target, 'busy_timeout'));
        return target.pragma(source, options);
      };
    },
  });
  const steps: (() => void)[] = [];
  const retries: (() => void)[] = [];
  const space = createSpaceKeeper({
    database,
    schedule: (callback) => steps.push(callback),
    scheduleRetry: (callback) => retries.push(callback),
  });
  return { world, space, steps, retries, waits };
};

const walBytes = ({ path }: LogWorld): number => statSync(`${path}-wal`).size;

test('[law 12] what a removal has freed is given back in steps of a bounded size, and others commit between them', () => {
  const { world, space, steps, waits } = afterRemoval();
  const { runKey } = world.openSession('other');
  const freed = number(world.database, 'freelist_count');
  assert.ok(freed > 600, `${freed} pages`);
  space.request();
  space.request();
  assert.is(steps.length, 1, 'two requests are one');
  let count = 0;
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    const before = number(world.database, 'freelist_count');
    step();
    assert.ok(before - number(world.database, 'freelist_count') <= 256);
    world.append(runKey, message('meanwhile'));
    count += 1;
  }
  assert.ok(count >= freed / 256, `${count} steps`);
  assert.is(number(world.database, 'freelist_count'), 0);
  assert.is(waits.length, 1);
  assert.ok(world.queries.verify().ok);
  world.close();
});

test('a reader is not waited for: the write-ahead log is emptied when it has gone', () => {
  const { world, space, steps, retries, waits } = afterRemoval();
  const patience = number(world.database, 'busy_timeout');
  const reader = new Sqlite(world.path, { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM session_events').get();
  space.request();
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) step();
  assert.is(retries.length, 1);
  assert.ok(walBytes(world) > 0);
  reader.close();
  retries.shift()?.();
  assert.is(walBytes(world), 0);
  assert.equal([steps.length, retries.length], [0, 0]);
  assert.equal(waits, [0, 0], 'no checkpoint would have waited');
  assert.is(number(world.database, 'busy_timeout'), patience);
  world.close();
});

test.run();
