import { equal, is, match } from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended, rowOf } from '../../support/world.ts';
import { closeWindows, createWindowWorld, openByName } from './support/window.ts';

const test = suite('a run that waits, in the window');
test.after(closeWindows);

test('it says what it waits for and until when; it is moved, gone on with, and ended there', async () => {
  const world = await createWindowWorld('paused');
  const refused = { steps: [{ do: 'error' as const, code: 429, message: 'Quota reached. Resets in 2h0m0s.' }] };
  const agent = world.script('limited', refused, { steps: [{ do: 'say' as const, text: 'done' }] });
  const first = await world.start('first', agent);
  const second = await world.start('second', agent);
  const paused = (id: string) =>
    until('it waits', async () => (await rowOf(world.runtime(), id)).waitingFor === 'limit');
  await paused(first);
  await paused(second);
  const { page, problems } = await world.window();
  await page
    .getByText(/limit of rehearsal:.* until/)
    .first()
    .waitFor();
  await openByName(page, 'first');
  const banner = page.getByRole('region', { name: 'Paused' });
  match((await banner.textContent()) ?? '', /Limit of rehearsal:.* until .*Quota reached/);
  await banner.getByRole('button', { name: 'Change…' }).click();
  await banner.getByLabel('Goes on at').fill('2099-01-02T03:04');
  await banner.getByRole('button', { name: 'Set' }).click();
  const at = new Date('2099-01-02T03:04').getTime();
  await until('it is moved', async () => (await rowOf(world.runtime(), first)).waitingUntil === at);
  await banner.getByRole('button', { name: 'Continue now' }).click();
  await until('it is not said any more', async () => (await banner.count()) === 0);
  is((await ended(world.runtime(), first as SessionId)).status, 'Completed');
  await openByName(page, 'second');
  await banner.getByRole('button', { name: 'Stop waiting' }).click();
  is((await ended(world.runtime(), second as SessionId)).status, 'Interrupted');
  equal(problems, []);
});

test.run();
