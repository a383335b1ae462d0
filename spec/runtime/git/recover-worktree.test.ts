import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { inWorktree, openWorktree } from '../../../runtime/git/open-worktree.ts';
import { findWorktree, linkWorktree, type Recoverable } from '../../../runtime/git/recover-worktree.ts';
import { inspectRepository } from '../../../runtime/git/repository.ts';
import { fillWorktree } from '../../../runtime/git/snapshots/fill-worktree.ts';
import { suite } from '../../support/suite.ts';
import { errorOf, git, type WorktreeWorld, write } from './git-world.ts';
import { snapshotWorld } from './snapshots/snapshot-world.ts';

const test = suite('a worktree recovered');

/** With something of every kind: committed, staged, changed, new, gone, ignored. */
const atWork = async () => {
  const world = await snapshotWorld();
  const { path } = world;
  write(path, 'committed.txt', 'committed\n');
  git(path, 'add', '.');
  git(path, 'commit', '--quiet', '--message', 'of the agent');
  write(path, 'staged.txt', 'staged\n');
  git(path, 'add', 'staged.txt');
  write(path, 'README.md', 'changed\n');
  write(path, 'new/file.txt', 'new\n');
  rmSync(join(path, 'source/a.txt'));
  const { tree } = await world.take();
  return { ...world, tree, status: git(path, 'status', '--porcelain', '-uall') };
};

const recoverable = (world: WorktreeWorld, more: Partial<Recoverable> = {}): Recoverable => ({
  repository: world.repository,
  path: world.path,
  formerPath: world.path,
  branch: world.branch,
  ...more,
});

const recover = async (of: Recoverable, tree: string): Promise<readonly string[]> => {
  const found = await findWorktree(of);
  const worktree = await linkWorktree(of, found);
  return found.hasFiles ? [] : fillWorktree({ repository: of.repository, worktree, tree });
};

test('[law 19] deleted, it is made anew with what was not committed, and what was staged is staged', async () => {
  const world = await atWork();
  rmSync(world.path, { recursive: true });
  equal(await recover(recoverable(world), world.tree), []);
  is(git(world.path, 'status', '--porcelain', '-uall'), world.status);
  is(git(world.path, 'symbolic-ref', 'HEAD'), `refs/heads/${world.branch}`);
  is((await world.take()).tree, world.tree);
});

test('[law 19] deleted and forgotten by git, it is made anew: nothing is staged, and all else is as it was', async () => {
  const world = await atWork();
  rmSync(world.path, { recursive: true });
  git(world.root, 'worktree', 'prune', '--expire=now');
  await recover(recoverable(world), world.tree);
  is((await world.take()).tree, world.tree);
  equal(git(world.path, 'status', '--porcelain', '-uall').split('\n').sort(), [
    ' D source/a.txt',
    ' M README.md',
    '?? new/file.txt',
    '?? staged.txt',
  ]);
  is(git(world.path, 'symbolic-ref', 'HEAD'), `refs/heads/${world.branch}`);
});

test('forgotten by git with its files still there, they stay as they are', async () => {
  const world = await atWork();
  const moved = `${world.path}.away`;
  renameSync(world.path, moved);
  git(world.root, 'worktree', 'prune', '--expire=now');
  renameSync(moved, world.path);
  write(world.path, 'README.md', 'changed once more\n');
  await recover(recoverable(world), world.tree);
  is(readFileSync(join(world.path, 'README.md'), 'utf8'), 'changed once more\n');
  match(git(world.path, 'status', '--porcelain'), ' M README.md');
});

test('moved, or its repository moved, or both, git knows it again where it is', async () => {
  for (const what of ['worktree', 'repository', 'both'] as const) {
    const world = await atWork();
    const root = what === 'worktree' ? world.root : `${world.root}-elsewhere`;
    const path = what === 'repository' ? world.path : join(world.folder, 'data/worktrees/one');
    if (root !== world.root) renameSync(world.root, root);
    if (path !== world.path) {
      mkdirSync(join(path, '..'), { recursive: true });
      renameSync(world.path, path);
    }
    const repository = await inspectRepository(root);
    await recover(recoverable(world, { repository, path }), world.tree);
    is(git(path, 'status', '--porcelain', '-uall'), world.status, what);
    is(git(root, 'worktree', 'list').includes(path), true, what);
    git(root, 'worktree', 'prune', '--expire=now');
    ok((await openWorktree({ repository, path })).path, what);
  }
});

test('its branch checked out elsewhere meanwhile, it is on the commit of it; gone, it is refused', async () => {
  const world = await atWork();
  rmSync(world.path, { recursive: true });
  git(world.root, 'worktree', 'prune', '--expire=now');
  git(world.root, 'checkout', '--quiet', world.branch);
  await recover(recoverable(world), world.tree);
  is((await world.take()).tree, world.tree);
  is(git(world.path, 'rev-parse', 'HEAD'), git(world.root, 'rev-parse', world.branch));
  const other = await atWork();
  rmSync(other.path, { recursive: true });
  git(other.root, 'worktree', 'prune', '--expire=now');
  git(other.root, 'branch', '-D', other.branch);
  const refused = await errorOf(() => findWorktree(recoverable(other)));
  is(refused.code, 'worktree.missing');
  is(existsSync(other.path), false);
});

test('what is not its own is never linked: another record, a repository, a symlink, a file', async () => {
  const world = await atWork();
  const other = world.place('two');
  git(world.root, 'worktree', 'add', '--quiet', '-b', 'two', other);
  const before = readFileSync(join(other, '.git'), 'utf8');
  writeFileSync(join(world.path, '.git'), before);
  is((await errorOf(() => findWorktree(recoverable(world)))).code, 'worktree.missing');
  rmSync(join(world.path, '.git'));
  git(world.path, 'init', '--quiet');
  is((await errorOf(() => findWorktree(recoverable(world)))).code, 'worktree.missing');
  rmSync(world.path, { recursive: true });
  writeFileSync(world.path, 'a file');
  is((await errorOf(() => findWorktree(recoverable(world)))).code, 'worktree.missing');
  is(git(other, 'symbolic-ref', '--short', 'HEAD'), 'two');
});

test('big files and repositories of their own are named, and no pointer takes their place', async () => {
  const world = await snapshotWorld();
  write(world.path, 'big.bin', 'x'.repeat(5_000));
  const { tree } = await world.take({ maxFileBytes: 1_000 });
  rmSync(world.path, { recursive: true });
  equal(await recover(recoverable(world), tree), ['big.bin']);
  is(existsSync(join(world.path, 'big.bin')), false);
  ok(inWorktree(await openWorktree(world)));
});

test.run();
