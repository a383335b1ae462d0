/** A new worktree made ready as far as nothing has to run for that: ignored files, submodules, what Git LFS keeps elsewhere. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match } from 'uvu/assert';
import { inWorktree, openWorktree } from '../../../../runtime/git/open-worktree.ts';
import { wholeSetup } from '../../../../runtime/setup/whole-setup.ts';
import { copyIgnoredFiles } from '../../../../runtime/work/preparation/copy-files.ts';
import { prepareWorktree } from '../../../../runtime/work/preparation/prepare-worktree.ts';
import { suite } from '../../../support/suite.ts';
import { commitAll, git, gitWorld, makeRepository, makeTrap, worldWithWorktree, write } from '../../git/git-world.ts';

const test = suite('a worktree made ready');

/** What is ignored in every worktree of a repository. */
const ignore = (root: string, ...patterns: string[]): void =>
  write(root, '.git/info/exclude', `${patterns.join('\n')}\n`);

const copied = async (world: Awaited<ReturnType<typeof worldWithWorktree>>, copy: readonly string[]) => {
  const prepared = await prepareWorktree({ ...world, copy });
  return { copied: prepared.copied.toSorted(), notes: prepared.notes };
};

test('patterns bring ignored files, with their modes and folders, and nothing that git knows or would commit', async () => {
  const world = await worldWithWorktree();
  ignore(world.root, '.env*', '*.secret', 'build/');
  for (const path of [
    '.env',
    '.env.local',
    'deep/er/a.secret',
    'other.secret',
    'build/x/y',
    'plain.txt',
    '-n.secret',
  ]) {
    write(world.root, path, `${path}\n`);
  }
  chmodSync(join(world.root, 'other.secret'), 0o700);
  write(world.root, '.gitignore', 'only-here\n');
  write(world.root, 'only-here', 'x\n');
  write(world.path, '.env.local', 'mine\n');
  const { copied: brought, notes } = await copied(world, [
    '.env*',
    '*.secret',
    'build',
    'README.md',
    'plain.txt',
    'only-here',
    '!.env.none',
  ]);
  equal(brought, ['-n.secret', '.env', 'build/x/y', 'deep/er/a.secret', 'other.secret']);
  equal(notes.toSorted(), [
    '.env.local is not copied: it is there already',
    'only-here is not copied: git would not ignore it there',
  ]);
  is(readFileSync(join(world.path, '.env.local'), 'utf8'), 'mine\n');
  is(readFileSync(join(world.path, 'deep/er/a.secret'), 'utf8'), 'deep/er/a.secret\n');
  is(lstatSync(join(world.path, 'other.secret')).mode & 0o777, 0o700);
  is(git(world.path, 'status', '--porcelain'), '');
});

test('neither side is left through a symlink or a path, and a pipe holds nobody up', async () => {
  const world = await worldWithWorktree();
  const outside = join(world.folder, 'outside');
  write(outside, 'key', 'secret\n');
  ignore(world.root, 'link', 'linked', 'pipe', '*.secret');
  symlinkSync(join(outside, 'key'), join(world.root, 'link'));
  symlinkSync(outside, join(world.root, 'linked'));
  execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: world.root });
  write(world.root, 'in/a.secret', 'a\n');
  symlinkSync(outside, join(world.path, 'in'));
  const patterns = ['link', 'linked', 'linked/**', 'pipe', '../outside/key', join(outside, 'key'), '*.secret'];
  const { copied: brought, notes } = await copied(world, patterns);
  equal(brought, []);
  equal(notes.toSorted(), [
    'in/a.secret is not copied: in is no folder there',
    'link is not copied: it is a symlink',
    'linked is not copied: it is a symlink',
  ]);
  equal([existsSync(join(outside, 'a.secret')), existsSync(join(world.path, 'pipe'))], [false, false]);
});

test('a huge folder is copied as far as the bounds go, and what is too large is left out alone', async () => {
  const world = await worldWithWorktree();
  ignore(world.root, 'many/', 'sized/');
  for (let number = 0; number < 30; number += 1) write(world.root, `many/${number}`, 'x');
  for (const [path, bytes] of [
    ['a', 10],
    ['huge', 100],
    ['z', 10],
  ] as const)
    write(world.root, `sized/${path}`, 'x'.repeat(bytes));
  const worktree = await openWorktree(world);
  const bring = (patterns: readonly string[]) =>
    copyIgnoredFiles({
      from: { path: world.root, call: { cwd: world.root } },
      to: { path: worktree.path, call: inWorktree(worktree) },
      patterns,
      limits: { files: 5, bytes: 50 },
    });
  const many = await bring(['many']);
  equal([many.copied.length, many.notes], [5, ['the rest is not copied: 5 files are the most']]);
  const sized = await bring(['sized']);
  equal(sized.copied, ['sized/a', 'sized/z']);
  match(sized.notes[0] ?? '', /^sized\/huge is not copied: /);
});

test('.worktreeinclude is read line by line as .gitignore is, beside `copy`', () => {
  const whole = wholeSetup([
    { file: '.throughline/config.json', text: '{"copy": ["a"]}' },
    { file: '.worktreeinclude', text: '# secrets\n.env\r\n\n!.env.example\n' },
  ]);
  equal(whole.kind === 'read' && whole.setup.copy, ['a', '.env', '!.env.example']);
});

/** A repository with a submodule that has a submodule, and a new worktree of it. */
const withSubmodules = async () => {
  const world = await gitWorld();
  const inner = makeRepository(join(world.folder, 'inner'));
  const library = makeRepository(join(world.folder, 'library'));
  git(library, 'submodule', 'add', '--quiet', inner, 'inner');
  commitAll(library, 'with its own');
  git(world.root, 'submodule', 'add', '--quiet', library, 'in/library');
  git(world.root, 'submodule', 'update', '--quiet', '--init', '--recursive');
  commitAll(world.root, 'with a submodule');
  const path = world.place('one');
  return {
    ...world,
    library,
    path,
    modules: join(world.root, '.git/modules'),
    prepare: async () => {
      if (!existsSync(path)) git(world.root, 'worktree', 'add', '--quiet', '-b', 'one', path);
      return prepareWorktree({ ...world, path, copy: [] });
    },
  };
};

test('[law 14] submodules are there as the commit has them, of their own, and nothing that they configure has run', async () => {
  const world = await withSubmodules();
  const { script, sprung } = makeTrap(world.folder, 'trap');
  const its = join(world.modules, 'in/library');
  for (const [folder, key, value] of [
    [world.root, 'submodule.in/library.update', `!${script}`],
    [its, 'core.fsmonitor', script],
    [its, 'filter.evil.smudge', script],
    [its, 'uploadpack.packObjectsHook', script],
  ] as const) {
    git(folder, 'config', '--file', folder === its ? join(its, 'config') : join(world.root, '.git/config'), key, value);
  }
  write(its, 'info/attributes', '* filter=evil\n');
  mkdirSync(join(its, 'hooks'), { recursive: true });
  for (const hook of ['post-checkout', 'reference-transaction']) {
    writeFileSync(join(its, 'hooks', hook), readFileSync(script), { mode: 0o755 });
  }
  const { notes } = await world.prepare();
  equal(notes, []);
  is(sprung(), false);
  const there = join(world.path, 'in/library');
  is(readFileSync(join(there, 'README.md'), 'utf8'), 'hello\n');
  is(readFileSync(join(there, 'inner/README.md'), 'utf8'), 'hello\n');
  is(git(there, 'rev-parse', 'HEAD'), git(world.root, 'rev-parse', 'HEAD:in/library'));
  is(git(there, 'remote', 'get-url', 'origin'), world.library);
  is(git(world.path, 'status', '--porcelain'), '');
  // What is done in it stays out of the person's.
  write(there, 'README.md', 'changed\n');
  const made = commitAll(there, 'more');
  is(git(its, 'rev-parse', '--verify', '--quiet', 'HEAD') === made, false);
  is(git(join(world.root, 'in/library'), 'status', '--porcelain'), '');
});

test('a submodule that only the network has is said, with what brings it, and the rest is made ready', async () => {
  const world = await withSubmodules();
  const second = makeRepository(join(world.folder, 'second'));
  git(world.root, 'submodule', 'add', '--quiet', second, 'second');
  git(world.root, 'config', '--file', '.gitmodules', 'submodule.second.url', 'https://127.0.0.1:1/never');
  git(world.root, 'update-index', '--add', '--cacheinfo', `160000,${world.base},unnamed`);
  git(world.root, 'add', '.gitmodules');
  git(world.root, 'commit', '--quiet', '--message', 'two more');
  rmSync(join(world.modules, 'second'), { recursive: true });
  git(
    world.root,
    'config',
    '--file',
    join(world.root, '.gitmodules'),
    '--rename-section',
    'submodule.in/library',
    'submodule.../../evil',
  );
  git(world.root, 'add', '.gitmodules');
  git(world.root, 'commit', '--quiet', '--message', 'a name that leads out');
  const { notes } = await world.prepare();
  equal(
    notes.map((note) => note.split(' (')[0]),
    [
      'submodule in/library is not there: your checkout does not have it either',
      'submodule second is not there: your checkout does not have it either',
      'submodule unnamed is not there: .gitmodules does not name it',
    ],
  );
  match(notes[1] ?? '', /run git submodule update --init -- second/);
});

test('a commit of a submodule that was never fetched here, and what stands in its place, are said', async () => {
  const world = await withSubmodules();
  write(world.library, 'later', 'later\n');
  const later = commitAll(world.library, 'later');
  git(world.root, 'update-index', '--cacheinfo', `160000,${later},in/library`);
  git(world.root, 'commit', '--quiet', '--message', 'further than it was fetched');
  match((await world.prepare()).notes[0] ?? '', `your checkout has not fetched ${later.slice(0, 12)}`);
  write(world.path, 'in/library/work', 'somebody works here\n');
  match((await world.prepare()).notes[0] ?? '', /something else is in its place/);
  is(readFileSync(join(world.path, 'in/library/work'), 'utf8'), 'somebody works here\n');
});

test('files that Git LFS keeps elsewhere are counted, by whatever attributes file says so', async () => {
  const world = await worldWithWorktree();
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5\n`;
  is((await prepareWorktree({ ...world, copy: [] })).largeFiles, 0);
  write(world.path, 'assets/.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
  for (const name of ['a.bin', 'ü b.bin']) write(world.path, `assets/${name}`, pointer);
  write(world.path, 'other.bin', 'no pointer\n');
  git(world.path, 'add', '--all');
  is((await prepareWorktree({ ...world, copy: [] })).largeFiles, 2);
});

test.run();
