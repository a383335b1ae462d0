/** Snapshots whose refs somebody deleted, and whose objects git has cleared away: what is said of them, and what goes on. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { restoreRequest } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import { findLostSnapshots } from '../../../runtime/work/find-lost-snapshots.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWorlds, createWorld, ended, errorOf, git, request, start } from '../../support/world.ts';
import { bundle, throughline } from '../cli/support/throughline.ts';

const test = suite('snapshots that are lost');
test.after(closeWorlds);

test('[law 15] [law 22] verify says which are gone, and of a repository that is away that nothing is known', async () => {
  const world = createWorld('lost');
  const runtime = await world.open();
  const editing = world.script(
    'editing',
    { steps: [{ do: 'edit', path: 'one.txt', text: 'one\n' }] },
    { steps: [{ do: 'edit', path: 'two.txt', text: 'two\n' }] },
  );
  const { id } = await start(runtime, world, editing, { worktree: true, name: 'lost' });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path);
  const snapshots = await until('its end is taken', async () => {
    const work = await runtime.work(id);
    return work.snapshots.length === 2 && work.snapshots;
  });
  const whole = await runtime.verifySnapshots();
  equal([whole.ok, whole.snapshots, whole.gone, whole.away], [true, 2, [], []]);

  // Else the next snapshot would write the same files once more.
  writeFileSync(join(worktree.path, 'one.txt'), 'another\n');
  git(world.repository, 'update-ref', '-d', `refs/throughline/snapshots/${id}`);
  git(world.repository, 'reflog', 'expire', '--expire=now', '--all');
  git(world.repository, 'gc', '--quiet', '--prune=now');
  const report = await runtime.verifySnapshots();
  const tree = snapshots[1]?.tree;
  // S1 is the tree of the commit that it began at.
  equal(report.gone, [{ session: id, name: 'lost', snapshot: 2, tree, repository: world.repository }]);
  equal([report.ok, report.code], [false, 'snapshot.gone']);
  is((await runtime.verify()).ok, true, 'the log is as it was');

  const undo = restoreRequest.parse({ to: 2, kind: 'undo' });
  is((await errorOf(runtime.restore(id, undo))).code, 'snapshot.gone');
  const fork = request(world, editing, { worktree: true, forkOf: id, forkAt: { snapshot: 2 } });
  is((await errorOf(runtime.startSession(fork))).code, 'snapshot.gone');
  is(readFileSync(join(worktree.path, 'one.txt'), 'utf8'), 'another\n');

  // Gone with its last snapshots, a worktree is made anew from what is left of them.
  const { snapshots: later } = await runtime.work(id);
  for (const ref of git(world.repository, 'for-each-ref', '--format=%(refname)', 'refs/throughline').split('\n')) {
    if (ref !== '') git(world.repository, 'update-ref', '-d', ref);
  }
  rmSync(worktree.path, { recursive: true });
  git(world.repository, 'gc', '--quiet', '--prune=now');
  await runtime.prompt(id, 'Go on.');
  is((await ended(runtime, id)).status, 'Completed');
  equal(
    ['README.md', 'one.txt', 'two.txt'].map((file) => existsSync(join(worktree.path ?? '', file))),
    [true, false, true],
  );
  is((await runtime.verifySnapshots()).gone.length, later.length - 1);

  const named = { dashboard: runtime.dashboard, work: runtime.work };
  renameSync(world.repository, `${world.repository}.away`);
  const away = await findLostSnapshots(named);
  equal([away.ok, away.gone], [true, []]);
  equal(
    away.away.map(({ repository, code }) => [repository, code]),
    [[world.repository, 'repository.missing']],
  );
  renameSync(`${world.repository}.away`, world.repository);
  const late = await findLostSnapshots(named, 0);
  equal([late.gone, late.away.length], [[], 1]);
  await world.close();

  const cli = throughline(bundle, world.directory.root);
  const told = await cli.run('verify');
  is(told.code, 1, told.stderr);
  const [log = '', lost = '', first = ''] = told.stdout.split('\n');
  match(log, /^✓ .* what is stored is what the log says$/);
  match(lost, /^✗ \d+ snapshots, of which \d+ are gone \(snapshot\.gone\)/);
  match(first, `  S2 of lost, in ${world.repository}`);
  match((await cli.run('verify', '--json')).stdout, /^{"ok":true,.*"code":"snapshot\.gone"/);
});

test.run();
