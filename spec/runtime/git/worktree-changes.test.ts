import { readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { worktreeChanges } from '../../../runtime/git/worktree-changes.ts';
import { worktreeDiff } from '../../../runtime/git/worktree-diff.ts';
import { suite } from '../../support/suite.ts';
import { commitAll, errorOf, type GitWorld, git, gitWorld, makeRepository, write } from './git-world.ts';

const test = suite('changes in a worktree');

const worldWithWorktree = async (): Promise<GitWorld & { path: string; baseCommit: string }> => {
  const world = await gitWorld();
  const { path } = await createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit: world.base });
  return { ...world, path, baseCommit: world.base };
};

test('a fresh worktree is clean', async () => {
  const world = await worldWithWorktree();
  assert.equal(await worktreeChanges(world), {
    dirty: false,
    uncommitted: [],
    files: [],
    ahead: 0,
    behind: 0,
    branch: 'one',
    cut: false,
  });
  assert.equal(await worktreeDiff(world), { text: '', cut: false });
});

test('changes are told by commit and by base', async () => {
  const world = await worldWithWorktree();
  write(world.path, 'committed.txt', 'c\n');
  commitAll(world.path, 'second');
  write(world.path, 'README.md', 'jello\n');
  write(world.path, 'new folder/ü 🚀\n.txt', 'n\n');
  write(world.path, 'staged.txt', 's\n');
  git(world.path, 'add', 'staged.txt');
  rmSync(join(world.path, 'source/a.txt'));
  write(world.path, '.gitignore', 'ignored\n');
  write(world.path, 'ignored', 'i\n');
  const changes = await worktreeChanges(world);
  const uncommitted = [
    { path: '.gitignore', status: 'untracked' },
    { path: 'README.md', status: 'modified' },
    { path: 'new folder/ü 🚀\n.txt', status: 'untracked' },
    { path: 'source/a.txt', status: 'deleted' },
    { path: 'staged.txt', status: 'added' },
  ];
  const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
  assert.equal([...changes.uncommitted].sort(byPath), uncommitted);
  assert.equal(
    [...changes.files].sort(byPath),
    [...uncommitted, { path: 'committed.txt', status: 'added' }].sort(byPath),
  );
  assert.is(changes.dirty, true);
  assert.is(changes.ahead, 1);
});

test('a change of the same size, in the same moment, is seen', async () => {
  const world = await worldWithWorktree();
  const file = join(world.path, 'README.md');
  const moment = Math.floor(Date.now() / 1000) - 100;
  // Without the inode's own time, only the age of the index tells that this file is suspect.
  git(world.path, 'config', 'core.trustctime', 'false');
  utimesSync(file, moment, moment);
  git(world.path, 'update-index', '--refresh');
  utimesSync(join(world.repository.commonDirectory, 'worktrees/one/index'), moment, moment);
  writeFileSync(file, 'jello\n');
  utimesSync(file, moment, moment);
  assert.equal((await worktreeChanges(world)).uncommitted, [{ path: 'README.md', status: 'modified' }]);
});

test('a change behind assume-unchanged or skip-worktree is seen', async () => {
  for (const flag of ['--assume-unchanged', '--skip-worktree']) {
    const world = await worldWithWorktree();
    git(world.path, 'update-index', flag, 'README.md');
    assert.not((await worktreeChanges(world)).dirty);
    write(world.path, 'README.md', 'changed\n');
    assert.is(git(world.path, 'status', '--porcelain'), '');
    assert.equal((await worktreeChanges(world)).uncommitted, [{ path: 'README.md', status: 'modified' }]);
    assert.is(git(world.path, 'ls-files', '-v', 'README.md').startsWith('H'), false);
  }
});

test('a sparse checkout is clean', async () => {
  const world = await worldWithWorktree();
  git(world.path, 'sparse-checkout', 'set', '--no-cone', '/README.md');
  assert.not((await worktreeChanges(world)).dirty);
});

test('looking writes nothing in the worktree', async () => {
  const world = await worldWithWorktree();
  write(world.path, 'new.txt', 'n\n');
  const index = join(world.repository.commonDirectory, 'worktrees/one/index');
  const before = readFileSync(index);
  await worktreeChanges(world);
  await worktreeDiff(world);
  assert.ok(before.equals(readFileSync(index)));
  assert.is(git(world.path, 'status', '--porcelain'), '?? new.txt');
});

test('the diff has commits, changes and untracked files, and applies', async () => {
  const world = await worldWithWorktree();
  write(world.path, 'committed.txt', 'c\n');
  commitAll(world.path, 'second');
  write(world.path, 'README.md', 'jello\n');
  write(world.path, 'untracked ü.txt', 'u\n');
  write(world.path, 'empty', '');
  symlinkSync('README.md', join(world.path, 'link'));
  rmSync(join(world.path, 'source/a.txt'));
  git(world.path, 'config', 'diff.noprefix', 'true');
  git(world.path, 'config', 'color.ui', 'always');
  const { text, cut } = await worktreeDiff(world);
  assert.is(cut, false);
  for (const line of [
    '-hello',
    '+jello',
    '+c',
    '+u',
    '+++ b/untracked ü.txt',
    'deleted file mode 100644',
    'new file mode 120000',
  ]) {
    assert.ok(text.split(/[\n\t]/).includes(line), line);
  }
  const target = await createWorktree({ ...world, path: world.place('two'), branch: 'two' });
  writeFileSync(join(world.folder, 'patch'), text);
  git(target.path, 'apply', '--index', join(world.folder, 'patch'));
  git(world.path, 'add', '--all');
  assert.is(git(target.path, 'write-tree'), git(world.path, 'write-tree'));
});

test('a diff is cut at a whole line', async () => {
  const world = await worldWithWorktree();
  write(world.path, 'big.txt', 'ü\n'.repeat(100_000));
  const { text, cut } = await worktreeDiff({ ...world, maxBytes: 1001 });
  assert.is(cut, true);
  assert.ok(Buffer.byteLength(text) <= 1001 && text.endsWith('+ü\n'));
});

test('twelve thousand untracked files are dirty, and the list is bounded', async () => {
  const world = await worldWithWorktree();
  const name = 'x'.repeat(120);
  for (let index = 0; index < 12_000; index += 1) writeFileSync(join(world.path, `${name}${index}`), '');
  const changes = await worktreeChanges(world);
  assert.ok(changes.dirty && changes.cut && changes.files.length > 1000);
  assert.ok(changes.files.every((file) => file.path.startsWith(name)));
});

test('a conflict, a branch without commits and a repository inside are told', async () => {
  const world = await worldWithWorktree();
  write(world.root, 'README.md', 'ours\n');
  commitAll(world.root, 'ours');
  write(world.path, 'README.md', 'theirs\n');
  commitAll(world.path, 'theirs');
  assert.throws(() => git(world.path, 'merge', 'main'));
  assert.equal((await worktreeChanges(world)).uncommitted, [{ path: 'README.md', status: 'conflicted' }]);
  assert.ok((await worktreeDiff(world)).text.includes('<<<<<<<'));
  git(world.path, 'merge', '--abort');
  makeRepository(join(world.path, 'inner'));
  assert.equal((await worktreeChanges(world)).uncommitted, [{ path: 'inner/', status: 'untracked' }]);
  assert.not((await worktreeDiff(world)).text.includes('inner'));
  git(world.path, 'checkout', '--quiet', '--orphan', 'fresh');
  assert.is((await worktreeChanges(world)).ahead, 0);
});

test('a base that is no commit id is refused', async () => {
  const world = await worldWithWorktree();
  for (const baseCommit of ['main', '--output=/tmp/x', '']) {
    assert.is((await errorOf(() => worktreeChanges({ ...world, baseCommit }))).code, 'repository.bad_base');
    assert.is((await errorOf(() => worktreeDiff({ ...world, baseCommit }))).code, 'repository.bad_base');
  }
});

test.run();
