/** The queue as a person has it: in another order, stopped, gone on with, and once more what was given back. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is } from 'uvu/assert';
import type { LandingId } from '../../../../actors/protocol/facts/ids.ts';
import type { Runtime } from '../../../../runtime/surface.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';
import { closeWorlds, ended, errorOf, git } from '../../../support/world.ts';
import { checkedWorld, land, landingWorld, settled, type Worked, worked } from './landing-world.ts';

const test = suite('the queue of landings, arranged', { timeLimitMs: 600_000 });
test.after(closeWorlds);

const landingOf = async (runtime: Runtime, { id }: Worked) => {
  const found = (await runtime.landings()).landings.find(({ session }) => session.id === id);
  if (found === undefined) throw new Error('it is not in the queue');
  return { ...found, landingId: found.landingId as LandingId };
};

const arrange = async (runtime: Runtime, worked: Worked, asked: Parameters<Runtime['arrangeLanding']>[2]) =>
  runtime.arrangeLanding(worked.id, (await landingOf(runtime, worked)).landingId, asked);

test('[law 20] those that wait are put into another order and stopped, also over a restart, and go on when a person says so', async () => {
  const go = join(temporaryFolder('go'), 'go');
  const world = await checkedWorld('arranged', `until test -e ${go}; do sleep 0.05; done`);
  let { runtime } = world;
  const one = await worked(runtime, world, 'one', { 'one.txt': '1\n' });
  const two = await worked(runtime, world, 'two', { 'two.txt': '2\n' });
  const three = await worked(runtime, world, 'three', { 'three.txt': '3\n' });
  const four = await worked(runtime, world, 'four', { 'four.txt': '4\n' });
  await land(runtime, [one, two, three, four]);
  await until('the first is checked', async () => (await landingOf(runtime, one)).state === 'checking');
  await arrange(runtime, two, { before: null, paused: true });
  await arrange(runtime, four, { before: (await landingOf(runtime, three)).landingId });
  equal(
    (await runtime.landings()).landings.map(({ session, paused }) => [session.name, paused]),
    [
      ['one', false],
      ['four', false],
      ['three', false],
      ['two', true],
    ],
  );
  is((await errorOf(arrange(runtime, one, { paused: true }))).code, 'landing.refused', 'it is on its way');
  const elsewhere = '01890a5d-ac96-774b-bcce-b302099a8057' as LandingId;
  is((await errorOf(arrange(runtime, two, { before: elsewhere }))).code, 'landing.not_found');
  writeFileSync(go, '');
  await settled(runtime, [one, four, three]);
  await runtime.stop();

  runtime = await world.open();
  // Whatever comes now stands behind it.
  writeFileSync(join(one.path, 'more.txt'), '1\n');
  await land(runtime, [one]);
  is((await landingOf(runtime, two)).state, 'queued');
  await runtime.withdrawLanding(two.id, (await landingOf(runtime, two)).landingId);
  is((await landingOf(runtime, one)).paused, true, 'it stays stopped, before what was behind it');
  await arrange(runtime, one, { paused: false });
  is((await settled(runtime, [one]))[0]?.state, 'landed');
  equal(git(world.repository, 'log', '-4', '--format=%s', 'main').split('\n'), [
    'Do one',
    'Do three',
    'Do four',
    'Do one',
  ]);
  await world.close();
});

test('what was given back is landed again as it was to land, in the person’s words', async () => {
  const world = landingWorld('again');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'README.md': 'one\n' });
  writeFileSync(join(world.repository, 'README.md'), 'main\n');
  git(world.repository, 'commit', '--quiet', '--all', '-m', 'main');
  await land(runtime, [one], { how: 'merge', messages: { [one.id]: 'As I say\n' } });
  is((await settled(runtime, [one]))[0]?.state, 'returned');
  await until('its agent has the task', async () => (await runtime.session(one.id)).runCount === 2);
  await ended(runtime, one.id);
  rmSync(join(one.path, 'README.md'));
  git(one.path, 'checkout', '--quiet', '--', '.');
  writeFileSync(join(one.path, 'one.txt'), '1\n');
  is((await runtime.landing(one.id, {})).way, 'merge');
  await land(runtime, [one]);
  const [landed] = await settled(runtime, [one]);
  equal([landed?.state, landed?.way], ['landed', 'merge']);
  equal(
    git(world.repository, 'log', '-1', '--format=%s%n%p', 'main')
      .split('\n')
      .map((line) => line.split(' ').length),
    [3, 2],
  );
  equal(git(world.repository, 'for-each-ref', 'refs/throughline/landings/'), '');
  await world.close();
});

test.run();
