/** Sessions brought to their branch by a runtime with its real parts: landed, given back, held, undone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { closeWorlds, ended, errorOf, git, historyOf, rowOf } from '../../../support/world.ts';
import { commit, land, landingWorld, settled, worked } from './landing-world.ts';

const test = suite('landing', { timeLimitMs: 240_000 });
test.after(closeWorlds);

test('two sessions land one after the other, the second on top of the first, and the checkout of main follows', async () => {
  const world = landingWorld('land');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  const two = await worked(runtime, world, 'two', { 'two.txt': '2\n' }, true);
  const before = git(world.repository, 'rev-parse', 'main');
  writeFileSync(join(world.repository, 'notes.txt'), 'my own\n');

  const { landings } = await land(runtime, [one, two]);
  is(landings.length, 2);
  const ends = await settled(runtime, [one, two]);
  equal(
    ends.map(({ state }) => state),
    ['landed', 'landed'],
    JSON.stringify(ends),
  );
  is(git(world.repository, 'rev-parse', 'main~2'), before);
  is(git(world.repository, 'status', '--porcelain'), '?? notes.txt', 'it followed, and what is the person’s stayed');
  is(readFileSync(join(world.repository, 'two.txt'), 'utf8'), '2\n');
  const message = git(world.repository, 'log', '-1', '--format=%B', 'main~1');
  match(message, /^Do one\n\n/);
  match(message, new RegExp(`^Throughline-Session: ${one.id}$`, 'm'));
  is(git(world.repository, 'log', '-1', '--format=%an %ae', 'main'), 'Ada Byron ada@example.org');
  is(git(world.repository, 'for-each-ref', 'refs/throughline/landings/'), '', 'nothing is left over');
  is((await rowOf(runtime, one.id)).work.landing?.state, 'landed');
  is((await runtime.verify()).ok, true);

  // What has landed is not landed once more.
  await land(runtime, [one]);
  const [again] = await settled(runtime, [one]);
  is(again?.state, 'withdrawn');
  match(again?.words ?? '', /main has all of it already/);
  await world.close();
});

test('[law 19] a conflict is given back to its session as a task, with the lines, and holds up nobody behind it', async () => {
  const world = landingWorld('conflict');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'README.md': 'one\n' });
  const two = await worked(runtime, world, 'two', { 'README.md': 'two\n' });
  const three = await worked(runtime, world, 'three', { 'three.txt': '3\n' });
  const foreseen = (await runtime.landing(one.id, {})).foreseen;
  equal(foreseen.base, []);
  const { plan } = await land(runtime, [one, two, three], { dryRun: true });
  equal(
    plan.map(({ outcome, conflictsWith }) => [outcome, conflictsWith]),
    [
      ['lands', null],
      ['returned', 'one'],
      ['lands', null],
    ],
  );
  is(git(world.repository, 'for-each-ref', 'refs/throughline/landings/'), '', 'a plan changes nothing');

  await land(runtime, [one, two, three]);
  const ends = await settled(runtime, [one, two, three]);
  equal(
    ends.map(({ state }) => state),
    ['landed', 'returned', 'landed'],
    JSON.stringify(ends),
  );
  const [, returned] = ends;
  equal(returned?.paths, ['README.md']);
  match(returned?.words ?? '', /^conflict with main in README\.md/);
  await until('its agent has the task', async () => (await rowOf(runtime, two.id)).runCount === 2);
  await ended(runtime, two.id);
  const prompt = (await historyOf(runtime, two.id)).findLast(({ type }) => type === 'prompt');
  match(JSON.stringify(prompt?.payload), /git merge main/);
  is(readFileSync(join(two.path, 'README.md'), 'utf8'), 'two\n', 'its work is as it was');
  await world.close();
});

test('what is in the way of the checkout holds it, and it lands as soon as that is gone, where it waits', async () => {
  const world = landingWorld('held');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n', '.gitignore': '.env\n' });
  writeFileSync(join(world.repository, 'one.txt'), 'mine\n');
  const before = git(world.repository, 'rev-parse', 'main');
  await land(runtime, [one]);
  const [held] = await settled(runtime, [one]);
  is(held?.state, 'held');
  equal(held?.paths, ['one.txt']);
  ok(held?.commit);
  is(git(world.repository, 'rev-parse', 'main'), before);
  is(git(world.repository, 'rev-parse', `refs/throughline/landings/${held.landingId}`), held.commit, 'it is kept');
  is(readFileSync(join(world.repository, 'one.txt'), 'utf8'), 'mine\n');

  await land(runtime, [one], { waits: true });
  is((await settled(runtime, [one]))[0]?.state, 'held');
  git(world.repository, 'clean', '-fq');
  const landed = await until('it has landed', async () => {
    const [found] = await settled(runtime, [one]);
    return found?.state === 'landed' && found;
  });
  is(git(world.repository, 'rev-parse', 'main'), landed.commit);
  await world.close();
});

test('a held landing that the person brings to the branch by their own git is known to have landed', async () => {
  const world = landingWorld('recognised');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  writeFileSync(join(world.repository, 'one.txt'), 'mine\n');
  await land(runtime, [one]);
  const [held] = await settled(runtime, [one]);
  is(held?.state, 'held');
  git(world.repository, 'clean', '-fq');
  git(world.repository, 'merge', '--quiet', '--ff-only', held?.commit ?? '');
  is((await settled(runtime, [one]))[0]?.state, 'landed');
  await world.close();
});

test('a landing is undone while its branch is there, also in the checkout, and what had landed is kept', async () => {
  const world = landingWorld('undo');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  const before = git(world.repository, 'rev-parse', 'main');
  await land(runtime, [one], { how: 'merge' });
  const [landed] = await settled(runtime, [one]);
  ok(landed?.state === 'landed' && landed.commit);
  const undone = await runtime.undoLanding(one.id, landed.landingId);
  is(undone.commit, before);
  is(git(world.repository, 'rev-parse', 'main'), before);
  is(existsSync(join(world.repository, 'one.txt')), false);
  is(git(world.repository, 'status', '--porcelain'), '');
  is(git(world.repository, 'rev-parse', undone.keptRef), landed.commit);
  is((await errorOf(runtime.undoLanding(one.id, landed.landingId))).code, 'landing.refused');

  await land(runtime, [one]);
  const [again] = await settled(runtime, [one]);
  is(again?.state, 'landed', 'it can land again');
  git(world.repository, 'commit', '--quiet', '--allow-empty', '-m', 'more');
  ok(again);
  const moved = await errorOf(runtime.undoLanding(one.id, again.landingId));
  is(moved.code, 'landing.moved');
  match(moved.hint ?? '', /git revert/);
  await world.close();
});

test('a landing that is pushed is not undone, and the error says what is done instead', async () => {
  const world = landingWorld('pushed');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  await land(runtime, [one]);
  const [landed] = await settled(runtime, [one]);
  ok(landed);
  git(world.repository, 'update-ref', 'refs/remotes/origin/main', 'main');
  const error = await errorOf(runtime.undoLanding(one.id, landed.landingId));
  is(error.code, 'landing.refused');
  match(error.message, /origin\/main has it/);
  await world.close();
});

test('a commit takes all that the worktree holds, by the person, and leaves a clean worktree', async () => {
  const world = landingWorld('commit');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n', 'README.md': 'changed\n' });
  const look = await runtime.landing(one.id, {});
  match(look.message, /^Do one\n\nFiles: README\.md, one\.txt\n$/);
  is(look.uncommitted, 2);
  is(look.author, 'Ada Byron <ada@example.org>');
  const made = await commit(runtime, one, { nameAgent: true });
  is(made.branch, one.branch);
  is(made.files, 2);
  is(git(one.path, 'status', '--porcelain'), '');
  is(git(one.path, 'rev-parse', 'HEAD'), made.commit);
  is(git(one.path, 'symbolic-ref', '--short', 'HEAD'), one.branch);
  match(
    git(one.path, 'log', '-1', '--format=%B'),
    new RegExp(`Throughline-Session: ${one.id}\nAssisted-by: rehearsal:quick \\(1 run\\)$`),
  );
  is((await errorOf(commit(runtime, one))).code, 'commit.nothing');
  is((await runtime.work(one.id)).commits.length, 1);
  await world.close();
});

test.run();
