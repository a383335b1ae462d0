/** Checks before landing: on what is to land, in the session's own worktree, which is as it was after them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { closeWorlds, ended, errorOf, git, historyOf, rowOf } from '../../../support/world.ts';
import { checkedWorld, land, settled, worked } from './landing-world.ts';

const test = suite('landing with checks', { timeLimitMs: 600_000 });
test.after(closeWorlds);

test('[law 19] what is checked is what will be on main, and the session’s files are as they were after it', async () => {
  // It passes where both are there: on top of what landed before.
  const world = await checkedWorld('checked', 'test -f two.txt && { test ! -f wanted || test -f one.txt; }');
  const { runtime } = world;
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n', 'two.txt': 'x\n', wanted: '' });
  git(one.path, 'rm', '--quiet', '--cached', '--ignore-unmatch', 'wanted');
  const two = await worked(runtime, world, 'two', { 'three.txt': '3\n' }, true);
  await land(runtime, [one, two]);
  const ends = await settled(runtime, [one, two]);
  equal(
    ends.map(({ state, way, checks }) => [state, way, checks]),
    [
      ['landed', 'rebase', [{ name: 'tests', outcome: 'passed' }]],
      ['landed', 'rebase', [{ name: 'tests', outcome: 'passed' }]],
    ],
    JSON.stringify(ends),
  );
  is(git(two.path, 'status', '--porcelain'), '', 'what it was checked on is gone from its worktree');
  is(git(two.path, 'ls-files', 'two.txt'), '');
  is((await runtime.work(two.id)).restores.length, 2);
  await world.close();
});

test('a check that fails gives it back with the end of what it said, and nothing has moved', async () => {
  const world = await checkedWorld('failing', 'echo "1 of 41 failed"; exit 3');
  const { runtime } = world;
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  const before = git(world.repository, 'rev-parse', 'main');
  await land(runtime, [one]);
  const [returned] = await settled(runtime, [one]);
  is(returned?.state, 'returned');
  match(returned?.words ?? '', /^tests failed/);
  is(git(world.repository, 'rev-parse', 'main'), before);
  is(readFileSync(join(one.path, 'one.txt'), 'utf8'), '1\n');
  await until('its agent has it', async () => (await rowOf(runtime, one.id)).runCount === 2);
  await ended(runtime, one.id);
  const prompt = (await historyOf(runtime, one.id)).findLast(({ type }) => type === 'prompt');
  match(JSON.stringify(prompt?.payload), /1 of 41 failed/);

  await land(runtime, [one], { despiteChecks: true });
  const [landed] = await settled(runtime, [one]);
  is(landed?.state, 'landed');
  is((await runtime.work(one.id)).landings.at(-1)?.despiteChecks, true, 'it stands in the log');
  await world.close();
});

test('one that is taken out of the queue while it is checked ends its check and does not land', async () => {
  const world = await checkedWorld('withdrawn', 'sleep 600');
  const { runtime } = world;
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  const { landings } = await land(runtime, [one]);
  const [queued] = landings;
  ok(queued);
  await until('its check runs', async () => (await rowOf(runtime, one.id)).work.checks.tests === 'running');
  is((await errorOf(runtime.prompt(one.id, 'More.'))).code, 'session.busy', 'nobody works on what is being checked');
  await runtime.withdrawLanding(one.id, queued.landingId);
  const [withdrawn] = await settled(runtime, [one]);
  is(withdrawn?.state, 'withdrawn');
  is((await runtime.work(one.id)).commands.at(-1)?.outcome, 'cancelled');
  await world.close();
});

test.run();
