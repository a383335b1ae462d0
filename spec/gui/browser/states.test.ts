import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { closeWindows, createWindowWorld, openByName, openPage, rowOf, type WindowWorld } from './support/window.ts';

const test = suite('the states that are easily forgotten');
test.after(closeWindows);

const longName = `a very long name ${'that goes on and on '.repeat(9)}`.trim().slice(0, 200);
const longWord = 'W'.repeat(200);

let shared: Promise<WindowWorld> | null = null;
const inWorld = (): Promise<WindowWorld> => {
  shared ??= (async () => {
    const world = await createWindowWorld('states');
    for (const name of [longName, longWord, 'short']) {
      await ended(world.runtime(), await world.start(name, 'quick', { worktree: true }));
    }
    return world;
  })();
  return shared;
};

test('the first start offers a rehearsal; one click and an answer later a session is at work', async () => {
  const world = await createWindowWorld('first');
  const { page, problems } = await world.window();
  await page.getByText('Start with a rehearsal').waitFor();
  assert.is(await page.locator('.session-row').count(), 0);
  await page.getByRole('combobox', { name: 'Git repository', exact: true }).fill(world.repository);
  await page.getByRole('button', { name: 'Start a rehearsal' }).click();
  await page.locator('.session h1', { hasText: 'Rehearsal' }).waitFor();
  await rowOf(page, 'Rehearsal').waitFor();
  await page.getByRole('group', { name: /^Approval/u }).waitFor();
  assert.equal(problems, []);
});

test('a first start in a folder that is no repository says so in place', async () => {
  const world = await createWindowWorld('first-refused');
  const { page } = await world.window();
  const path = page.getByRole('combobox', { name: 'Git repository', exact: true });
  await path.fill(world.directory.root);
  await page.getByRole('button', { name: 'Start a rehearsal' }).click();
  await until('it is refused', async () => (await path.getAttribute('aria-invalid')) === 'true');
  await page
    .getByText(/no git repository|not (in )?a git repository/u)
    .first()
    .waitFor();
});

test('a ticket opens once: the second browser is told what to do, and a page without a way in is told, too', async () => {
  const world = await inWorld();
  const url = await world.ticket();
  const first = await openPage();
  await first.page.goto(url);
  await first.page.locator('.session-row').first().waitFor();

  const second = await openPage();
  const answer = await second.page.goto(url);
  assert.is(answer?.status(), 403);
  await second.page.getByText('A link works once').waitFor();
  await second.page.goto(world.origin());
  await second.page.getByText('The runtime does not let this window in').waitFor();
  assert.is(await second.page.locator('.session-row').count(), 0);
  assert.is(await second.page.locator('.first-start').count(), 0);
});

test('names of 200 characters are cut in the list and the header, and never widen the page', async () => {
  const world = await inWorld();
  for (const width of [800, 1280, 1920]) {
    const { page } = await world.window({ viewport: { width, height: 700 } });
    for (const name of [longName, longWord]) {
      await openByName(page, name);
      await page.locator('.item-message').first().waitFor();
      assert.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        `${width}: ${name.slice(0, 9)}`,
      );
      const close = page.getByRole('button', { name: 'Actions', exact: true });
      assert.ok(((await close.boundingBox())?.x ?? width) < width - 10, `${width}: the actions are in sight`);
      await page.keyboard.press('Escape');
      await page.locator('#sessions').waitFor();
    }
    await page.context().close();
  }
});

test('at 800 pixels a session lies over the list, with a way back, and everything has room', async () => {
  const world = await inWorld();
  const { page } = await world.window({ viewport: { width: 800, height: 600 } });
  await rowOf(page, 'short').waitFor();
  for (const column of ['.cell-name', '.cell-status', '.cell-age']) {
    const box = await rowOf(page, 'short').locator(column).boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 800, `${column} is in sight`);
  }
  await openByName(page, 'short');
  const composer = await page.getByRole('textbox', { name: 'Next prompt' }).boundingBox();
  assert.ok(composer !== null && composer.width > 300 && composer.y + composer.height <= 600);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.getByRole('button', { name: 'Close the session' }).click();
  await rowOf(page, 'short').waitFor();
});

test('a session that is not there says so; a search that finds nothing says what to do', async () => {
  const world = await inWorld();
  const { page } = await world.window({ at: '/session/00000000-0000-7000-8000-00000000dead' });
  await page.getByText('There is no such session').waitFor();
  await page.keyboard.press('s');
  await page.getByText('Search the whole history').waitFor();
  await page.getByRole('searchbox', { name: 'Search all sessions' }).fill('thereisnosuchword');
  await page.getByText('Nothing found').waitFor();
  await page.getByText('Fewer words, or fewer filters, find more.').waitFor();
});

test('text is made larger from the palette, fits, and stays so after a reload', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await rowOf(page, 'short').waitFor();
  for (let step = 0; step < 2; step += 1) {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command or session' }).fill('larger text');
    await page.getByRole('option', { selected: true }).getByText('Larger text').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  assert.is(await page.evaluate(() => document.documentElement.dataset.text), 'larger');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.reload();
  await rowOf(page, 'short').waitFor();
  assert.is(await page.evaluate(() => document.documentElement.dataset.text), 'larger', 'it is remembered');
});

test.run();
