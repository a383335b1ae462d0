import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { assertFocusIsVisible } from './support/focus.ts';
import { closeWindows, createWindowWorld, rowOf, rowsAre, type WindowWorld } from './support/window.ts';

const test = suite('the window without a mouse');
test.after(closeWindows);

let shared: Promise<WindowWorld> | null = null;
const inWorld = (): Promise<WindowWorld> => {
  shared ??= (async () => {
    const world = await createWindowWorld('keyboard');
    await ended(world.runtime(), await world.start('ended', 'quick'));
    const agent = world.script('asks', {
      steps: [
        { do: 'edit', path: 'asked.txt', text: 'one\n', approval: true },
        { do: 'say', text: 'It was answered.' },
      ],
    });
    await world.start('asks', agent);
    return world;
  })();
  return shared;
};

const focusIs = (page: Page, selector: string): Promise<unknown> =>
  until(`${selector} has the focus`, () =>
    page.evaluate((wanted) => document.activeElement?.matches(wanted), selector),
  );

test('right after the load, arrows, j, k and Enter work: a session is opened, left, and another chosen', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await rowsAre(page, 'asks', 'ended');
  await page.keyboard.press('ArrowDown');
  await page.locator('.session-row.is-selected', { hasText: 'asks' }).waitFor();
  await page.keyboard.press('j');
  await page.locator('.session-row.is-selected', { hasText: 'ended' }).waitFor();
  await page.keyboard.press('k');
  await page.locator('.session-row.is-selected', { hasText: 'asks' }).waitFor();
  await assertFocusIsVisible(page, 'in the list');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.session h1', { hasText: 'ended' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.session').waitFor({ state: 'detached' });
  await focusIs(page, '#sessions');
  await assertFocusIsVisible(page, 'back in the list');
  assert.ok(await rowOf(page, 'ended').evaluate((row) => row.classList.contains('is-selected')), 'where one was');
});

test('an approval is reached with Tab and given with Enter', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await rowsAre(page, 'asks', 'ended');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const approval = page.getByRole('group', { name: /^Approval/u });
  await approval.waitFor();
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(() => document.activeElement?.textContent ?? '');
    if (/^Allow/u.test(label)) break;
    if ((await page.evaluate(() => document.activeElement)) !== null)
      await assertFocusIsVisible(page, `after Tab ${presses + 1}`);
  }
  await assertFocusIsVisible(page, 'on the approval');
  await page.keyboard.press('Enter');
  await page.getByText('Allowed by you:').waitFor();
  await page.locator('.item-message', { hasText: 'It was answered.' }).waitFor();
});

test('the palette finds a session and a command, and gives the focus back when it is left', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await page.locator('.session-row').first().waitFor();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands and sessions' });
  await palette.waitFor();
  await focusIs(page, '[role=combobox]');
  await page.keyboard.type('ended');
  await palette.getByRole('option', { selected: true }).getByText('ended', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.session h1', { hasText: 'ended' }).waitFor();
  await palette.waitFor({ state: 'detached' });

  await page.keyboard.press('Control+k');
  await page.keyboard.type('dark');
  await palette.getByRole('option', { selected: true }).getByText('Dark').waitFor();
  await page.keyboard.press('Enter');
  await until('it is dark', () => page.evaluate(() => document.documentElement.dataset.theme === 'dark'));

  await page.keyboard.press('Control+k');
  await palette.waitFor();
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'detached' });
  await page.locator('.session').waitFor();
});

test('help, filter, search, attention and a new session have a key each, and Escape leads back', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await page.locator('.session-row').first().waitFor();
  for (const [key, name] of [
    ['?', 'Keyboard'],
    ['a', 'Waiting for you'],
    ['n', 'New session'],
  ] as const) {
    await page.keyboard.press(key);
    const dialog = page.getByRole('dialog', { name });
    await dialog.waitFor();
    await until(`the focus is in ${name}`, () =>
      dialog.evaluate((element) => element.contains(document.activeElement)),
    );
    // While its repository is empty, the field suggests some, and Escape is for these first.
    const repository = dialog.getByRole('combobox', { name: 'Repository' });
    if (key === 'n') await until('the form has its repository', async () => (await repository.inputValue()) !== '');
    await page.keyboard.press('Tab');
    await assertFocusIsVisible(page, `in ${name}`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  await page.keyboard.press('/');
  await focusIs(page, '#filter');
  await page.keyboard.type('ended');
  await until('one is left', async () => (await page.locator('.session-row').count()) === 1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowDown');
  await focusIs(page, '#sessions');

  await page.keyboard.press('s');
  await focusIs(page, '#search-text');
  await assertFocusIsVisible(page, 'in the search');
  await page.keyboard.type('answered');
  await page.locator('.hit-list a').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await focusIs(page, '.hit-list a');
  await assertFocusIsVisible(page, 'on a result');
  await page.keyboard.press('Enter');
  await page.locator('.item-marked').waitFor();
});

test('Tab goes through the whole window and shows at every step where it is', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await page.locator('.session-row').first().waitFor();
  const seen = new Set<string>();
  for (let presses = 0; presses < 25; presses += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160) ?? '');
    if (name.startsWith('<body')) break;
    await assertFocusIsVisible(page, `after Tab ${presses + 1}`);
    seen.add(name);
  }
  assert.ok(seen.size >= 6, `${seen.size} things can be reached`);
});

test.run();
