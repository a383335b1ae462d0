import { is, ok } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { assertAccessible } from './support/axe.ts';
import { closeWindows, createWindowWorld } from './support/window.ts';

const test = suite('the actors at work', { timeLimitMs: 180_000 });
test.after(closeWindows);

test('the picture is true: sessions stand in their threads, lead to their timelines, and what ends is gone', async () => {
  const world = await createWindowWorld('actors');
  const asking = world.script('asking', { steps: [{ do: 'edit', path: 'a.txt', text: 'a', approval: true }] });
  const { page, problems, requests } = await world.window();
  ok(!requests.some((url) => url.includes('actors-view')), 'who does not look does not load it');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('actors at work');
  await page.keyboard.press('Enter');
  await page.getByText('No session is live.').waitFor();
  is(new URL(page.url()).hash, '#/actors');

  const hanging = await world.start('Fix the login', 'hang');
  await world.start('Ask me first', asking);
  const tenant = (name: string) => page.locator('.room .tenant', { hasText: name });
  await tenant('Fix the login').locator('.chip-running').waitFor();
  await tenant('Ask me first').getByText('waits for you').waitFor();
  await page.locator('.writer .commits').waitFor();
  const position = page.locator('.log-position');
  await until('the log’s position is the runtime’s', async () => {
    const { position: head } = await world.runtime().client.call('health', {});
    return Number((await position.textContent())?.replace(/\D/gu, '')) === head;
  });
  const sample = await world.runtime().client.call('actors', {});
  for (const thread of sample.sessions.threads) {
    const room = page.getByRole('region', { name: `Session thread ${thread.threadId}`, exact: true });
    is(await room.locator('.tenant').count(), thread.sessionCount);
  }
  is(sample.clients.actors, 1);

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `the actors, ${colorScheme}`);
  }

  await tenant('Fix the login').focus();
  await page.keyboard.press('Enter');
  await page.locator('.session h1', { hasText: 'Fix the login' }).waitFor();
  is(new URL(page.url()).hash, `#/session/${hanging}`);
  await page.goBack();
  await tenant('Fix the login').waitFor();
  await until('who looks away is not counted', async () => {
    return (await world.runtime().client.call('actors', {})).clients.actors === 1;
  });
  await world.runtime().client.call('remove', { parameters: { id: hanging }, query: { force: 'true' } });
  await tenant('Fix the login').waitFor({ state: 'detached' });

  await page.keyboard.press('Escape');
  await page.getByRole('grid').waitFor();
  await until('nobody watches any more', async () => {
    return (await world.runtime().client.call('actors', {})).clients.actors === 0;
  });
  is(problems.join('\n'), '');
  await world.close();
});

test('when the runtime is gone the picture stays, says that it is old, and lives again with the next one', async () => {
  const world = await createWindowWorld('gone');
  const { page } = await world.window({ at: '/actors' });
  const pid = page.locator('.main-figures', { hasText: `pid ${world.runtime().pid}` });
  await pid.waitFor();
  await world.runtime().kill();
  await page.getByText('Runtime gone, reconnecting…').waitFor();
  await page.locator('.actor-system-stale').waitFor();
  is(await pid.count(), 1);
  await world.startAgain();
  await page.locator('.main-figures', { hasText: `pid ${world.runtime().pid}` }).waitFor();
  await page.locator('.actor-system-stale').waitFor({ state: 'detached' });
  await world.close();
});

test.run();
