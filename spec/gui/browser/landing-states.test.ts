import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { hostileTexts } from '../session/hostile-texts.ts';
import { assertAccessible } from './support/axe.ts';
import {
  answers,
  toldDiscarded,
  toldHeld,
  toldLanded,
  toldPreview,
  toldPullRequest,
  toldQueue,
  toldRestore,
  toldReturned,
  toldSetup,
  toldWork,
} from './support/told-landing.ts';
import { closeWindows, createWindowWorld, type Opened, openByName, type WindowWorld } from './support/window.ts';

const test = suite('landing, what is put back and what is asked, in every state');
test.after(closeWindows);

type Shared = { readonly world: WindowWorld; readonly id: string };
let shared: Promise<Shared> | null = null;
const inWorld = (): Promise<Shared> => {
  shared ??= (async () => {
    const world = await createWindowWorld('landing-states');
    const id = await world.start('shown', 'quick', { worktree: true });
    await ended(world.runtime(), id);
    return { world, id };
  })();
  return shared;
};

const inBothThemes = async (page: Page, view: string): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await until('nothing glides', () =>
      page.evaluate(() => document.getAnimations().every(({ playState }) => playState === 'finished')),
    );
    await assertAccessible(page, `${view}, ${colorScheme}`);
  }
};

const opened = async (told: Readonly<Record<string, unknown>>, at?: (id: string) => string): Promise<Opened> => {
  const { world, id } = await inWorld();
  const one = await world.window({ before: (page) => answers(page, told) });
  if (at !== undefined) await one.page.evaluate((hash) => location.replace(`#${hash}`), at(id));
  return one;
};
const face = (id: string): string => `/session/${id}/land`;
const setupOf = (standing: string, more = {}) => ({
  setup: { ...toldSetup(), standing, ...(standing === 'agreed' ? {} : { inUse: null }), ...more },
  running: [],
});

const landings = { none: null, returned: toldReturned(), held: toldHeld(), queued: {}, landed: toldLanded() };

for (const [name, landing] of Object.entries(landings)) {
  test(`the face of a landing, ${name}: axe has nothing to say, in both themes and in a narrow window`, async () => {
    const told = { '/work': toldWork(landing), '/landing': toldPreview(), '/checks': setupOf('agreed') };
    const { page, problems } = await opened(told, face);
    await page.locator('.landing-column').waitFor();
    if (name !== 'landed') await page.getByRole('region', { name: 'Your checkout' }).waitFor();
    await inBothThemes(page, name);
    await page.setViewportSize({ width: 800, height: 800 });
    await inBothThemes(page, `${name}, narrow`);
    assert.equal(problems, []);
    await page.context().close();
  });
}

test('what would land that cannot be said says why, and asks again', async () => {
  let refused = true;
  const { page } = await opened({ '/checks': setupOf('none') }, face);
  await page.route(/\/landing$/u, (route) =>
    refused
      ? route.fulfill({ status: 409, json: { code: 'worktree.missing', detail: 'the worktree is gone', hint: null } })
      : route.fulfill({ json: toldPreview() }),
  );
  await page.evaluate(() => location.reload());
  await page.getByText('The worktree is gone.').waitFor();
  await inBothThemes(page, 'refused');
  refused = false;
  await page.keyboard.press('r');
  await page.getByText('How it lands').waitFor();
  await page.context().close();
});

test('the queue, full and empty, by its keys', async () => {
  let taken = '';
  const { page } = await opened({});
  await page.route(/\/api\/landings$/u, (route) => route.fulfill({ json: { landings: toldQueue() } }));
  await page.route(/\/landings\/[^/]+$/u, async (route) => {
    taken = `${route.request().method()} ${route.request().url().split('/').at(-1)}`;
    await route.fulfill({ json: { ok: true } });
  });
  await page.evaluate(() => location.replace('#/landings'));
  await page.locator('.queue-row').first().waitFor();
  await inBothThemes(page, 'the queue');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('x');
  await page.getByText('session 1 is out of the queue').waitFor();
  assert.match(taken, /^DELETE .*101$/u);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await answers(page, { '/landings': { landings: [] } });
  await page.evaluate(() => location.reload());
  await page.getByText('Nothing lands').waitFor();
  await inBothThemes(page, 'an empty queue');
  await page.keyboard.press('Escape');
  await page.locator('.session-row').first().waitFor();
  await page.context().close();
});

test('the question of a setup: new, changed, with errors; what is agreed to is what was shown', async () => {
  const before = { at: 1, texts: [{ file: '.throughline/config.json', text: '{\n  "setup": ["npm install"]\n}\n' }] };
  const errors = [{ file: '.throughline/config.json', line: 2, column: 3, place: 'setup', message: 'is wrong' }];
  const asked = {
    unknown: setupOf('unknown'),
    changed: setupOf('changed', { before }),
    broken: setupOf('broken', { hash: null, offered: null, errors }),
  };
  for (const [standing, told] of Object.entries(asked)) {
    const { page } = await opened({ '/work': toldWork(null), '/checks': told, '/landing': toldPreview() }, face);
    let body: unknown = null;
    await page.route(/\/repositories\/agreement$/u, async (route) => {
      body = route.request().postDataJSON();
      await route.fulfill({ json: { ok: true } });
    });
    await page.getByRole('button', { name: 'Look at it…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await inBothThemes(page, `a setup that is ${standing}`);
    if (standing === 'unknown') {
      // A wish to be allowed everything is never part of it.
      assert.is(await dialog.getByRole('checkbox').isChecked(), false);
      await page.keyboard.press('Control+Enter');
      await dialog.waitFor({ state: 'detached' });
      assert.is(Reflect.get(Object(body), 'hash'), 'b'.repeat(64));
      assert.is(Reflect.get(Object(body), 'agreed'), true);
      assert.is(Reflect.get(Object(body), 'approvals'), false);
    }
    if (standing === 'changed') {
      await dialog.getByText('npm install').waitFor();
      await page.keyboard.press('Control+Enter');
      await dialog.waitFor({ state: 'detached' });
      assert.is(Reflect.get(Object(body), 'agreed'), false, 'the main thing is to keep the old one');
    }
    if (standing === 'broken') await dialog.getByText('Line 2, setup: is wrong').waitFor();
    await page.context().close();
  }
});

test('snapshots and what is asked before files are put back, a session is forked or work is restored', async () => {
  const { id } = await inWorld();
  const { page } = await opened({
    '/work': toldWork(null),
    '/restore/preview': toldRestore(),
    '/discarded': { days: 30, discarded: toldDiscarded(id) },
  });
  await openByName(page, 'shown');
  await page.keyboard.press('h');
  await page.locator('.bead').first().waitFor();
  await inBothThemes(page, 'snapshots');
  await page.keyboard.press('u');
  await page.locator('.files-back').waitFor();
  await inBothThemes(page, 'undo');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+F');
  await page.getByLabel('What should it do instead?').waitFor();
  await inBothThemes(page, 'fork');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'All discarded work, of every session' }).click();
  await page.locator('.discarded-list li').first().waitFor();
  await inBothThemes(page, 'discarded work');
  await page.context().close();
});

test('whatever a repository, a branch, a check or a pull request is called, it is words and nothing else', async () => {
  const { id } = await inWorld();
  const texts = hostileTexts.filter((text) => text.length < 2_000);
  let next = 0;
  const words = (): string => `${texts[next++ % texts.length]}`;
  const told = (landing: object | null) => ({
    '/work': toldWork(landing, words),
    '/landing': toldPreview(words),
    '/checks': { setup: toldSetup(words), running: [] },
    '/landings': { landings: toldQueue(words) },
    '/pull-request': toldPullRequest(words),
    '/restore/preview': toldRestore(words),
    '/discarded': { days: 30, discarded: toldDiscarded(id, words) },
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/u;
  const nothingHappened = async ({ page, problems, requests }: Opened): Promise<void> => {
    assert.is(await page.evaluate(() => 'owned' in window), false);
    assert.is(await page.locator('#root img, #root iframe, #root script, #root [onerror], #root object').count(), 0);
    assert.equal(problems, []);
    assert.equal(
      requests.filter((url) => url.includes('away.invalid')),
      [],
    );
    assert.is(hidden.exec((await page.locator('body').textContent()) ?? ''), null);
  };
  for (const landing of [null, toldReturned(words), toldHeld(words), toldLanded(words)]) {
    const one = await opened(told(landing), face);
    await one.page.locator('.landing-column').waitFor();
    if (landing === null) {
      await one.page.getByRole('button', { name: 'Pull request…' }).click();
      await one.page.getByRole('button', { name: /^Send 2 remarks/u }).waitFor();
    }
    await nothingHappened(one);
    await one.page.evaluate(() => location.replace('#/landings'));
    await one.page.locator('.queue-row').first().waitFor();
    await nothingHappened(one);
    await one.page.context().close();
  }
  const one = await opened(told(null));
  await openByName(one.page, 'shown');
  await one.page.keyboard.press('h');
  await one.page.locator('.bead').first().waitFor();
  await one.page.keyboard.press('u');
  await one.page.locator('.files-back').waitFor();
  await nothingHappened(one);
  await one.page.context().close();
});

test.run();
