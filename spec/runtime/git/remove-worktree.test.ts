import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { inspectRepository } from '../../../runtime/git/repository.ts';
import { worktreeChanges } from '../../../runtime/git/worktree-changes.ts';
import { createWorktrees } from '../../../runtime/git/worktrees.ts';
import { suite } from '../../support/suite.ts';
import { commitAll, errorOf, type GitWorld, git, gitWorld, makeRepository, write } from './git-world.ts';

const test = suite('removing worktrees');

const now = Date.UTC(2026, 10, 3, 10, 11, 12, 345);
const { remove, create } = createWorktrees({ now: () => now });

type World = GitWorld & { path: string; branch: string; baseCommit: string };

const worldWithWorktree = async (): Promise<World> => {
  const world = await gitWorld();
  const branch = 'throughline/one';
  const { path } = await createWorktree({ ...world, path: world.place('one'), branch, baseCommit: world.base });
  return { ...world, path, branch, baseCommit: world.base };
};

const hasBranch = (world: World): boolean => git(world.root, 'branch', '--list', world.branch) !== '';
const records = (world: World): number => git(world.root, 'worktree', 'list').split('\n').length;

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
  const changes: [string, (world: World) => void][] = [
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

test('by force, uncommitted work is parked under a ref first, without an identity and without the stash', async () => {
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

test('work that cannot be parked stops the removal', async () => {
  if (process.getuid?.() === 0) return;
  const world = await worldWithWorktree();
  write(world.path, 'secret', 's');
  chmodSync(join(world.path, 'secret'), 0);
  assert.is((await errorOf(() => remove({ ...world, force: true }))).code, 'git.failed');
  assert.ok(existsSync(join(world.path, 'secret')));
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
  const tricks: [string, (world: World) => void][] = [
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

test('symlinks inside a worktree are removed, not what they lead to', async () => {
  const world = await worldWithWorktree();
  const victim = join(world.folder, 'victim');
  write(victim, 'keep', 'k');
  symlinkSync(victim, join(world.path, 'link'));
  await remove({ ...world, force: true });
  assert.ok(existsSync(join(victim, 'keep')));
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

test('repositories inside are refused while they hold work that is nowhere else, even by force', async () => {
  const world = await worldWithWorktree();
  const library = makeRepository(join(world.folder, 'library'));
  git(world.path, 'submodule', '--quiet', 'add', library, 'library');
  commitAll(world.path, 'with a submodule');
  git(world.path, 'clone', '--quiet', library, 'clone');
  const refused = async (name: string): Promise<void> => {
    const error = await errorOf(() => remove({ ...world, force: true }));
    assert.is(error.code, 'worktree.dirty');
    assert.ok(error.message.endsWith(`nowhere else: ${name}`), error.message);
    assert.ok(existsSync(join(world.path, name, 'README.md')));
  };
  for (const name of ['library', 'clone/']) {
    const inner = join(world.path, name);
    write(inner, 'README.md', 'work\n');
    await refused(name);
    const commit = commitAll(inner, 'work');
    await refused(name);
    git(inner, 'push', '--quiet', 'origin', `${commit}:refs/heads/from-${name.slice(0, 5)}`);
  }
  makeRepository(join(world.path, 'clone/inner'));
  await refused('clone/');
  rmSync(join(world.path, 'clone/inner'), { recursive: true });
  assert.is((await errorOf(() => remove({ ...world, force: false }))).code, 'worktree.dirty');
  await remove({ ...world, force: true });
  assert.not(existsSync(world.path));
  assert.is((await inspectRepository(library)).headBranch, 'main');
});

test('files put into the empty folder of a submodule are not overlooked', async () => {
  const world = await gitWorld();
  const library = makeRepository(join(world.folder, 'library'));
  git(world.root, 'submodule', '--quiet', 'add', library, 'library');
  const baseCommit = commitAll(world.root, 'with a submodule');
  const made = await createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit });
  write(made.path, 'library/notes.txt', 'n');
  const error = await errorOf(() => remove({ ...world, ...made, baseCommit, force: true }));
  assert.is(error.code, 'worktree.dirty');
  assert.is(readFileSync(join(made.path, 'library/notes.txt'), 'utf8'), 'n');
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
