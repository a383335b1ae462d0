import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { inspectRepository } from '../../../runtime/git/repository.ts';
import { createWorktrees } from '../../../runtime/git/worktrees.ts';
import { suite } from '../../support/suite.ts';
import { commitAll, errorOf, git, gitWorld, makeRepository, worldWithWorktree, write } from './git-world.ts';

const test = suite('repositories inside a worktree');

const { remove } = createWorktrees();

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

test('a repository inside that says its files are somewhere else is looked at where it lies', async () => {
  const world = await worldWithWorktree();
  const library = makeRepository(join(world.folder, 'library'));
  git(world.path, 'clone', '--quiet', library, 'clone');
  const inner = join(world.path, 'clone');
  git(inner, 'config', 'core.worktree', library);
  write(inner, 'README.md', 'work\n');
  const error = await errorOf(() => remove({ ...world, force: true }));
  assert.is(error.code, 'worktree.dirty');
  assert.is(readFileSync(join(inner, 'README.md'), 'utf8'), 'work\n');
});

test.run();
