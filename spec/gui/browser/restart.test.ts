import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { ownWindowMark } from '../../../runtime/window/own-window-mark.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { closeWindows, createWindowWorld, openByName, openPage, rowOf, rowsAre } from './support/window.ts';

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

test('it comes back as it was: what is open, how the list looks, what is chosen, and what was being written', async () => {
  const world = await createWindowWorld('as it was');
  for (const name of ['kept first', 'kept second', 'other'])
    await ended(world.runtime(), await world.start(name, 'quick'));
  const { page } = await world.window();
  const before = new URL(page.url());
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command or session' }).fill('theme dark');
  await page.keyboard.press('Enter');
  const isDark = (opened: Page) => opened.evaluate(() => document.documentElement.dataset.theme === 'dark');
  await until('it is dark', () => isDark(page));
  await page.getByTitle('Change the order').click();
  await page.getByRole('menuitemradio', { name: 'Name' }).click();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('kept');
  await rowsAre(page, 'kept first', 'kept second');
  await openByName(page, 'kept second');
  await page.getByText('Done, that was quick.').waitFor();
  const { hash } = new URL(page.url());
  const composer = page.getByRole('textbox', { name: 'Next prompt' });
  await composer.fill('begun before');

  await world.runtime().kill();
  await page.getByText('Runtime gone, reconnecting').waitFor();
  await composer.fill('begun before, and gone on with');
  await world.startAgain();
  await until('the page has moved', () => new URL(page.url()).host !== before.host);
  await page.locator('.session h1', { hasText: 'kept second' }).waitFor();
  assert.is(new URL(page.url()).hash, hash);
  await rowsAre(page, 'kept first', 'kept second');
  assert.is(await page.getByRole('searchbox', { name: 'Filter' }).inputValue(), 'kept');
  assert.ok(await rowOf(page, 'kept second').evaluate((row) => row.matches('[aria-selected=true]')));
  assert.is(await composer.inputValue(), 'begun before, and gone on with');
  assert.ok(await isDark(page));

  // The browser keeps the address of the dashboard, where the page came from.
  await page.goBack();
  await until('it leads on', () => new URL(page.url()).host !== before.host);
  await page.getByText('3 sessions').waitFor();
  const another = await world.window({ at: hash.slice(1) });
  await another.page.locator('.session h1', { hasText: 'kept second' }).waitFor();
  assert.ok(await isDark(another.page), 'another window looks the same');
  const again = another.page.getByRole('textbox', { name: 'Next prompt' });
  assert.is(await again.inputValue(), 'begun before, and gone on with');
});

test('who wanted to be notified is asked once more by the next runtime, and only then', async () => {
  const world = await createWindowWorld('notified');
  await ended(world.runtime(), await world.start('only', 'quick'));
  const { page } = await openPage();
  const hasKey = page.waitForResponse((answer) => answer.url().endsWith('/api/reconnect-key'));
  await Promise.all([page.goto(`${await world.ticket()}${ownWindowMark}`), hasKey]);
  const before = new URL(page.url());
  await rowsAre(page, 'only');
  const banner = page.getByRole('region', { name: 'Notifications' });
  assert.is(await banner.count(), 0);
  await page.context().grantPermissions(['notifications'], { origin: before.origin });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command or session' }).fill('desktop notifications');
  await page.keyboard.press('Enter');
  await world.runtime().kill();
  await page.getByText('Runtime gone, reconnecting').waitFor();
  await world.startAgain();
  await until('the page has moved', () => new URL(page.url()).host !== before.host);
  assert.is(new URL(page.url()).search, ownWindowMark, 'the window of our own is still known for that');
  await banner.getByText('your browser asks once more').waitFor();
  await banner.getByRole('button', { name: 'No more' }).click();
  await banner.waitFor({ state: 'detached' });
  await page.reload();
  await rowsAre(page, 'only');
  assert.is(await banner.count(), 0, 'that is remembered');
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
