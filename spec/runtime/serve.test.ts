import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { readOwner } from '../../runtime/data/data-directory.ts';
import { serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, ended, rowOf, spoke, start } from '../support/world.ts';

const test = suite('the runtime as a process', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const epochsOf = (database: string): readonly { clean: number; ended: number }[] => {
  const connection = new Sqlite(database, { readonly: true });
  const epochs = connection
    .prepare<[], { clean: number; ended: number }>(
      'SELECT clean, ended_at IS NOT NULL AS ended FROM epochs ORDER BY epoch_key',
    )
    .all();
  connection.close();
  return epochs;
};

test('SIGTERM and SIGINT stop it cleanly, and what was running comes back as restored', async () => {
  const world = createWorld('serve');
  const first = await serve(world.directory);
  const running = await start(first, world, 'hang');
  const stubborn = await start(first, world, 'stubborn');
  const done = await start(first, world, 'quick');
  await Promise.all([spoke(first, running.id), spoke(first, stubborn.id)]);
  await ended(first, done.id);
  is(await first.stop('SIGTERM'), 0);
  equal(world.agents(), []);
  is(readOwner(world.directory), null);
  equal(epochsOf(world.directory.database), [{ clean: 1, ended: 1 }]);

  const second = await serve(world.directory);
  const row = await rowOf(second, running.id);
  is(row.status, 'Running');
  is(row.restored, true);
  is(row.recoveryHint, 'Throughline was stopped while this session was working. Resume to continue.');
  is((await rowOf(second, done.id)).restored, false);
  await second.resume(running.id);
  is((await ended(second, running.id)).status, 'Completed');
  is(await second.stop('SIGINT'), 0);

  const third = await serve(world.directory);
  await third.kill();
  equal(
    epochsOf(world.directory.database).map(({ clean }) => clean),
    [1, 1, 0],
  );
});

test('a second runtime on the same data is refused and names the first, which goes on', async () => {
  const world = createWorld('serve');
  const first = await serve(world.directory);
  const refused = await serve(world.directory).then(
    () => 'it started',
    (error: Error) => error.message,
  );
  match(refused, /^the runtime ended with 4: /);
  match(refused, `process ${first.pid} at ${first.client.endpoint.url}`);
  const { id } = await start(first, world, 'quick');
  is((await ended(first, id)).status, 'Completed');
  await first.kill();
  // The kernel has dropped the lock: no stale one keeps the next from starting.
  const next = await serve(world.directory);
  is((await rowOf(next, id)).status, 'Completed');
  is(await next.stop(), 0);
});

test('everything it writes is for its owner alone', async () => {
  const world = createWorld('serve');
  const runtime = await serve(world.directory);
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  const files = readdirSync(world.directory.root, { withFileTypes: true });
  const names = files.map(({ name }) => name);
  for (const name of ['throughline.db', 'throughline.db-wal', 'lock.db', 'token', 'runtime.json', 'runtime.log']) {
    ok(names.includes(name), name);
  }
  for (const entry of files) {
    const mode = statSync(join(world.directory.root, entry.name)).mode & 0o777;
    is(mode & 0o077, 0, `${entry.name} has mode ${mode.toString(8)}`);
  }
  is(statSync(world.directory.root).mode & 0o777, 0o700);
  is(await runtime.stop(), 0);
});

test.run();
