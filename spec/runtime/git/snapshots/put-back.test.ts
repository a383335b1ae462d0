import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { equal, is, match, ok } from 'uvu/assert';
import { inWorktree, openWorktree } from '../../../../runtime/git/open-worktree.ts';
import {
  changedPaths,
  editTree,
  entryAt,
  mergeFile,
  withoutHunks,
} from '../../../../runtime/git/snapshots/edit-tree.ts';
import { fillWorktree } from '../../../../runtime/git/snapshots/fill-worktree.ts';
import { putBack, reachableTree } from '../../../../runtime/git/snapshots/put-back.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { commitAll, errorOf, git, type WorktreeWorld, worldWithWorktree, write } from '../git-world.ts';
import { snapshotWorld } from './snapshot-world.ts';

const test = suite('a worktree put back');

/** The tree of what is in the worktree now, and the index that knows it. */
const snapshotOf = ({ path, folder }: WorktreeWorld): { tree: string; index: string } => {
  const index = join(folder, 'own-index');
  const environment = { ...process.env, GIT_INDEX_FILE: index };
  rmSync(`${index}.lock`, { force: true });
  const run = (...argv: string[]): string => gitWith(path, environment, ...argv);
  run('add', '--all');
  return { tree: run('write-tree'), index };
};

const gitWith = (cwd: string, env: NodeJS.ProcessEnv, ...argv: string[]): string => {
  const before = process.env.GIT_INDEX_FILE;
  process.env.GIT_INDEX_FILE = env.GIT_INDEX_FILE;
  try {
    return git(cwd, ...argv);
  } finally {
    if (before === undefined) delete process.env.GIT_INDEX_FILE;
    else process.env.GIT_INDEX_FILE = before;
  }
};

const put = async (world: WorktreeWorld, to: string, from = snapshotOf(world)): Promise<void> => {
  const worktree = await openWorktree({ repository: world.repository, path: world.path });
  await putBack({ repository: world.repository, worktree, index: from.index, from: from.tree, to });
};

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const content = fc.constantFrom('', 'one\n', 'two\n', '\0binary', 'x\r\n');
const file = fc.record({ path, content, kind: fc.constantFrom('file', 'program', 'symlink') });

/** Makes the worktree hold these files and no others; one that is in the way of another goes. */
const fill = (top: string, files: readonly { path: string; content: string; kind: string }[]): void => {
  for (const each of git(top, 'ls-files', '--cached', '--others').split('\n')) rmSync(join(top, each), { force: true });
  for (const each of ['a', 'b', 'c']) rmSync(join(top, each), { recursive: true, force: true });
  for (const each of files) {
    const parts = each.path.split('/');
    const above = parts.slice(0, -1).map((_, index) => join(top, ...parts.slice(0, index + 1)));
    if (above.some((folder) => lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === false)) continue;
    const target = join(top, each.path);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(join(target, '..'), { recursive: true });
    if (each.kind === 'symlink') symlinkSync(each.content.replaceAll('\0', '') || 'nowhere', target);
    else writeFileSync(target, each.content);
    if (each.kind === 'program') chmodSync(target, 0o755);
  }
};

test('[law 19] put to another state and back, it is what it was, and the agent has its index and HEAD', async () => {
  const world = await worldWithWorktree();
  write(world.path, 'staged.txt', 'staged\n');
  git(world.path, 'add', 'staged.txt');
  const files = fc.array(file, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(files, files, async (first, second) => {
      fill(world.path, first);
      const one = snapshotOf(world).tree;
      fill(world.path, second);
      const two = snapshotOf(world).tree;
      const staged = git(world.path, 'ls-files', '--stage');
      await put(world, one);
      is(snapshotOf(world).tree, one);
      await put(world, two);
      is(snapshotOf(world).tree, two);
      is(git(world.path, 'ls-files', '--stage'), staged);
      is(git(world.path, 'rev-parse', 'HEAD'), world.base);
    }),
    { numRuns: 12 },
  );
});

test('[law 19] what no snapshot has is never overwritten: ignored, new, changed just now', async () => {
  const world = await worldWithWorktree();
  const { path } = world;
  write(path, '.env', 'old=1\n');
  write(path, 'deep/file', 'file\n');
  const before = snapshotOf(world).tree;
  rmSync(join(path, '.env'));
  rmSync(join(path, 'deep'), { recursive: true });
  write(path, '.gitignore', '.env\n*.log\n');
  write(path, 'deep', 'a file where a folder was\n');
  const now = snapshotOf(world);

  write(path, '.env', 'secret=2\n');
  const ignored = await errorOf(() => put(world, before, now));
  is(ignored.code, 'restore.in_the_way');
  match(ignored.message, '.env');
  is(readFileSync(join(path, '.env'), 'utf8'), 'secret=2\n');
  is(snapshotOf(world).tree, now.tree, 'nothing was put back');
  rmSync(join(path, '.env'));

  const late = snapshotOf(world);
  write(path, 'deep', 'changed\n');
  is((await errorOf(() => put(world, before, late))).code, 'restore.in_the_way');
  is(readFileSync(join(path, 'deep'), 'utf8'), 'changed\n');

  await put(world, before);
  is(readFileSync(join(path, 'deep/file'), 'utf8'), 'file\n');
  // A folder in the place of a file: git would take what it ignores in there along.
  write(path, '.git-info', '');
  const open = snapshotOf(world);
  const withFile = await editTree({
    repository: world.repository,
    tree: open.tree,
    entries: [{ path: 'deep', entry: await entryAt(world.repository, open.tree, 'README.md') }],
  });
  git(path, 'config', 'core.excludesFile', join(world.folder, 'excludes'));
  write(world.folder, 'excludes', '*.log\n');
  write(path, 'deep/work.log', 'hours of it\n');
  match((await errorOf(() => put(world, withFile))).message, 'deep/work.log');
  is(readFileSync(join(path, 'deep/work.log'), 'utf8'), 'hours of it\n');
});

test('repositories inside it stay as they are', async () => {
  const world = await worldWithWorktree();
  const empty = snapshotOf(world).tree;
  const inner = join(world.path, 'inner');
  mkdirSync(inner);
  git(inner, 'init', '--quiet');
  git(inner, 'commit', '--quiet', '--allow-empty', '--message', 'inner');
  write(world.path, 'beside.txt', 'x\n');
  const now = snapshotOf(world);
  const { tree, stay } = await reachableTree({ repository: world.repository, from: now.tree, to: empty });
  equal(stay, [{ path: 'inner', why: 'repository' }]);
  await put(world, tree, now);
  ok(existsSync(join(inner, '.git')));
  is(existsSync(join(world.path, 'beside.txt')), false);
});

test('[law 19] what git has only a pointer of stays as it is, whoever asks', async () => {
  const world = await snapshotWorld(await worldWithWorktree());
  const before = (await world.take()).tree;
  write(world.path, 'big', 'x'.repeat(2_000));
  write(world.path, 'small', 'small\n');
  const { tree: from } = await world.take({ maxFileBytes: 1_000 });
  const { tree, stay } = await reachableTree({ repository: world.repository, from, to: before });
  equal(stay, [{ path: 'big', why: 'too_large' }]);
  await put(world, tree, { tree: from, index: join(world.indexFolder, 'index') });
  equal([existsSync(join(world.path, 'small')), lstatSync(join(world.path, 'big')).size], [false, 2_000]);
});

test('[law 19] a sparse checkout: what is there outside of it goes and comes back, what is left out stays out', async () => {
  const world = await snapshotWorld(await worldWithWorktree());
  const { path } = world;
  for (const each of ['in/x', 'out/x', 'out/y']) write(path, each, `${each}\n`);
  commitAll(path, 'before');
  git(path, 'sparse-checkout', 'set', '--cone', 'in');
  write(path, 'out/x', 'there all the same\n');
  write(path, 'out/z', 'new\n');
  const one = (await world.take()).tree;
  write(path, 'in/x', 'changed\n');
  for (const each of ['out/x', 'out/z']) rmSync(join(path, each));
  // As a worktree's index made anew has it: what is not there is left out.
  rmSync(world.indexFolder, { recursive: true });
  const two = (await world.take()).tree;
  const index = join(world.indexFolder, 'index');
  await put(world, one, { tree: two, index });
  equal(
    ['in/x', 'out/x', 'out/z'].map((each) => readFileSync(join(path, each), 'utf8')),
    ['in/x\n', 'there all the same\n', 'new\n'],
  );
  is(existsSync(join(path, 'out/y')), false);
  is((await world.take()).tree, one);
  await put(world, two, { tree: one, index });
  is(existsSync(join(path, 'out/z')), false);
  is(readFileSync(join(path, 'in/x'), 'utf8'), 'changed\n');

  const worktree = await openWorktree({ repository: world.repository, path });
  for (const each of ['in', 'out', 'source', 'README.md']) rmSync(join(path, each), { recursive: true, force: true });
  await fillWorktree({ repository: world.repository, worktree, tree: one });
  is(readFileSync(join(path, 'out/z'), 'utf8'), 'new\n', 'made anew it has it, too');
  is(readFileSync(join(path, 'out/x'), 'utf8'), 'there all the same\n');
  is(existsSync(join(path, 'out/y')), false);
  is((await world.take()).tree, one);
});

test('[law 19] a name that changes its case goes and comes back, whatever the settings say of cases', async () => {
  const world = await snapshotWorld(await worldWithWorktree());
  const { path } = world;
  write(path, 'Name', 'one\n');
  commitAll(path, 'before');
  git(world.root, 'config', 'core.ignoreCase', 'true');
  const one = (await world.take()).tree;
  renameSync(join(path, 'Name'), join(path, 'name'));
  const two = (await world.take()).tree;
  const index = join(world.indexFolder, 'index');
  await put(world, one, { tree: two, index });
  equal(
    readdirSync(path).filter((each) => /name/i.test(each)),
    ['Name'],
  );
  is((await world.take()).tree, one);
  await put(world, two, { tree: one, index });
  equal(
    readdirSync(path).filter((each) => /name/i.test(each)),
    ['name'],
  );
});

test('[law 21] killed in its midst, it gets there from what is there then', async () => {
  const world = await worldWithWorktree();
  const fillWith = (text: string): void => {
    for (let index = 0; index < 1_500; index += 1) write(world.path, `many/${index}`, `${text} ${index}\n`);
  };
  fillWith('before');
  const before = snapshotOf(world).tree;
  fillWith('after');
  for (const at of [0, 700]) {
    const now = snapshotOf(world);
    const { cwd, environment } = inWorktree(await openWorktree({ repository: world.repository, path: world.path }));
    const argv = ['read-tree', '-m', '-u', now.tree, before];
    const env = { ...process.env, ...environment, GIT_INDEX_FILE: now.index };
    const child = spawn('git', argv, { cwd, env, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    // The file is away for a moment before it is written.
    const isWritten = (): boolean => {
      const written = join(world.path, `many/${at}`);
      return existsSync(written) && readFileSync(written, 'utf8').startsWith('before');
    };
    await until(`file ${at} is written`, isWritten);
    child.kill('SIGKILL');
    await ended;
    await put(world, before);
    is(snapshotOf(world).tree, before);
    fillWith('after');
  }
});

test('a tree is computed from paths, changes of lines and what was changed since', async () => {
  const world = await worldWithWorktree();
  const { path, repository } = world;
  write(path, 'lines', '1\n2\n3\n4\n5\n6\n7\n8\n9\n');
  const before = snapshotOf(world).tree;
  write(path, 'lines', '1\nB\n3\n4\n5\n6\n7\nH\n9\n');
  write(path, 'new', 'new\n');
  const after = snapshotOf(world).tree;
  const changes = await changedPaths({ repository, from: before, to: after });
  equal(
    changes.map((change) => change.path),
    ['lines', 'new'],
  );
  const [lines, fresh] = changes;
  ok(lines && fresh);
  const asked = [{ oldStart: 2, oldLines: 1, newStart: 2, newLines: 1 }];
  const entry = await withoutHunks({ repository, path: 'lines', before: lines.before, after: lines.after, asked });
  const edited = await editTree({ repository, tree: after, entries: [{ path: 'lines', entry }] });
  is(git(world.root, 'show', `${edited}:lines`), '1\n2\n3\n4\n5\n6\n7\nH\n9');
  const gone = { oldStart: 0, oldLines: 0, newStart: 1, newLines: 1 };
  is(await withoutHunks({ repository, path: 'new', before: null, after: fresh.after, asked: [gone] }), null);
  const other = { ...gone, newStart: 5 };
  const refused = () => withoutHunks({ repository, path: 'new', before: null, after: fresh.after, asked: [other] });
  is((await errorOf(refused)).code, 'restore.in_the_way');

  // The change of line 2 is taken back where line 8 was changed since.
  const merged = await mergeFile({ repository, path: 'lines', ours: entry, base: lines.before, other: lines.after });
  is(git(world.root, 'cat-file', 'blob', merged?.id ?? ''), '1\nB\n3\n4\n5\n6\n7\nH\n9');
  const clash = await withoutHunks({
    repository,
    path: 'lines',
    before: fresh.after,
    after: lines.after,
    asked: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 9 }],
  });
  is(
    (await errorOf(() => mergeFile({ repository, path: 'lines', ours: clash, base: lines.before, other: lines.after })))
      .code,
    'restore.in_the_way',
  );
});

test.run();
