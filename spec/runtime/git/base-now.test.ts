import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type BaseNow, baseNow } from '../../../runtime/git/base-now.ts';
import { inWorktree, openWorktree } from '../../../runtime/git/open-worktree.ts';
import { inspectRepository } from '../../../runtime/git/repository.ts';
import { worktreeChanges } from '../../../runtime/git/worktree-changes.ts';
import { worktreeDiff } from '../../../runtime/git/worktree-diff.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { commitAll, git, makeRepository, type WorktreeWorld, worldWithWorktree, write } from './git-world.ts';

const test = suite('the base as it is now');

/** A session with one commit of its own (`own.txt`), and a base that has moved on by two (`theirs.txt`). */
const movedOn = async (): Promise<WorktreeWorld & { readonly tip: string }> => {
  const world = await worldWithWorktree();
  write(world.path, 'own.txt', 'own\n');
  commitAll(world.path, 'own');
  write(world.root, 'theirs.txt', 'theirs\n');
  commitAll(world.root, 'theirs');
  write(world.root, 'theirs.txt', 'more\n');
  return { ...world, tip: commitAll(world.root, 'theirs again') };
};

const ask = async (world: WorktreeWorld, base: string | null = 'main'): Promise<BaseNow> =>
  baseNow(inWorktree(await openWorktree(world)), { base, baseCommit: world.baseCommit });

const filesOf = async (world: WorktreeWorld): Promise<readonly string[]> =>
  (await worktreeChanges({ ...world, base: 'main' })).files.map(({ path }) => path).sort();

test('a base that moved on is behind the session, and nothing of it is the session’s', async () => {
  const world = await movedOn();
  const expected = { commit: world.base, tip: world.tip, from: 'now', words: null, ahead: 1, behind: 2 };
  assert.equal(await ask(world), { ...expected, branch: world.branch });
  assert.equal(await filesOf(world), ['own.txt']);
});

test('what came in by merging the base is not the session’s: not in the list, the diff or the count of commits', async () => {
  const world = await movedOn();
  git(world.path, 'merge', '--quiet', '--no-edit', 'main');
  const { commit, ahead, behind } = await ask(world);
  // Its own commit and the merge.
  assert.equal({ commit, ahead, behind }, { commit: world.tip, ahead: 2, behind: 0 });
  assert.equal(await filesOf(world), ['own.txt']);
  assert.not.match((await worktreeDiff({ ...world, base: 'main' })).text, 'theirs');
  const changes = await worktreeChanges({ ...world, base: 'main' });
  assert.equal([changes.ahead, changes.behind, changes.branch], [2, 0, world.branch]);
});

test('a merge in progress counts as done', async () => {
  const world = await movedOn();
  write(world.path, 'theirs.txt', 'in the way\n');
  commitAll(world.path, 'own as well');
  assert.throws(() => git(world.path, 'merge', '--quiet', '--no-edit', 'main'));
  const { commit, behind } = await ask(world);
  assert.equal({ commit, behind }, { commit: world.tip, behind: 0 });
  assert.equal(await filesOf(world), ['own.txt', 'theirs.txt']);
});

test('what came in by rebasing onto the base is not the session’s', async () => {
  const world = await movedOn();
  git(world.path, 'rebase', '--quiet', 'main');
  const { commit, ahead, behind } = await ask(world);
  assert.equal({ commit, ahead, behind }, { commit: world.tip, ahead: 1, behind: 0 });
  assert.equal(await filesOf(world), ['own.txt']);
});

test('a base that was moved back takes nothing of what the session began with', async () => {
  const world = await worldWithWorktree();
  write(world.root, 'second.txt', 'second\n');
  const began = commitAll(world.root, 'second');
  git(world.path, 'reset', '--hard', '--quiet', began);
  write(world.path, 'own.txt', 'own\n');
  commitAll(world.path, 'own');
  git(world.root, 'reset', '--hard', '--quiet', world.base);
  const session = { ...world, baseCommit: began };
  const { commit, ahead, behind } = await ask(session);
  assert.equal({ commit, ahead, behind }, { commit: began, ahead: 1, behind: 0 });
  assert.equal(await filesOf(session), ['own.txt']);
});

test('a base that is gone, unrelated or without a name is remembered, and it is said', async () => {
  const gone = await movedOn();
  git(gone.root, 'checkout', '--quiet', '--detach');
  git(gone.root, 'branch', '-D', 'main');
  const { tip, ...left } = await ask(gone);
  const remembered = { commit: gone.base, from: 'remembered', ahead: 1, behind: null, branch: gone.branch };
  assert.is(tip, null);
  assert.equal(left, { ...remembered, words: 'main is not there any more' });
  assert.equal((await ask(gone, null)).words, 'the base is not there any more');
  assert.equal((await ask(gone, '--all')).from, 'remembered');

  const unrelated = await movedOn();
  git(unrelated.root, 'checkout', '--quiet', '--orphan', 'other');
  commitAll(unrelated.root, 'anew');
  git(unrelated.root, 'branch', '--quiet', '--force', 'main', 'other');
  // Its beginning is still its own history's, so that what the session began with says more than nothing.
  const { commit, from } = await ask(unrelated);
  assert.equal({ commit, from }, { commit: unrelated.base, from: 'now' });
  git(unrelated.path, 'checkout', '--quiet', '--orphan', 'mine');
  commitAll(unrelated.path, 'mine anew');
  const { words, branch } = await ask(unrelated);
  assert.equal([words, branch], ['the branch and main have nothing in common', 'mine']);
});

test('a branch without a commit has nothing ahead; a detached HEAD is on no branch', async () => {
  const world = await movedOn();
  git(world.path, 'checkout', '--quiet', '--detach');
  assert.is((await ask(world)).branch, null);
  git(world.path, 'checkout', '--quiet', '--orphan', 'fresh');
  const { ahead, words, branch } = await ask(world);
  assert.equal([ahead, words, branch], [0, 'the branch has no commit yet', 'fresh']);
});

test('a clone that is too shallow to tell says so', async () => {
  const origin = makeRepository();
  for (const name of ['second', 'third']) {
    write(origin, `${name}.txt`, `${name}\n`);
    commitAll(origin, name);
  }
  git(origin, 'branch', '--quiet', 'old', 'HEAD~2');
  const clone = join(temporaryFolder('shallow'), 'clone');
  execFileSync('git', ['clone', '--quiet', '--depth=1', '--no-single-branch', `file://${origin}`, clone], {
    stdio: 'ignore',
  });
  const repository = await inspectRepository(clone);
  const head = repository.headCommit;
  const found = await baseNow(
    { cwd: clone, environment: { GIT_DIR: repository.commonDirectory } },
    { base: 'origin/old', baseCommit: git(clone, 'rev-parse', 'origin/old'), head },
  );
  assert.equal(
    [found.from, found.words],
    ['remembered', 'this clone is too shallow to say what the branch and origin/old have in common'],
  );
});

test('the branch that is really checked out is told, also when it was renamed', async () => {
  const world = await movedOn();
  git(world.path, 'branch', '--quiet', '--move', 'mine');
  assert.is((await ask(world)).branch, 'mine');
});

test.run();
