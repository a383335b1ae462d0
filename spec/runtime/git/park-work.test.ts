import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktrees } from '../../../runtime/git/worktrees.ts';
import { suite } from '../../support/suite.ts';
import { commitAll, errorOf, git, worldWithWorktree, write } from './git-world.ts';

const test = suite('parking work');

const now = Date.UTC(2026, 10, 3, 10, 11, 12, 345);
const { remove, create } = createWorktrees({ now: () => now });

test('[law 19] by force, uncommitted work is parked under a ref first, without an identity and without the stash', async () => {
  const world = await worldWithWorktree();
  write(world.path, '.gitignore', 'ignored\n');
  const head = commitAll(world.path, 'work');
  write(world.path, 'README.md', 'changed\n');
  write(world.path, 'new folder/ü 🚀.txt', 'new\n');
  writeFileSync(join(world.path, 'binary'), Buffer.from([0, 255, 13, 10]));
  writeFileSync(join(world.path, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  symlinkSync('/etc/hostname', join(world.path, 'link'));
  write(world.path, 'ignored', 'i');
  rmSync(join(world.path, 'source/a.txt'));
  const { parkedRef, branch } = await remove({ ...world, force: true });
  assert.is(parkedRef, 'refs/throughline/parked/one-20261103T101112Z');
  assert.equal(branch, { kind: 'kept', commit: head, why: 'commits' });
  assert.not(existsSync(world.path));
  const ref = parkedRef ?? '';
  assert.is(git(world.root, 'rev-parse', `${ref}^`), head);
  assert.is(git(world.root, 'show', `${ref}:README.md`), 'changed');
  assert.is(git(world.root, 'show', `${ref}:new folder/ü 🚀.txt`), 'new');
  assert.is(git(world.root, 'cat-file', '-s', `${ref}:binary`), '4');
  const modes = git(world.root, 'ls-tree', '-r', '--format=%(objectmode) %(path)', ref);
  assert.ok(modes.includes('120000 link') && modes.includes('100755 run.sh'));
  assert.not(modes.includes('ignored') || modes.includes('source/a.txt'));
  assert.is(
    git(world.root, 'log', '-1', '--format=%an <%ae> %ct', ref),
    `Throughline <throughline@localhost> ${Math.floor(now / 1000)}`,
  );
  assert.is(git(world.root, 'stash', 'list'), '');
});

test('what was staged and then changed again is parked too', async () => {
  const world = await worldWithWorktree();
  write(world.path, 'README.md', 'staged\n');
  git(world.path, 'add', '--all');
  write(world.path, 'README.md', 'hello\n');
  const { parkedRef } = await remove({ ...world, force: true });
  assert.is(git(world.root, 'show', `${parkedRef}:README.md`), 'hello');
  assert.is(git(world.root, 'show', `${parkedRef}^2:README.md`), 'staged');
});

test('two parkings in one second have two refs', async () => {
  const world = await worldWithWorktree();
  const refs: (string | null)[] = [];
  for (const content of ['first', 'second']) {
    if (content === 'second') await create({ ...world, branch: 'again' });
    write(world.path, 'README.md', content);
    refs.push((await remove({ ...world, force: true })).parkedRef);
  }
  assert.equal(refs, [
    'refs/throughline/parked/one-20261103T101112Z',
    'refs/throughline/parked/one-20261103T101112Z-2',
  ]);
  assert.is(git(world.root, 'show', `${refs[0]}:README.md`), 'first');
});

test('a merge with conflicts, and a branch without commits, can be parked', async () => {
  const world = await worldWithWorktree();
  write(world.root, 'README.md', 'ours\n');
  commitAll(world.root, 'ours');
  write(world.path, 'README.md', 'theirs\n');
  commitAll(world.path, 'theirs');
  assert.throws(() => git(world.path, 'merge', 'main'));
  const { parkedRef } = await remove({ ...world, force: true });
  assert.ok(git(world.root, 'show', `${parkedRef}:README.md`).includes('<<<<<<<'));

  const other = await worldWithWorktree();
  git(other.path, 'checkout', '--quiet', '--orphan', 'fresh');
  const orphan = await remove({ ...other, force: true });
  assert.is(git(other.root, 'show', `${orphan.parkedRef}:README.md`), 'hello');
});

test('a worktree whose files were all deleted is parked as such', async () => {
  const world = await worldWithWorktree();
  for (const name of ['README.md', 'source']) rmSync(join(world.path, name), { recursive: true });
  const { parkedRef } = await remove({ ...world, force: true });
  assert.is(git(world.root, 'ls-tree', '-r', `${parkedRef}`), '');
});

test('commits that are on no branch are refused, and parked by force', async () => {
  const world = await worldWithWorktree();
  git(world.path, 'checkout', '--quiet', '--detach');
  write(world.path, 'b.txt', 'b\n');
  const commit = commitAll(world.path, 'loose');
  assert.is((await errorOf(() => remove({ ...world, force: false }))).code, 'worktree.dirty');
  const { parkedRef } = await remove({ ...world, force: true });
  assert.is(git(world.root, 'rev-parse', `${parkedRef}`), commit);
});

test('[law 19] work that cannot be parked stops the removal', async () => {
  if (process.getuid?.() === 0) return;
  const world = await worldWithWorktree();
  write(world.path, 'secret', 's');
  chmodSync(join(world.path, 'secret'), 0);
  assert.is((await errorOf(() => remove({ ...world, force: true }))).code, 'git.failed');
  assert.ok(existsSync(join(world.path, 'secret')));
});

test.run();
