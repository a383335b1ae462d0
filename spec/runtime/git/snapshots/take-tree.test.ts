import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktree } from '../../../../runtime/git/create-worktree.ts';
import { inspectRepository } from '../../../../runtime/git/repository.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';
import { commitAll, git, gitWorld, makeRepository, makeTrap, type WorktreeWorld, write } from '../git-world.ts';
import { snapshotWorld, treeByGit } from './snapshot-world.ts';

const test = suite('the tree of a worktree');

const inTree = (world: WorktreeWorld, tree: string): string[] =>
  git(world.root, 'ls-tree', '-r', '-z', '--format=%(objectmode) %(path)', tree).split('\0').slice(0, -1);

const textIn = (world: WorktreeWorld, tree: string, path: string): string => git(world.root, 'show', `${tree}:${path}`);

test('[law 19] what is tracked, changed and new is in it, what is ignored is not, and the worktree stays as it was', async () => {
  const world = await snapshotWorld();
  write(world.path, '.gitignore', '*.log\n');
  write(world.path, 'kept.log', 'tracked though ignored\n');
  git(world.path, 'add', '--force', '--all');
  commitAll(world.path, 'work');
  write(world.path, 'README.md', 'changed\n');
  write(world.path, 'source/a.txt', 'staged\n');
  git(world.path, 'add', 'source/a.txt');
  write(world.path, 'source/a.txt', 'changed after that\n');
  write(world.path, 'new folder/ü 🚀\n.txt', 'new\n');
  write(world.path, 'other.log', 'ignored\n');
  writeFileSync(join(world.path, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  symlinkSync('/nowhere', join(world.path, 'link'));
  const before = [git(world.path, 'status', '--porcelain'), git(world.path, 'ls-files', '--stage')];
  const taken = await world.take();
  assert.is(taken.tree, treeByGit(world));
  assert.is(taken.head, git(world.path, 'rev-parse', 'HEAD'));
  assert.is(taken.branch, world.branch);
  assert.equal([taken.pointers, taken.missing], [[], []]);
  assert.is(textIn(world, taken.tree, 'source/a.txt'), 'changed after that');
  assert.not(inTree(world, taken.tree).some((entry) => entry.includes('other.log')));
  assert.equal([git(world.path, 'status', '--porcelain'), git(world.path, 'ls-files', '--stage')], before);
  assert.is(git(world.root, 'stash', 'list'), '');
});

test('files become folders and folders files, names change their case, links take the place of folders', async () => {
  const world = await snapshotWorld();
  for (const path of ['file', 'folder/one', 'folder/two', 'Name', 'moved/x', 'empty'])
    write(world.path, path, `${path}\n`);
  commitAll(world.path, 'before');
  git(world.root, 'config', 'core.ignoreCase', 'true');
  await world.take();
  rmSync(join(world.path, 'file'));
  write(world.path, 'file/inside', 'inside\n');
  rmSync(join(world.path, 'folder'), { recursive: true });
  write(world.path, 'folder', 'a file\n');
  renameSync(join(world.path, 'Name'), join(world.path, 'name'));
  mkdirSync(join(world.path, 'elsewhere'));
  renameSync(join(world.path, 'moved'), join(world.path, 'elsewhere/moved'));
  symlinkSync('elsewhere/moved', join(world.path, 'moved'));
  rmSync(join(world.path, 'empty'));
  mkdirSync(join(world.path, 'empty'));
  const { tree } = await world.take();
  assert.equal(inTree(world, tree), [
    '100644 README.md',
    '100644 elsewhere/moved/x',
    '100644 file/inside',
    '100644 folder',
    '120000 moved',
    '100644 name',
    '100644 source/a.txt',
  ]);
  const fresh = await world.take({ indexFolder: join(world.folder, 'fresh') });
  assert.is(tree, fresh.tree);
});

test('a link to a folder of the same files, ignored itself, does not stop it', async () => {
  const world = await snapshotWorld();
  write(world.path, 'folder/x', 'x\n');
  commitAll(world.path, 'before');
  write(world.path, '.gitignore', '/folder\n');
  mkdirSync(join(world.path, 'elsewhere'));
  write(world.path, 'elsewhere/x', 'another\n');
  rmSync(join(world.path, 'folder'), { recursive: true });
  symlinkSync('elsewhere', join(world.path, 'folder'));
  const { tree } = await world.take();
  assert.not(inTree(world, tree).includes('100644 folder/x'));
});

test('what is not UTF-8, and a backslash, keep their names', async () => {
  const world = await snapshotWorld();
  for (const name of [
    [0x66, 0xff],
    [0x5c, 0x61],
    [0x22, 0x61, 0x22],
  ]) {
    writeFileSync(Buffer.concat([Buffer.from(`${world.path}/`), Buffer.from(name)]), 'x\n');
  }
  const { tree, missing } = await world.take();
  assert.equal(missing, []);
  assert.is(tree, treeByGit(world));
});

test('pipes and sockets are left out and named where they took the place of a file', async () => {
  const world = await snapshotWorld();
  rmSync(join(world.path, 'README.md'));
  execFileSync('sh', ['-c', 'mkfifo README.md "new pipe"'], { cwd: world.path });
  write(world.path, 'new.txt', 'new\n');
  const { tree, missing } = await world.take();
  assert.equal(inTree(world, tree), ['100644 new.txt', '100644 source/a.txt']);
  assert.equal(missing, [{ path: 'README.md', why: 'it is neither a file, a folder nor a link' }]);
});

const rootReadsAll = process.getuid?.() === 0 ? 'to root everything can be read' : null;

test.unless(rootReadsAll, '[law 19] what cannot be read is named, the rest is taken', async () => {
  const world = await snapshotWorld();
  for (const path of ['README.md', 'secret', 'closed/inside']) write(world.path, path, 'changed\n');
  write(world.path, 'new.txt', 'new\n');
  for (const path of ['README.md', 'secret', 'closed']) chmodSync(join(world.path, path), 0);
  const { tree, missing } = await world.take();
  assert.is(textIn(world, tree, 'README.md'), 'hello');
  assert.equal(missing.map(({ path, why }) => `${path}: ${why}`).sort(), [
    'README.md: it cannot be read',
    'closed: its folder cannot be opened',
    'secret: it cannot be read',
  ]);
  for (const path of ['README.md', 'secret', 'closed']) chmodSync(join(world.path, path), 0o755);
  const after = await world.take();
  assert.equal(after.missing, []);
  assert.is(after.tree, treeByGit(world));
});

test('repositories inside it are kept by their commits, and named', async () => {
  const world = await snapshotWorld();
  makeRepository(join(world.path, 'inner'));
  mkdirSync(join(world.path, 'unborn'));
  git(join(world.path, 'unborn'), 'init', '--quiet');
  const { tree, missing } = await world.take();
  const commit = git(join(world.path, 'inner'), 'rev-parse', 'HEAD');
  assert.is(git(world.root, 'ls-tree', tree, 'inner'), `160000 commit ${commit}\tinner`);
  assert.equal(missing, [
    { path: 'unborn', why: 'it is a repository of its own, without a commit' },
    { path: 'inner', why: 'it is a repository of its own, kept by its commit alone' },
  ]);
  write(join(world.path, 'inner'), 'more', 'more\n');
  const next = commitAll(join(world.path, 'inner'), 'next');
  const second = await world.take();
  assert.is(git(world.root, 'ls-tree', second.tree, 'inner'), `160000 commit ${next}\tinner`);
  assert.is(second.missing.length, 2);
  rmSync(join(world.path, 'inner/.git'), { recursive: true });
  const third = await world.take();
  assert.is(textIn(world, third.tree, 'inner/more'), 'more');
  assert.is(third.missing.length, 1);
});

test('a big file is held by its size and hash, read once, and comes in whole when it is small again', async () => {
  const world = await snapshotWorld();
  const bytes = randomBytes(3 * 1024 * 1024);
  writeFileSync(join(world.path, 'big'), bytes, { mode: 0o755 });
  write(world.path, 'README.md', 'x'.repeat(2 * 1024 * 1024));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const first = await world.take();
  assert.is(textIn(world, first.tree, 'big'), `throughline big file 1\nbytes ${bytes.length}\nsha256 ${sha256}`);
  assert.ok(inTree(world, first.tree).includes('100755 big'));
  assert.equal(
    first.pointers.find(({ path }) => path === 'big'),
    { path: 'big', bytes: bytes.length, sha256 },
  );
  assert.is(first.pointers.length, 2);
  assert.is((await world.take()).tree, first.tree);
  writeFileSync(join(world.path, 'big'), 'small\n', { mode: 0o755 });
  git(world.path, 'checkout', '--quiet', 'README.md');
  const second = await world.take();
  assert.equal(second.pointers, []);
  assert.is(second.tree, treeByGit(world));
});

test('a file of a gigabyte takes no room in the repository, and one that the person has committed is there whole', async () => {
  const world = await snapshotWorld();
  write(world.path, 'huge', '');
  truncateSync(join(world.path, 'huge'), 1024 * 1024 * 1024);
  const { pointers } = await world.take();
  assert.is(pointers[0]?.bytes, 1024 * 1024 * 1024);
  assert.ok(Number(/size-pack|size: (\d+)/.exec(git(world.root, 'count-objects', '-v'))?.[1]) < 100);
  rmSync(join(world.path, 'huge'));
  write(world.path, 'large', 'y'.repeat(2 * 1024 * 1024));
  assert.is((await world.take()).pointers.length, 1);
  commitAll(world.path, 'large');
  const committed = await world.take();
  assert.equal(committed.pointers, []);
  assert.is(committed.tree, git(world.path, 'rev-parse', 'HEAD^{tree}'));
});

test('a file of Git LFS is the pointer that Git LFS makes, and its content is kept', async () => {
  const world = await snapshotWorld();
  const { script, sprung } = makeTrap(world.folder, 'lfs');
  git(world.root, 'config', 'filter.lfs.clean', script);
  git(world.root, 'config', 'filter.lfs.required', 'true');
  write(world.path, '.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
  const content = 'some content\n'.repeat(1000);
  write(world.path, 'a.bin', content);
  write(world.path, 'empty.bin', '');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5\n`;
  write(world.path, 'unfetched.bin', pointer);
  const { tree, pointers } = await world.take();
  const sha256 = createHash('sha256').update(content).digest('hex');
  const expected = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${content.length}`;
  assert.is(textIn(world, tree, 'a.bin'), expected);
  assert.is(`${textIn(world, tree, 'unfetched.bin')}\n`, pointer);
  assert.equal(pointers, [{ path: 'a.bin', bytes: content.length, sha256, lfs: true }]);
  const object = join(world.root, '.git/lfs/objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  assert.is(readFileSync(object, 'utf8'), content);
  assert.not(sprung());
});

test('files hidden from git status, and those of a sparse checkout that are there all the same, are looked at', async () => {
  const world = await snapshotWorld();
  for (const path of ['assumed', 'skipped', 'in/x', 'out/x', 'out/y']) write(world.path, path, `${path}\n`);
  commitAll(world.path, 'before');
  git(world.path, 'update-index', '--assume-unchanged', 'assumed');
  git(world.path, 'update-index', '--skip-worktree', 'skipped');
  for (const path of ['assumed', 'skipped']) write(world.path, path, 'changed\n');
  const first = await world.take();
  for (const path of ['assumed', 'skipped']) assert.is(textIn(world, first.tree, path), 'changed');
  git(world.path, 'update-index', '--no-assume-unchanged', 'assumed');
  git(world.path, 'update-index', '--no-skip-worktree', 'skipped');
  git(world.path, 'checkout', '--quiet', '--force', 'HEAD', '--', '.');
  git(world.path, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
  assert.not(existsSync(join(world.path, 'out/x')));
  assert.is((await world.take()).tree, git(world.path, 'rev-parse', 'HEAD^{tree}'));
  write(world.path, 'out/x', 'there all the same\n');
  write(world.path, 'out/z', 'new\n');
  const outside = await world.take();
  assert.is(textIn(world, outside.tree, 'out/x'), 'there all the same');
  assert.is(textIn(world, outside.tree, 'out/y'), 'out/y');
  assert.is(textIn(world, outside.tree, 'out/z'), 'new');
});

test('a conflict is taken with its marks, a branch without commits and a detached HEAD as they are', async () => {
  const world = await snapshotWorld();
  write(world.root, 'README.md', 'ours\n');
  write(world.root, 'gone', 'gone\n');
  commitAll(world.root, 'ours');
  write(world.path, 'README.md', 'theirs\n');
  commitAll(world.path, 'theirs');
  assert.throws(() => git(world.path, 'merge', 'main'));
  const conflicted = await world.take();
  assert.match(textIn(world, conflicted.tree, 'README.md'), /<<<<<<</);
  write(world.path, 'README.md', 'theirs\n');
  assert.is(textIn(world, (await world.take()).tree, 'README.md'), 'theirs');
  git(world.path, 'merge', '--abort');
  git(world.path, 'checkout', '--quiet', '--detach');
  assert.is((await world.take()).branch, null);
  git(world.path, 'checkout', '--quiet', '--orphan', 'fresh');
  const unborn = await world.take();
  assert.equal([unborn.head, unborn.branch], [null, 'fresh']);
  git(world.path, 'rm', '-r', '--quiet', '--cached', '.');
  rmSync(git(world.path, 'rev-parse', '--path-format=absolute', '--git-path', 'index'));
  assert.is((await world.take()).tree, treeByGitWithoutIndex(world));
});

const treeByGitWithoutIndex = (world: WorktreeWorld): string => {
  git(world.path, 'add', '--all');
  return git(world.path, 'write-tree');
};

test('[law 19] a kept index gives the tree that a new one gives, whatever the agent tells git meanwhile', async () => {
  const world = await snapshotWorld();
  const steps: (() => void)[] = [
    () => write(world.path, 'build/out', 'out\n'),
    () => write(world.path, '.gitignore', 'build/\n'),
    () => write(world.path, 'own/.gitignore', '*\n'),
    () => git(world.path, 'add', '--force', 'build/out'),
    () => commitAll(world.path, 'with what is ignored'),
    () => rmSync(join(world.path, 'build'), { recursive: true }),
    () => write(world.path, 'build/out', 'back, and tracked as before\n'),
    () => git(world.path, 'rm', '--quiet', '--cached', 'build/out'),
    () => rmSync(join(world.path, '.gitignore')),
    () => write(world.path, 'later', ''),
    () => git(world.path, 'add', '--intent-to-add', 'later'),
    () => git(world.path, 'reset', '--quiet', '--hard', world.base),
    () => chmodSync(join(world.path, 'README.md'), 0o755),
  ];
  for (const [at, step] of steps.entries()) {
    step();
    const kept = await world.take();
    const fresh = await world.take({ indexFolder: join(world.folder, `fresh-${at}`) });
    assert.is(kept.tree, fresh.tree, `after step ${at}`);
    assert.is(kept.tree, treeByGit(world), `after step ${at}`);
  }
});

test('an edit of the same size and time is seen, whatever the settings say of times', async () => {
  const world = await snapshotWorld();
  git(world.root, 'config', 'core.trustctime', 'false');
  git(world.root, 'config', 'core.checkStat', 'minimal');
  for (let round = 0; round < 3; round += 1) {
    // Most builds of git know the time of a change to the second.
    const before = statSync(join(world.path, 'README.md')).ctimeMs;
    await until('the next second', () => {
      write(world.path, 'README.md', `hell${round}\n`);
      return Math.floor(statSync(join(world.path, 'README.md')).ctimeMs / 1000) > Math.floor(before / 1000) || null;
    });
    utimesSync(join(world.path, 'README.md'), 1_700_000_000, 1_700_000_000);
    const { tree } = await world.take();
    assert.is(textIn(world, tree, 'README.md'), `hell${round}`);
  }
});

test('a damaged index of ours, a lock that a dead git left and objects that were cleared away are got over', async () => {
  const world = await snapshotWorld();
  write(world.path, 'new.txt', 'new\n');
  const { tree } = await world.take();
  const index = join(world.indexFolder, 'index');
  for (const damage of [
    () => truncateSync(index, 100),
    () => truncateSync(index, 0),
    () => writeFileSync(index, 'no index'),
    () => rmSync(index),
    () => writeFileSync(join(world.indexFolder, 'memory.json'), '{'),
    () => writeFileSync(`${index}.lock`, ''),
    () => git(world.root, 'gc', '--quiet', '--prune=now'),
  ]) {
    damage();
    assert.is((await world.take()).tree, tree);
    assert.is(git(world.root, 'cat-file', '-t', tree), 'tree');
  }
});

test('a text that cannot be encoded as its attribute says is taken as it is', async () => {
  const world = await snapshotWorld();
  write(world.path, '.gitattributes', '*.txt working-tree-encoding=no-such-encoding\n');
  write(world.path, 'new.txt', 'new\n');
  const { tree } = await world.take();
  assert.is(textIn(world, tree, 'new.txt'), 'new');
  assert.is((await world.take()).tree, tree);
});

test('[law 19] 10,000 changed files are one tree', async () => {
  const world = await snapshotWorld();
  for (let number = 0; number < 10_000; number += 1) write(world.path, `f${number % 100}/${number}`, `${number}\n`);
  const { tree } = await world.take();
  assert.is(inTree(world, tree).length, 10_002);
  assert.is(tree, treeByGit(world));
});

test('a repository with SHA-256 ids', async () => {
  const folder = temporaryFolder('sha256');
  const root = join(folder, 'repository');
  mkdirSync(root);
  git(root, 'init', '--quiet', '--object-format=sha256', '--initial-branch=main');
  write(root, 'README.md', 'hello\n');
  write(root, 'gone', 'gone\n');
  const base = commitAll(root, 'first');
  const repository = await inspectRepository(root);
  const { path } = await createWorktree({ repository, path: join(folder, 'w'), branch: 'w', baseCommit: base });
  const world = await snapshotWorld({
    ...(await gitWorld()),
    folder,
    root,
    repository,
    base,
    path,
    branch: 'w',
    baseCommit: base,
  });
  rmSync(join(path, 'gone'));
  write(path, 'new', 'new\n');
  write(path, 'big', 'x'.repeat(2 * 1024 * 1024));
  const { tree } = await world.take();
  assert.equal(inTree(world, tree), ['100644 README.md', '100644 big', '100644 new']);
});

for (const attributes of ['* filter=evil\n', '* text=auto\n']) {
  test(`nothing that the repository names is run, with the attributes ${attributes.trim()}`, async () => {
    const world = await snapshotWorld();
    const { script, sprung } = makeTrap(world.folder, 'trap');
    write(world.path, '.gitattributes', attributes);
    for (const key of ['filter.evil.clean', 'filter.evil.process', 'core.fsmonitor', 'diff.external']) {
      git(world.root, 'config', key, script);
    }
    mkdirSync(join(world.root, '.git/hooks'), { recursive: true });
    for (const hook of ['post-index-change', 'reference-transaction', 'pre-auto-gc']) {
      writeFileSync(join(world.root, '.git/hooks', hook), readFileSync(script), { mode: 0o755 });
    }
    const inner = makeRepository(join(world.path, 'inner'));
    git(inner, 'config', 'core.fsmonitor', script);
    write(world.path, 'README.md', 'changed\n');
    const { tree } = await world.take();
    assert.is(textIn(world, tree, 'README.md'), 'changed');
    await world.take();
    assert.not(sprung());
  });
}

test.run();
