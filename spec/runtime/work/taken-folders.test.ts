import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { closeWorlds, createWorld, ended, errorOf, git, historyOf, rowOf, start } from '../../support/world.ts';
import { commitFiles } from './setup-world.ts';

const test = suite('folders that are there', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const worktree = { worktree: true };

test('a session that is begun in a folder of its repository works in that folder of its worktree, and may write above it', async () => {
  const world = createWorld('subfolder');
  commitFiles(world.repository, { 'packages/web/README.md': 'web\n' });
  mkdirSync(join(world.repository, 'new'));
  const runtime = await world.open();
  const agent = world.script(
    'where',
    { steps: [{ do: 'run', command: 'pwd; echo found > here.txt; echo above > ../../above.txt' }] },
    { steps: [{ do: 'run', command: 'pwd' }] },
  );
  const repository = join(world.repository, 'packages/web');
  const { id } = await start(runtime, world, agent, { ...worktree, repository });
  await ended(runtime, id);
  const { worktree: where, repository: root } = await rowOf(runtime, id);
  is(root, world.repository);
  const top = where.path ?? '';
  is(readFileSync(join(top, 'packages/web/here.txt'), 'utf8'), 'found\n');
  ok(existsSync(join(top, 'above.txt')));

  // What the agent put in its place does not lead the next one anywhere.
  await runtime.stop();
  rmSync(join(top, 'packages/web'), { recursive: true });
  symlinkSync('/tmp', join(top, 'packages/web'));
  const again = await world.open();
  await again.prompt(id, 'Again.');
  await ended(again, id);
  match(JSON.stringify((await historyOf(again, id)).filter(({ run }) => run === 2)), `${top}/packages\\n`);

  const unknown = start(again, world, agent, { ...worktree, repository: join(world.repository, 'new') });
  is((await errorOf(unknown)).code, 'repository.missing');
  await world.close();
});

test('a branch that is there is taken up with its commits, and stays when the session is removed', async () => {
  const world = createWorld('branch');
  git(world.repository, 'branch', 'feature');
  const first = git(world.repository, 'rev-parse', 'HEAD');
  commitFiles(world.repository, { 'later.txt': 'on main\n' });
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick', { ...worktree, branch: 'feature' });
  const { worktree: where } = await ended(runtime, id);
  equal([where.branch, where.base], ['feature', 'main']);
  is(git(where.path ?? '', 'rev-parse', '--abbrev-ref', 'HEAD'), 'feature');
  ok(!existsSync(join(where.path ?? '', 'later.txt')));
  equal((await runtime.changes(id)).files, []);
  const other = await errorOf(start(runtime, world, 'quick', { ...worktree, branch: 'feature' }));
  is(other.code, 'worktree.exists');
  match(other.message, where.path ?? '');
  const main = await errorOf(start(runtime, world, 'quick', { ...worktree, branch: 'main' }));
  is(main.code, 'worktree.exists');
  await runtime.remove(id, { force: false });
  ok(!existsSync(where.path ?? ''));
  is(git(world.repository, 'rev-parse', 'feature'), first);
  await world.close();
});

test('a worktree that is there is taken up with what is in it, and stays as it is when the session is removed', async () => {
  const world = createWorld('taken');
  const path = join(world.directory.root, '..', 'mine');
  git(world.repository, 'worktree', 'add', '--quiet', '-b', 'mine', path);
  writeFileSync(join(path, 'draft.txt'), 'not committed\n');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick', { ...worktree, takesWorktree: path });
  const row = await ended(runtime, id);
  equal([row.repository, row.worktree.path, row.worktree.branch], [world.repository, path, 'mine']);
  equal(
    (await runtime.changes(id)).uncommitted.map((each) => each.path),
    ['draft.txt'],
  );
  const other = await errorOf(start(runtime, world, 'quick', { ...worktree, takesWorktree: path }));
  is(other.code, 'worktree.exists');
  const main = await errorOf(start(runtime, world, 'quick', { ...worktree, takesWorktree: world.repository }));
  is(main.code, 'worktree.missing');
  await runtime.remove(id, { force: false });
  is(readFileSync(join(path, 'draft.txt'), 'utf8'), 'not committed\n');
  is(git(path, 'rev-parse', '--abbrev-ref', 'HEAD'), 'mine');
  await world.close();
});

test.run();
