import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { listWorktrees, parseWorktreeList, pruneWorktrees } from '../../../runtime/git/list-worktrees.ts';
import { removeFolder } from '../../../runtime/git/remove-folder.ts';
import { inspectRepository } from '../../../runtime/git/repository.ts';
import { createWorktrees } from '../../../runtime/git/worktrees.ts';
import { suite } from '../../support/suite.ts';
import { commitAll, errorOf, type GitWorld, git, gitWorld, makeRepository, write } from './git-world.ts';

const test = suite('creating worktrees');

/** What a failed creation must leave as it was. */
const traces = (world: GitWorld): unknown => ({
  refs: git(world.root, 'for-each-ref'),
  worktrees: git(world.root, 'worktree', 'list', '--porcelain'),
  folders: existsSync(join(world.folder, 'worktrees')) ? readdirSync(join(world.folder, 'worktrees')) : [],
});

test('a worktree has the files of its base on a branch of its own', async () => {
  const world = await gitWorld();
  write(world.root, 'later.txt', 'later\n');
  commitAll(world.root, 'second');
  const made = await createWorktree({
    ...world,
    path: world.place('one'),
    branch: 'throughline/one',
    baseCommit: world.base,
  });
  assert.equal(made, { path: world.place('one'), branch: 'throughline/one' });
  assert.is(readFileSync(join(made.path, 'source/a.txt'), 'utf8'), 'a\n');
  assert.not(existsSync(join(made.path, 'later.txt')));
  assert.is(git(made.path, 'status', '--porcelain'), '');
  assert.is(git(made.path, 'symbolic-ref', '--short', 'HEAD'), 'throughline/one');
  assert.is(git(world.root, 'symbolic-ref', '--short', 'HEAD'), 'main');
  assert.equal((await listWorktrees(world.repository))[1], {
    path: made.path,
    headCommit: world.base,
    branch: 'throughline/one',
    bare: false,
    locked: null,
    prunable: null,
  });
});

test('three at once on one repository, and twelve more, all succeed', async () => {
  const world = await gitWorld();
  const worktrees = createWorktrees();
  const names = Array.from({ length: 15 }, (_, index) => `n${index}`);
  const { repository, base, place } = world;
  await Promise.all(
    names.map((name) =>
      worktrees.create({ repository, path: place(name), branch: `throughline/${name}`, baseCommit: base }),
    ),
  );
  assert.is((await worktrees.list(repository)).length, 16);
});

test('repositories, paths and files may have spaces, Unicode, line ends and leading dashes', async () => {
  const world = await gitWorld();
  for (const name of ['a b', '-rf', 'größe 🚀', 'a\nb']) {
    const root = makeRepository(join(world.folder, 'odd', name));
    write(root, '-x y/ü\n.txt', 'odd\n');
    const baseCommit = commitAll(root, 'odd');
    const repository = await inspectRepository(root);
    const path = world.place(`${name}.tree`);
    await createWorktree({ repository, path, branch: 'odd', baseCommit });
    assert.is(readFileSync(join(path, '-x y/ü\n.txt'), 'utf8'), 'odd\n');
    assert.is((await listWorktrees(repository))[1]?.path, path);
  }
});

test('a worktree can start from a worktree, whose end it outlives', async () => {
  const world = await gitWorld();
  const first = await createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit: world.base });
  const repository = await inspectRepository(first.path);
  await removeFolder(first.path);
  const second = await createWorktree({ repository, path: world.place('two'), branch: 'two', baseCommit: world.base });
  assert.is(git(second.path, 'status', '--porcelain'), '');
});

test('a taken path or branch is refused and untouched', async () => {
  const world = await gitWorld();
  mkdirSync(world.place('folder'), { recursive: true });
  writeFileSync(world.place('file'), 'mine');
  symlinkSync('/nowhere', world.place('dangling'));
  git(world.root, 'branch', 'taken');
  git(world.root, 'branch', 'throughline');
  const before = traces(world);
  for (const [name, branch] of [
    ['folder', 'x'],
    ['file', 'x'],
    ['dangling', 'x'],
    ['free', 'taken'],
    ['free', 'throughline/x'],
  ] as const) {
    const error = await errorOf(() =>
      createWorktree({ ...world, path: world.place(name), branch, baseCommit: world.base }),
    );
    assert.is(error.code, 'worktree.exists', `${name} ${branch}`);
    assert.ok(error.hint);
  }
  assert.equal(traces(world), before);
});

test('a path that another worktree had is refused while its record is there', async () => {
  const world = await gitWorld();
  const { path } = await createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit: world.base });
  await removeFolder(path);
  const error = await errorOf(() => createWorktree({ ...world, path, branch: 'two', baseCommit: world.base }));
  assert.is(error.code, 'worktree.exists');
  assert.not(existsSync(path));
  assert.equal(await pruneWorktrees(world.repository), [path]);
  await createWorktree({ ...world, path, branch: 'two', baseCommit: world.base });
});

test('a bad branch, base or path is refused', async () => {
  const world = await gitWorld();
  const good = { ...world, path: world.place('one'), branch: 'one', baseCommit: world.base };
  const before = traces(world);
  for (const branch of ['-x', '--upload-pack=x', 'a..b', 'refs/heads/x', '']) {
    assert.is((await errorOf(() => createWorktree({ ...good, branch }))).code, 'worktree.bad_branch');
  }
  for (const baseCommit of ['main', '-x', '', '0'.repeat(40), git(world.root, 'rev-parse', 'HEAD^{tree}')]) {
    assert.is((await errorOf(() => createWorktree({ ...good, baseCommit }))).code, 'repository.bad_base');
  }
  const bad = ['relative', '', `${world.folder}/a/../../x`, `${world.place('x')}\0y`, world.place('n'.repeat(300))];
  for (const path of bad) {
    assert.is((await errorOf(() => createWorktree({ ...good, path }))).code, 'input.invalid', path);
  }
  assert.equal(traces(world), before);
});

test('a symlink does not lead a worktree out of the folder it must be in', async () => {
  const world = await gitWorld();
  const within = join(world.folder, 'worktrees');
  const outside = join(world.folder, 'outside');
  mkdirSync(within);
  mkdirSync(outside);
  symlinkSync(outside, join(within, 'link'));
  for (const path of [join(within, 'link/one'), join(within, 'link/deep/one'), join(outside, 'one')]) {
    const error = await errorOf(() =>
      createWorktree({ ...world, path, branch: 'one', baseCommit: world.base, within }),
    );
    assert.is(error.code, 'input.invalid');
  }
  assert.equal(readdirSync(outside), []);
  await createWorktree({ ...world, path: join(within, 'deep/one'), branch: 'one', baseCommit: world.base, within });
});

test('a failure on the way leaves neither folder nor branch nor record', async () => {
  const world = await gitWorld();
  // A file whose content is missing from the object store stops the checkout, when branch and folder are made already.
  write(world.root, 'lost.txt', 'lost\n');
  const baseCommit = commitAll(world.root, 'lost');
  const blob = git(world.root, 'rev-parse', 'HEAD:lost.txt');
  await removeFolder(join(world.root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
  mkdirSync(join(world.folder, 'worktrees'));
  const before = traces(world);
  const error = await errorOf(() => createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit }));
  assert.is(error.code, 'git.failed');
  assert.equal(traces(world), before);
  assert.not(existsSync(join(world.root, '.git/worktrees/one')));
  await createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit: world.base });
});

test('a submodule stays an empty folder', async () => {
  const world = await gitWorld();
  const library = makeRepository(join(world.folder, 'library'));
  git(world.root, 'submodule', '--quiet', 'add', library, 'library');
  const baseCommit = commitAll(world.root, 'with a submodule');
  git(world.root, 'config', 'submodule.recurse', 'true');
  const { path } = await createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit });
  assert.equal(readdirSync(join(path, 'library')), []);
  assert.is(git(path, 'status', '--porcelain'), '');
});

test('records of folders that are gone are pruned, unless locked or on a disk that is not there', async () => {
  const world = await gitWorld();
  const make = (name: string): Promise<unknown> =>
    createWorktree({ ...world, path: world.place(name), branch: name.replace('/', '-'), baseCommit: world.base });
  for (const name of ['gone', 'stays', 'locked', 'disk/away']) await make(name);
  git(world.root, 'worktree', 'lock', world.place('locked'));
  for (const name of ['gone', 'locked', 'disk']) await removeFolder(world.place(name));
  assert.equal(await pruneWorktrees(world.repository), [world.place('gone')]);
  const left = (await listWorktrees(world.repository)).map((worktree) => worktree.branch);
  assert.equal(left.sort(), ['disk-away', 'locked', 'main', 'stays']);
});

test('what git lists is read in all its forms', () => {
  const text =
    'worktree /a\0bare\0\0worktree /b c\nd\0HEAD 12\0detached\0locked on a disk\0\0worktree /e\0HEAD 34\0branch refs/heads/x/y\0locked\0prunable gone\0\0';
  assert.equal(parseWorktreeList(text), [
    { path: '/a', headCommit: null, branch: null, bare: true, locked: null, prunable: null },
    { path: '/b c\nd', headCommit: '12', branch: null, bare: false, locked: 'on a disk', prunable: null },
    { path: '/e', headCommit: '34', branch: 'x/y', bare: false, locked: '', prunable: 'gone' },
  ]);
});

test.run();
