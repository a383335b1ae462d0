import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, not, ok } from 'uvu/assert';
import { hooksOf } from '../../../../runtime/git/landing/commit-hooks.ts';
import { openWorktree } from '../../../../runtime/git/open-worktree.ts';
import { suite } from '../../../support/suite.ts';
import { git, worldWithWorktree, write } from '../git-world.ts';

const test = suite('the hooks of a commit');

const script = (word: string): string => `#!/bin/sh\necho ${word}\n`;

const hookWorld = async () => {
  const world = await worldWithWorktree();
  const folder = join(world.root, '.git', 'hooks');
  mkdirSync(folder, { recursive: true });
  const worktree = await openWorktree(world);
  const hash = async (): Promise<string> => {
    const found = await hooksOf(worktree);
    ok(found);
    return found.hash;
  };
  return { ...world, hooks: folder, worktree, hash };
};

test('those that git would run are found, in its order, and are as they were until one changes', async () => {
  const { hooks, worktree, hash } = await hookWorld();
  is(await hooksOf(worktree), null);
  for (const name of ['commit-msg', 'pre-commit', 'pre-push', 'post-commit']) {
    writeFileSync(join(hooks, name), script(name));
    if (name !== 'post-commit') chmodSync(join(hooks, name), 0o755);
  }
  const found = await hooksOf(worktree);
  equal(found?.names, ['pre-commit', 'commit-msg'], 'one that cannot be executed is none');
  is(await hash(), found?.hash);
  writeFileSync(join(hooks, 'helper'), 'sourced by them\n');
  not.equal(await hash(), found?.hash);
});

test('[law 14] a hook that is a link is what it leads to: another content is another hook', async () => {
  const { path, hooks, hash } = await hookWorld();
  // Where an agent can change it.
  write(path, 'scripts/check', script('looks'));
  chmodSync(join(path, 'scripts/check'), 0o755);
  symlinkSync(join(path, 'scripts/check'), join(hooks, 'pre-commit'));
  const agreed = await hash();
  is(await hash(), agreed);
  write(path, 'scripts/check', script('something else'));
  not.equal(await hash(), agreed);
});

test('[law 14] a hook is looked at however many files lie beside it', async () => {
  const { root, path, worktree, hash } = await hookWorld();
  git(root, 'config', 'core.hooksPath', 'hooks');
  for (let number = 0; number < 600; number += 1) write(path, `hooks/a-${number}`, '');
  write(path, 'hooks/pre-commit', script('looks'));
  chmodSync(join(path, 'hooks/pre-commit'), 0o755);
  equal((await hooksOf(worktree))?.folder, join(path, 'hooks'));
  const agreed = await hash();
  write(path, 'hooks/pre-commit', script('something else'));
  not.equal(await hash(), agreed);
});

test.run();
