/** SIGKILL of the runtime at the steps of a restore, and of a worktree that is made anew, that `npm test` leaves out. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is } from 'uvu/assert';
import {
  killedRecovery,
  killedRestore,
  prepared,
  recoveryPlaces,
  restorePlaces,
  undo,
} from '../runtime/work/killed-restores.ts';
import { holdGit } from '../support/held-git.ts';
import { serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds } from '../support/world.ts';
import { isLong } from './support/form.ts';

const test = suite('a restore that is killed', { timeLimitMs: 600_000 });
test.after(closeWorlds);

for (const place of isLong ? restorePlaces : restorePlaces.slice(2, 3)) killedRestore(test, place);
for (const place of isLong ? recoveryPlaces : recoveryPlaces.slice(1, 2)) killedRecovery(test, place);

test('[law 19] one that cannot be finished at the next start leaves alone what was done there since', async () => {
  const { world, id, path } = await prepared('restore-refused');
  const held = holdGit(['read-tree -m -u']);
  const runtime = await serve(world.directory, [], undefined, { ...process.env, PATH: held.path });
  runtime.restore(id, undo).catch(() => {});
  await held.stopped();
  // Half of it is done.
  writeFileSync(join(path, 'one.txt'), 'one\n');
  await runtime.kill();
  writeFileSync(join(path, 'mine.txt'), 'mine\n');
  // In the way of a file that would come back.
  writeFileSync(join(path, '.gitignore'), '*.log\n');
  mkdirSync(join(path, 'README.md'));
  writeFileSync(join(path, 'README.md/work.log'), 'hours of it\n');
  const next = await serve(world.directory);
  const work = await until('nothing is under way', async () => {
    const found = await next.work(id);
    return found.restores.every(({ state }) => state !== 'under_way') && found;
  });
  is(work.restores.at(-1)?.state, 'abandoned');
  equal(
    ['mine.txt', 'README.md/work.log', 'one.txt', 'two.txt'].map((file) => readFileSync(join(path, file), 'utf8')),
    ['mine\n', 'hours of it\n', 'two\n', 'new\n'],
  );
  is(existsSync(join(path, '.gitignore')), true);
  equal((await next.client.call('discarded', {})).discarded, []);
  is(await next.stop(), 0);
});

test.run();
