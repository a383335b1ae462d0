import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { createWorktrees } from '../../../runtime/git/worktrees.ts';
import { suite } from '../../support/suite.ts';
import {
  commitAll,
  errorOf,
  git,
  gitWorld,
  hasBranch,
  records,
  type WorktreeWorld,
  worldWithWorktree,
  write,
} from './git-world.ts';

const test = suite('removing worktrees');

const { remove, create } = createWorktrees();

test('a clean worktree goes with its folder, its record and its branch', async () => {
  const world = await worldWithWorktree();
  const removed = await remove({ ...world, force: false });
  assert.equal(removed, { parkedRef: null, branch: { kind: 'deleted', commit: world.base } });
  assert.not(existsSync(world.path));
  assert.not(hasBranch(world));
  assert.is(records(world), 1);
});

test('a branch with commits of its own is kept, and deleted once another has them or on request', async () => {
  const world = await worldWithWorktree();
  write(world.path, 'b.txt', 'b\n');
  const commit = commitAll(world.path, 'work');
  const again = { ...world, force: false };
  assert.equal((await remove(again)).branch, { kind: 'kept', commit, why: 'commits' });
  assert.equal((await remove({ ...again, deleteBranch: 'never' })).branch, { kind: 'kept', commit, why: 'asked' });
  git(world.root, 'merge', '--quiet', '--no-ff', '-m', 'merged', world.branch);
  assert.equal((await remove(again)).branch, { kind: 'deleted', commit });
  assert.equal((await remove(again)).branch, { kind: 'absent' });
  git(world.root, 'reset', '--quiet', '--hard', world.base);
  git(world.root, 'branch', world.branch, commit);
  assert.equal((await remove({ ...again, deleteBranch: 'always' })).branch, { kind: 'deleted', commit });
});

test('a branch that another worktree is on is kept', async () => {
  const world = await worldWithWorktree();
  git(world.path, 'checkout', '--quiet', '--detach');
  git(world.root, 'checkout', '--quiet', world.branch);
  const { branch } = await remove({ ...world, force: false, deleteBranch: 'always' });
  assert.equal(branch, { kind: 'kept', commit: world.base, why: 'checked out' });
});

test('uncommitted work is refused, naming up to three files, and stays', async () => {
  const changes: [string, (world: WorktreeWorld) => void][] = [
    ['README.md', (world) => write(world.path, 'README.md', 'changed\n')],
    ['new.txt', (world) => write(world.path, 'new.txt', '')],
    ['source/a.txt', (world) => rmSync(join(world.path, 'source/a.txt'))],
    [
      'staged.txt',
      (world) => {
        write(world.path, 'staged.txt', 's');
        git(world.path, 'add', 'staged.txt');
      },
    ],
    [
      'README.md',
      (world) => {
        git(world.path, 'update-index', '--skip-worktree', 'README.md');
        write(world.path, 'README.md', 'hidden\n');
      },
    ],
  ];
  for (const [name, change] of changes) {
    const world = await worldWithWorktree();
    change(world);
    const error = await errorOf(() => remove({ ...world, force: false }));
    assert.is(error.code, 'worktree.dirty');
    assert.ok(error.message.endsWith(`has uncommitted changes: ${name}`), error.message);
    assert.ok(error.hint);
    assert.ok(existsSync(join(world.path, '.git')) && hasBranch(world));
  }
  const world = await worldWithWorktree();
  for (const name of ['1', '2', '3', '4', '5']) write(world.path, name, name);
  const error = await errorOf(() => remove({ ...world, force: false }));
  assert.match(error.message, /: 1, 2, 3 and 2 more$/);
});

test('a folder that is gone already is fine, and only its own record goes', async () => {
  const world = await worldWithWorktree();
  await createWorktree({ ...world, path: world.place('two'), branch: 'two' });
  for (const name of ['one', 'two']) rmSync(world.place(name), { recursive: true });
  assert.is((await remove({ ...world, force: false })).branch.kind, 'deleted');
  assert.is(records(world), 2);
  assert.is((await remove({ ...world, force: false })).branch.kind, 'absent');
});

test('a read-only folder, as package caches make them, does not stop the removal', async () => {
  const world = await worldWithWorktree();
  write(world.path, '.gitignore', 'cache\n');
  commitAll(world.path, 'ignore');
  write(world.path, 'cache/deep/file', 'x');
  chmodSync(join(world.path, 'cache/deep'), 0o500);
  await remove({ ...world, force: false });
  assert.not(existsSync(world.path));
});

test('symlinks inside a worktree are removed, not what they lead to', async () => {
  const world = await worldWithWorktree();
  const victim = join(world.folder, 'victim');
  write(victim, 'keep', 'k');
  symlinkSync(victim, join(world.path, 'link'));
  await remove({ ...world, force: true });
  assert.ok(existsSync(join(victim, 'keep')));
});

test('one whose making was cut short goes without fuss', async () => {
  const world = await gitWorld();
  git(world.root, 'worktree', 'add', '--quiet', '--no-checkout', '-b', 'half', world.place('half'));
  writeFileSync(join(world.root, '.git/worktrees/half/locked'), 'initializing');
  const removed = await remove({
    ...world,
    path: world.place('half'),
    branch: 'half',
    baseCommit: world.base,
    force: false,
  });
  assert.equal(removed, { parkedRef: null, branch: { kind: 'deleted', commit: world.base } });
  assert.is(git(world.root, 'worktree', 'list').split('\n').length, 1);
});

test('a locked worktree, and one with another inside it, are refused', async () => {
  const world = await worldWithWorktree();
  git(world.root, 'worktree', 'lock', '--reason', 'mine', world.path);
  assert.match((await errorOf(() => remove({ ...world, force: true }))).message, /is locked: mine/);
  git(world.root, 'worktree', 'unlock', world.path);
  git(world.path, 'worktree', 'add', '--quiet', 'inner');
  assert.match((await errorOf(() => remove({ ...world, force: true }))).message, /another worktree inside/);
  assert.ok(existsSync(join(world.path, 'inner/README.md')));
});

test('what changes a repository waits for what was asked before it', async () => {
  const world = await worldWithWorktree();
  const [removed, made] = await Promise.all([remove({ ...world, force: false }), create({ ...world, branch: 'next' })]);
  assert.is(removed.branch.kind, 'deleted');
  assert.is(git(made.path, 'symbolic-ref', '--short', 'HEAD'), 'next');
});

test('making and removing three at once, again and again, works', async () => {
  const world = await gitWorld();
  await Promise.all(
    ['x', 'y', 'z'].map(async (name) => {
      for (let round = 0; round < 4; round += 1) {
        const made = await create({ ...world, path: world.place(name), branch: name, baseCommit: world.base });
        write(made.path, 'README.md', `${name}${round}`);
        const removed = await remove({ ...world, ...made, baseCommit: world.base, force: true });
        assert.is(git(world.root, 'show', `${removed.parkedRef}:README.md`), `${name}${round}`);
      }
    }),
  );
});

test.run();
