/** The runtime killed in a restore, and while a worktree is made anew: the next start goes on from there. More places are in the suite of faults. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import { serve } from '../../support/served.ts';
import { suite } from '../../support/suite.ts';
import { closeWorlds, ended, errorOf, git, happened, request } from '../../support/world.ts';
import { killedRecovery, killedRestore, prepared, recoveryPlaces, restorePlaces, undo } from './killed-restores.ts';

const test = suite('a restore that is cut short', { timeLimitMs: 300_000 });
test.after(closeWorlds);

for (const place of restorePlaces.slice(0, 2)) killedRestore(test, place);
for (const place of recoveryPlaces.slice(0, 1)) killedRecovery(test, place);

test('[law 22] a moved data directory and a moved repository are found again, and go on where they are', async () => {
  const { world, id, path } = await prepared('moved');
  writeFileSync(join(path, 'mine.txt'), 'mine\n');
  const folder = join(world.directory.root, '..');
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  const root = join(elsewhere, 'data');
  renameSync(world.directory.root, root);
  renameSync(world.repository, join(elsewhere, 'greetings'));
  const { openDataDirectory } = await import('../../../runtime/data/data-directory.ts');
  const next = await serve(openDataDirectory(root));
  await next.prompt(id, 'Go on.');
  const row = await ended(next, id);
  is(row.status, 'Completed');
  equal([row.worktree.path, row.repository], [join(root, 'worktrees', id), join(elsewhere, 'greetings')]);
  is(readFileSync(join(root, 'worktrees', id, 'mine.txt'), 'utf8'), 'mine\n');
  is((await next.restore(id, undo)).files, 3);
  git(join(elsewhere, 'greetings'), 'worktree', 'prune', '--expire=now');
  ok(git(join(elsewhere, 'greetings'), 'worktree', 'list').includes(root));
  is((await next.verify()).ok, true);
  is(await next.stop(), 0);
});

test('[law 19] a fork begins with the files of a snapshot, committed or not, and is told what was said up to there', async () => {
  const { world, id, path } = await prepared('fork');
  const runtime = await world.open();
  git(path, 'add', '--all');
  git(path, 'commit', '--quiet', '--message', 'of run 2');
  const telling = world.script('telling', { steps: [{ do: 'say', text: 'I was told: {{prompt}}', everyMs: 0 }] });
  const fork = await runtime.startSession(
    request(world, telling, { worktree: true, forkOf: id, forkAt: { snapshot: 2 }, prompt: 'Another way.' }),
  );
  const { worktree, status } = await ended(runtime, fork.id);
  is(status, 'Completed');
  ok(worktree.path && worktree.path !== path);
  equal(
    [existsSync(join(worktree.path, 'README.md')), readFileSync(join(worktree.path, 'one.txt'), 'utf8')],
    [true, 'one\n'],
  );
  is(git(worktree.path, 'status', '--porcelain', '-uall'), '?? one.txt');
  const told = await happened(runtime, fork.id, 'it is told', ({ type }) => type === 'recap');
  ok(JSON.stringify(told.payload).includes('Do it.'), 'what was asked before');
  is(JSON.stringify(told.payload).includes('Change it.'), false, 'what was asked after is not');
  is(git(world.repository, 'for-each-ref', 'refs/throughline/held'), '');
  const twice = await errorOf(
    runtime.startSession(request(world, telling, { worktree: true, forkOf: id, forkAt: { snapshot: 77 } })),
  );
  is(twice.code, 'snapshot.not_found');
  is((await runtime.verify()).ok, true);
  await world.close();
});

test.run();
