import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { inspectRepository, resolveBase } from '../../../runtime/git/repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { commitAll, errorOf, git, gitWorld, makeRepository, write } from './git-world.ts';

const test = suite('repositories');

test('a repository is found from its root and from a folder deep inside it', async () => {
  const root = makeRepository();
  mkdirSync(join(root, 'deep/er'), { recursive: true });
  for (const start of [root, join(root, 'deep/er'), `${root}/`]) {
    assert.equal(await inspectRepository(start), {
      root,
      commonDirectory: join(root, '.git'),
      headBranch: 'main',
      headCommit: git(root, 'rev-parse', 'HEAD'),
    });
  }
});

test('a path may have spaces, Unicode, a line end and a leading dash', async () => {
  for (const name of ['a b  c', 'größe 🚀', '-rf', '--upload-pack=x', 'a\nb']) {
    const root = makeRepository(join(temporaryFolder('git'), name));
    assert.is((await inspectRepository(root)).root, root);
    const here = process.cwd();
    try {
      process.chdir(dirname(root));
      assert.is((await inspectRepository(name)).root, root);
    } finally {
      process.chdir(here);
    }
  }
});

test('a repository reached over a symlink is known by its real path', async () => {
  const root = makeRepository();
  const link = join(dirname(root), 'link');
  symlinkSync(root, link);
  const repository = await inspectRepository(link);
  assert.is(repository.root, root);
  assert.is(repository.commonDirectory, join(root, '.git'));
});

test('a worktree of a repository leads to the same repository', async () => {
  const { repository, base, place } = await gitWorld();
  const { path } = await createWorktree({ repository, path: place('one'), branch: 'one', baseCommit: base });
  const found = await inspectRepository(path);
  assert.equal(found, { root: path, commonDirectory: repository.commonDirectory, headBranch: 'one', headCommit: base });
  const inner = await createWorktree({ repository: found, path: place('two'), branch: 'two', baseCommit: base });
  assert.is((await inspectRepository(inner.path)).commonDirectory, repository.commonDirectory);
});

test('a detached HEAD has no branch', async () => {
  const root = makeRepository();
  git(root, 'checkout', '--quiet', '--detach');
  const repository = await inspectRepository(root);
  assert.is(repository.headBranch, null);
  assert.is((await resolveBase(repository)).name, repository.headCommit.slice(0, 12));
});

test('what is no repository is refused, each with its own code and a hint', async () => {
  const folder = temporaryFolder('git');
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const plain = join(folder, 'plain');
  mkdirSync(plain);
  const bare = join(folder, 'bare.git');
  git(folder, 'init', '--quiet', '--bare', bare);
  const empty = join(folder, 'empty');
  git(folder, 'init', '--quiet', empty);
  const cases: [string, string][] = [
    [join(folder, 'nowhere'), 'repository.missing'],
    [`${folder}\0x`, 'repository.missing'],
    [file, 'repository.missing'],
    [plain, 'repository.not_git'],
    [join(makeRepository(), '.git'), 'repository.not_git'],
    [bare, 'repository.bare'],
    [empty, 'repository.no_commits'],
  ];
  for (const [path, code] of cases) {
    const error = await errorOf(() => inspectRepository(path));
    assert.is(error.code, code, path);
    assert.ok(error.hint, code);
  }
});

test('GIT_DIR and its like in our own environment do not lead git astray', async () => {
  const other = makeRepository();
  const root = makeRepository();
  process.env.GIT_DIR = join(other, '.git');
  process.env.GIT_WORK_TREE = other;
  try {
    assert.is((await inspectRepository(root)).root, root);
  } finally {
    delete process.env.GIT_DIR;
    delete process.env.GIT_WORK_TREE;
  }
});

test('the base is what is checked out, or what was asked for', async () => {
  const { root, repository, base } = await gitWorld();
  assert.equal(await resolveBase(repository), { name: 'main', commit: base });
  write(root, 'b.txt', 'b\n');
  const second = commitAll(root, 'second');
  git(root, 'tag', '-a', '-m', 'tagged', 'v1', base);
  assert.equal(await resolveBase(repository), { name: 'main', commit: second });
  for (const name of ['v1', 'main~1', base, base.slice(0, 10)]) {
    assert.equal(await resolveBase(repository, name), { name, commit: base });
  }
});

test('a base that is no commit is refused', async () => {
  const { repository } = await gitWorld();
  const bad = [
    '',
    '-x',
    '--help',
    '--all',
    'nowhere',
    'HEAD:README.md',
    'main..main',
    '^main',
    'a\0b',
    'a\nb',
    'x'.repeat(300),
  ];
  for (const base of bad) {
    assert.is((await errorOf(() => resolveBase(repository, base))).code, 'repository.bad_base', base);
  }
});

test.run();
