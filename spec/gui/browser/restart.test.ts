import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWindows, createWindowWorld, openByName, rowOf, rowsAre } from './support/window.ts';

const test = suite('the window and a runtime that is killed');
test.after(closeWindows);

test('after SIGKILL the page comes back by itself, with badges and hints that clear at the first new event', async () => {
  const world = await createWindowWorld('restart');
  for (const name of ['tests', 'readme', 'refactor']) await world.start(name, 'slow');
  const { page, problems } = await world.window();
  await page.locator('.chip-running').nth(2).waitFor();
  await page.getByText('3 sessions · 3 active').waitFor();
  assert.is(await page.locator('.badge-restored').count(), 0);

  await world.runtime().kill();
  await page.getByText('Runtime gone, reconnecting').waitFor();
  await page.locator('.session-list.is-stale').waitFor();
  assert.is(await page.locator('.session-row').count(), 3, 'what was known is still shown');

  await world.startAgain();
  await page.locator('.badge-restored').nth(2).waitFor();
  await until('what is shown is no longer old', async () => (await page.locator('.is-stale').count()) === 0);
  assert.is(await page.getByText('Runtime gone').count(), 0);
  assert.is(await page.locator('.chip-running').count(), 3, 'each keeps its last known status');
  const hints = await page.locator('.note-hint').allTextContents();
  assert.is(hints.length, 3);
  for (const hint of hints) assert.match(hint, /ended unexpectedly while this session was working.*[Rr]esume/u);

  await openByName(page, 'readme');
  const banner = page.getByRole('region', { name: 'Restored session' });
  await banner.getByRole('button', { name: 'Continue' }).click();
  await banner.waitFor({ state: 'detached' });
  await until('its badge is gone', async () => (await rowOf(page, 'readme').locator('.badge-restored').count()) === 0);
  assert.is(await rowOf(page, 'readme').locator('.note-hint').count(), 0);
  assert.is(await page.locator('.badge-restored').count(), 2, 'the others have had no event yet');
  await page.locator('.item-prompt', { hasText: 'You were interrupted' }).waitFor();
  assert.equal(problems, []);
});

test('a view that could not be fetched, as the runtime was gone, is there once it is back', async () => {
  const world = await createWindowWorld('lost view');
  await world.start('only', 'quick');
  const views = /\/parts-[^/]*\.js$/u;
  let refused = 0;
  const { page } = await world.window({
    before: async (opened) => {
      await opened.route(views, (route) => {
        refused += 1;
        return route.abort();
      });
    },
  });
  await rowsAre(page, 'only');
  await until('the view was asked for', () => refused > 0);
  await page.unroute(views);
  await openByName(page, 'only');
});

test('a page without its cookie says that it is not let in, and how to open it anew', async () => {
  const world = await createWindowWorld('refused');
  await world.start('only', 'quick');
  const { page } = await world.window();
  await rowsAre(page, 'only');
  await page.context().clearCookies();
  await page.reload();
  await page.getByText('does not let this window in').waitFor();
  await page.getByText('throughline', { exact: true }).waitFor();
  assert.is(await page.locator('.first-start').count(), 0, 'it does not claim that there is nothing');
});

test.run();
