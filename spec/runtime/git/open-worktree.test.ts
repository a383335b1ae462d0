import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openWorktree } from '../../../runtime/git/open-worktree.ts';
import { worktreeChanges } from '../../../runtime/git/worktree-changes.ts';
import { createWorktrees } from '../../../runtime/git/worktrees.ts';
import { suite } from '../../support/suite.ts';
import {
  errorOf,
  git,
  hasBranch,
  makeRepository,
  records,
  type WorktreeWorld,
  worldWithWorktree,
  write,
} from './git-world.ts';

const test = suite('worktrees that are not what they claim');

const { remove } = createWorktrees();

test('a worktree that was moved away, is none, or is the repository itself is refused', async () => {
  const world = await worldWithWorktree();
  const plain = world.place('plain');
  mkdirSync(plain);
  const foreign = makeRepository(world.place('foreign'));
  const moved = world.place('moved');
  renameSync(world.path, moved);
  for (const path of [plain, foreign, moved, world.root, world.folder]) {
    assert.is((await errorOf(() => remove({ ...world, path, force: true }))).code, 'worktree.missing', path);
    assert.ok(existsSync(path));
  }
});

test('a .git file that was rewritten is refused, and nothing there is touched', async () => {
  const victim = makeRepository();
  const tricks: [string, (world: WorktreeWorld) => void][] = [
    ['points elsewhere', (world) => writeFileSync(join(world.path, '.git'), `gitdir: ${victim}/.git\n`)],
    ['points elsewhere', (world) => writeFileSync(join(world.path, '.git'), `gitdir: ${world.root}/.git\n`)],
    [
      'points elsewhere',
      (world) => {
        git(world.root, 'worktree', 'add', '-q', world.place('two'));
        writeFileSync(join(world.path, '.git'), `gitdir: ${world.root}/.git/worktrees/two\n`);
      },
    ],
    [
      'record of it points elsewhere',
      (world) => writeFileSync(join(world.root, '.git/worktrees/one/commondir'), `${victim}/.git\n`),
    ],
    [
      'more than one record',
      (world) => {
        git(world.root, 'worktree', 'add', '-q', world.place('two'));
        writeFileSync(join(world.root, '.git/worktrees/two/gitdir'), `${world.path}/.git\n`);
      },
    ],
    [
      'not the file',
      (world) => {
        rmSync(join(world.path, '.git'));
        git(world.path, 'init', '--quiet');
      },
    ],
    [
      'not the file',
      (world) => {
        rmSync(join(world.path, '.git'));
        symlinkSync(join(victim, '.git'), join(world.path, '.git'));
      },
    ],
    ['not the file', (world) => writeFileSync(join(world.path, '.git'), 'x'.repeat(100_000))],
  ];
  for (const [reason, trick] of tricks) {
    const world = await worldWithWorktree();
    trick(world);
    for (const act of [() => remove({ ...world, force: true }), () => worktreeChanges(world)]) {
      const error = await errorOf(act);
      assert.is(error.code, 'worktree.missing');
      assert.ok(error.message.includes(reason), error.message);
    }
    assert.ok(existsSync(join(world.path, 'README.md')) && hasBranch(world));
  }
  assert.is(git(victim, 'status', '--porcelain'), '');
});

test('a worktree replaced by a symlink is refused, and what it leads to stays', async () => {
  const world = await worldWithWorktree();
  const victim = join(world.folder, 'victim');
  renameSync(world.path, victim);
  symlinkSync(victim, world.path);
  const error = await errorOf(() => remove({ ...world, force: true }));
  assert.is(error.code, 'worktree.missing');
  assert.ok(existsSync(join(victim, 'README.md')));
});

test('a worktree whose .git file was deleted is refused, and parked and removed by force', async () => {
  const world = await worldWithWorktree();
  write(world.path, 'README.md', 'changed\n');
  rmSync(join(world.path, '.git'));
  assert.is((await errorOf(() => remove({ ...world, force: false }))).code, 'worktree.missing');
  const { parkedRef } = await remove({ ...world, force: true });
  assert.is(git(world.root, 'show', `${parkedRef}:README.md`), 'changed');
  assert.is(records(world), 1);
});

test('core.worktree, rewritten, leads nowhere', async () => {
  const world = await worldWithWorktree();
  const victim = makeRepository();
  const directory = join(world.root, '.git/worktrees/one');
  git(world.root, 'config', 'extensions.worktreeConfig', 'true');
  writeFileSync(join(directory, 'config.worktree'), `[core]\n\tworktree = ${victim}\n`);
  write(world.path, 'mine', 'm');
  assert.equal((await worktreeChanges(world)).uncommitted, [{ path: 'mine', status: 'untracked' }]);
  const { parkedRef } = await remove({ ...world, force: true });
  assert.is(git(world.root, 'show', `${parkedRef}:mine`), 'm');
  assert.is(git(victim, 'status', '--porcelain'), '');
});

test('what an agent put in the place of a file in its git folder is neither followed nor waited for', async () => {
  const world = await worldWithWorktree();
  const directory = join(world.root, '.git/worktrees/one');
  const secret = join(world.folder, 'secret');
  writeFileSync(secret, 'a key of somebody');
  symlinkSync(secret, join(directory, 'locked'));
  const locked = await errorOf(() => remove({ ...world, force: true }));
  assert.is(locked.code, 'worktree.dirty');
  assert.not.match(locked.message, 'a key');
  rmSync(join(directory, 'locked'));
  // A pipe that nobody writes to: who opens it waits for ever.
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(directory, 'locked')]);
  assert.is((await errorOf(() => remove({ ...world, force: true }))).code, 'worktree.dirty');
  rmSync(join(directory, 'locked'));
  rmSync(join(directory, 'index'));
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(directory, 'index')]);
  assert.is((await errorOf(() => worktreeChanges(world))).code, 'worktree.missing');
  assert.ok(existsSync(world.path));
});

test('a worktree is found while the records of others come and go', async () => {
  const world = await worldWithWorktree();
  const others = join(world.root, '.git', 'worktrees');
  let isOver = false;
  const coming = (async () => {
    for (let number = 0; !isOver; number += 1) {
      const record = join(others, `other-${number}`);
      await mkdir(record);
      await rm(record, { recursive: true });
    }
  })();
  try {
    for (let look = 0; look < 300; look += 1) await openWorktree(world);
  } finally {
    isOver = true;
    await coming;
  }
});

test.run();
