/** Landings where something is not as usual: no name, no branch, no history, an agent at work, an unfinished merge. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, match, ok } from 'uvu/assert';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { closeWorlds, ended, errorOf, git, start } from '../../../support/world.ts';
import { commit, land, landingWorld, settled, worked } from './landing-world.ts';

const test = suite('landing what is not as usual', { timeLimitMs: 600_000 });
test.after(closeWorlds);

test('without a name nothing is committed or landed, and it is said how to give one', async () => {
  const world = landingWorld('nameless');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  git(world.repository, 'config', '--unset', 'user.name');
  git(world.repository, 'config', '--unset', 'user.email');
  const error = await errorOf(commit(runtime, one));
  is(error.code, 'commit.refused');
  match(error.hint ?? '', /git config --global user\.name/);
  is((await runtime.landing(one.id, {})).author, null);
  await land(runtime, [one]);
  const [returned] = await settled(runtime, [one]);
  is(returned?.state, 'returned');
  is(returned?.task, null, 'that is no task for an agent');
  match(returned?.words ?? '', /no name or address/);
  await world.close();
});

test('a commit on a branch without any is its first, and holds what the worktree holds', async () => {
  const world = landingWorld('unborn');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  git(one.path, 'checkout', '--quiet', '--orphan', 'fresh');
  const made = await commit(runtime, one, { message: 'The first' });
  is(made.branch, 'fresh');
  is(git(one.path, 'rev-parse', 'fresh'), made.commit);
  is(git(one.path, 'rev-list', '--count', 'fresh'), '1');
  ok(git(one.path, 'ls-tree', '-r', '--name-only', 'fresh').split('\n').includes('one.txt'));
  is(made.files, git(one.path, 'ls-tree', '-r', '--name-only', 'fresh').split('\n').length);
  is(git(one.path, 'status', '--porcelain'), '');
  is((await errorOf(commit(runtime, one))).code, 'commit.nothing');
  await world.close();
});

test('a commit on no branch is made there, and lands; so does a worktree of a few files', async () => {
  const world = landingWorld('detached');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  git(one.path, 'checkout', '--quiet', '--detach');
  const made = await commit(runtime, one);
  is(made.branch, null);
  is(git(one.path, 'rev-parse', 'HEAD'), made.commit);
  is(git(one.path, 'status', '--porcelain'), '');
  ok(git(one.path, 'rev-parse', one.branch) !== made.commit, 'the branch that it left stays');
  git(one.path, 'sparse-checkout', 'set', '--no-cone', '/one.txt');
  await land(runtime, [one]);
  const [landed] = await settled(runtime, [one]);
  is(landed?.state, 'landed', landed?.words ?? '');
  ok(
    git(world.repository, 'ls-tree', '--name-only', 'main').split('\n').includes('README.md'),
    'what is not there is not deleted',
  );
  await world.close();
});

test('a shallow clone lands like any other, where both sides have a beginning in common', async () => {
  const world = landingWorld('shallow');
  git(world.repository, 'commit', '--quiet', '--allow-empty', '-m', 'more');
  const clone = `${world.repository}-clone`;
  execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${world.repository}`, clone]);
  git(clone, 'config', 'user.name', 'Ada');
  git(clone, 'config', 'user.email', 'ada@example.org');
  const runtime = await world.open();
  const one = await worked(runtime, { ...world, repository: clone }, 'one', { 'one.txt': '1\n' });
  await land(runtime, [one], { how: 'merge' });
  is((await settled(runtime, [one]))[0]?.state, 'landed');
  rmSync(clone, { recursive: true, force: true });
  await world.close();
});

test('[law 20] while its agent is at work it waits, and lands when the run has ended', async () => {
  const world = landingWorld('busy');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'hang', { worktree: true });
  const { path } = (await runtime.session(id)).worktree;
  const place = await until('its worktree is there', async () => (await runtime.session(id)).worktree.path ?? path);
  writeFileSync(join(place, 'one.txt'), '1\n');
  await land(runtime, [{ id, path: place, branch: '' }]);
  await until('it waits', async () => (await runtime.session(id)).work.landing?.state === 'waiting');
  await runtime.interrupt(id);
  await ended(runtime, id);
  await until('it has landed', async () => (await runtime.session(id)).work.landing?.state === 'landed');
  await world.close();
});

test('an unfinished merge in the worktree is not committed as if it were finished', async () => {
  const world = landingWorld('unfinished');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'README.md': 'one\n' }, true);
  writeFileSync(join(world.repository, 'README.md'), 'main\n');
  git(world.repository, 'commit', '--quiet', '--all', '-m', 'main');
  try {
    git(one.path, 'merge', 'main');
  } catch {
    // It conflicts.
  }
  const error = await errorOf(commit(runtime, one));
  is(error.code, 'commit.refused');
  match(error.message, /a merge is unfinished/);
  await land(runtime, [one]);
  const [returned] = await settled(runtime, [one]);
  is(returned?.state, 'returned');
  match(returned?.words ?? '', /a merge is unfinished/);
  await world.close();
});

test.run();
