import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as assert from 'uvu/assert';
import { inspectRepository, type Repository } from '../../../runtime/git/repository.ts';
import { createWorktrees } from '../../../runtime/git/worktrees.ts';
import { suite } from '../../support/suite.ts';
import { errorOf, type GitWorld, git, gitWorld, makeRepository, write } from './git-world.ts';

const test = suite('the top of a worktree');

const worktrees = createWorktrees();

type Shared = {
  readonly world: GitWorld;
  readonly repository: Repository;
  /** The configuration that all worktrees share. */
  readonly configuration: string;
};

/** A submodule in which somebody set `extensions.worktreeConfig` by hand: its `core.worktree` stays in the shared file. */
const submodule = async (): Promise<Shared> => {
  const world = await gitWorld();
  git(world.root, 'submodule', '--quiet', 'add', makeRepository(join(world.folder, 'library')), 'deep/library');
  const library = join(world.root, 'deep/library');
  git(library, 'config', 'extensions.worktreeConfig', 'true');
  const configuration = join(world.root, '.git/modules/deep/library/config');
  assert.match(readFileSync(configuration, 'utf8'), /worktree = /);
  return { world, repository: await inspectRepository(library), configuration };
};

/** A bare repository that is worked in by worktrees only, as some have it. */
const bare = async (): Promise<Shared> => {
  const world = await gitWorld();
  const store = join(world.folder, 'bare.git');
  git(world.folder, 'clone', '--quiet', '--bare', world.root, store);
  git(store, 'config', 'extensions.worktreeConfig', 'true');
  const first = join(world.folder, 'first');
  git(store, 'worktree', 'add', '--quiet', '-b', 'first', first);
  writeFileSync(join(store, 'worktrees/first/config.worktree'), '[core]\n\tbare = false\n');
  return { world, repository: await inspectRepository(first), configuration: join(store, 'config') };
};

const kinds: readonly (readonly [string, () => Promise<Shared>])[] = [
  ['a submodule with extensions.worktreeConfig', submodule],
  ['a bare repository with extensions.worktreeConfig', bare],
];

const make = ({ world, repository }: Shared, name = 'one') =>
  worktrees.create({ repository, path: world.place(name), branch: name, baseCommit: repository.headCommit });

for (const [name, shared] of kinds) {
  test(`in a worktree of ${name} an agent commits its files, and none of the git folder`, async () => {
    const given = await shared();
    const before = readFileSync(given.configuration, 'utf8');
    const { path } = await make(given);
    assert.is(git(path, 'rev-parse', '--show-toplevel'), path);
    assert.is(git(path, 'status', '--porcelain'), '');
    write(path, 'new.txt', 'new\n');
    git(path, 'add', '--all');
    git(path, 'commit', '--quiet', '--message', 'work');
    assert.equal(git(path, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n'), [
      'README.md',
      'new.txt',
      'source/a.txt',
    ]);
    assert.is(readFileSync(given.configuration, 'utf8'), before, 'the shared configuration is as it was');
  });

  test(`a worktree of ${name} that was made without this is put right before anybody works there again`, async () => {
    const given = await shared();
    const { repository, world } = given;
    const path = world.place('old');
    git(repository.commonDirectory, 'worktree', 'add', '--quiet', '--no-checkout', '-b', 'old', path);
    await worktrees.check({ repository, path });
    assert.is(git(path, 'rev-parse', '--show-toplevel'), path);
  });
}

test('a worktree of a plain repository gets no configuration of its own', async () => {
  const world = await gitWorld();
  const { path } = await make({ world, repository: world.repository, configuration: '' });
  await worktrees.check({ repository: world.repository, path });
  assert.not(existsSync(join(world.root, '.git/worktrees/one/config.worktree')));
});

test('a core.worktree that an agent wrote for its worktree does not lead the next one elsewhere', async () => {
  const given = await submodule();
  const { path } = await make(given);
  git(path, 'config', '--worktree', 'core.worktree', given.world.root);
  await worktrees.check({ ...given, path });
  assert.is(git(path, 'rev-parse', '--show-toplevel'), path);
});

test('a worktree whose top cannot be put right is not made, and leaves no trace', async () => {
  const given = await submodule();
  const { repository, world } = given;
  // A git that cannot write the configuration, as on a full disk.
  const [real, folder] = [execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(world.folder, 'bin')];
  mkdirSync(folder);
  const script = `#!/bin/sh\ncase "$*" in *'config --worktree'*) exit 4;; esac\nexec '${real}' "$@"\n`;
  writeFileSync(join(folder, 'git'), script, { mode: 0o755 });
  const path = process.env.PATH ?? '';
  process.env.PATH = [folder, path].join(delimiter);
  try {
    const error = await errorOf(() => make(given));
    assert.is(error.code, 'worktree.misplaced');
    assert.match(error.message, repository.commonDirectory);
  } finally {
    process.env.PATH = path;
  }
  assert.not(existsSync(world.place('one')));
  assert.not(existsSync(join(repository.commonDirectory, 'worktrees/one')));
  assert.is(git(repository.root, 'branch', '--list', 'one'), '');
});

test('what cannot be put right is refused, and no symlink is written through', async () => {
  const given = await submodule();
  const { path } = await make(given);
  const own = join(given.repository.commonDirectory, 'worktrees/one/config.worktree');
  const victim = join(given.world.folder, 'victim');
  writeFileSync(victim, '[core]\n');
  rmSync(own);
  symlinkSync(victim, own);
  const error = await errorOf(() => worktrees.check({ ...given, path }));
  assert.is(error.code, 'worktree.misplaced');
  assert.ok(error.hint);
  assert.is(readFileSync(victim, 'utf8'), '[core]\n');
  assert.ok(lstatSync(own).isSymbolicLink());
});

test.run();
