import type { Page, Route } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { hostileTexts } from '../session/hostile-texts.ts';
import { assertAccessible } from './support/axe.ts';
import {
  answerAs,
  type Told,
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
import { closeWindows, createWindowWorld, type Opened } from './support/window.ts';

const test = suite('landing, what is put back and what is asked, in every state');
test.after(closeWindows);

type Shown = Opened & { readonly id: string };

let told: Told = {};
let shared: Promise<Shown> | null = null;

/** One window for all: what it is told changes, and it goes elsewhere. */
const shown = async (answers: Told, at: (id: string) => string): Promise<Shown> => {
  shared ??= (async () => {
    const world = await createWindowWorld('landing-states');
    const id = await world.start('shown', 'quick', { worktree: true });
    await ended(world.runtime(), id);
    const opened = await world.window({ before: (page) => answerAs(page, () => told) });
    return { ...opened, id };
  })();
  const one = await shared;
  await one.page.evaluate(() => location.replace('#/'));
  await one.page.locator('#sessions').waitFor();
  told = answers;
  await one.page.evaluate((hash) => location.replace(`#${hash}`), at(one.id));
  return one;
};
const face = (id: string): string => `/session/${id}/land`;
const queue = (): string => '/landings';
const session = (id: string): string => `/session/${id}`;

const inBothThemes = async (page: Page, view: string): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await until('nothing glides', () =>
      page.evaluate(() => document.getAnimations().every(({ playState }) => playState === 'finished')),
    );
    await assertAccessible(page, `${view}, ${colorScheme}`);
  }
};

const setupOf = (standing: string, more = {}) => ({
  setup: { ...toldSetup(), standing, ...(standing === 'agreed' ? {} : { inUse: null }), ...more },
  running: [],
});
const tellsOf = (landing: object | null, setup = setupOf('agreed')): Told => ({
  '/work': toldWork(landing),
  '/landing': toldPreview(),
  '/checks': setup,
});

const landings = { none: null, returned: toldReturned(), held: toldHeld(), queued: {}, landed: toldLanded() };

for (const [name, landing] of Object.entries(landings)) {
  test(`the face of a landing, ${name}: axe has nothing to say`, async () => {
    const { page, problems } = await shown(tellsOf(landing), face);
    await page.locator('.landing-column').waitFor();
    if (name !== 'landed') await page.getByRole('region', { name: 'Your checkout' }).waitFor();
    await inBothThemes(page, name);
    if (name === 'none') {
      await page.setViewportSize({ width: 800, height: 800 });
      await assertAccessible(page, `${name}, narrow`);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    assert.equal(problems, []);
  });
}

test('what would land that cannot be said says why, and is asked again', async () => {
  const gone = { code: 'worktree.missing', detail: 'the worktree is gone', hint: null };
  const refuses = (route: Route): Promise<void> => route.fulfill({ status: 409, json: gone });
  const { page } = await shown({ ...tellsOf(null, setupOf('none')), '/landing': refuses }, face);
  await page.getByText('The worktree is gone.').waitFor();
  await assertAccessible(page, 'refused');
  told = tellsOf(null, setupOf('none'));
  await page.keyboard.press('r');
  await page.getByText('How it lands').waitFor();
});

test('the queue, full and empty, by its keys', async () => {
  let taken = '';
  const [, second] = toldQueue();
  const withdrawal = async (route: Route): Promise<void> => {
    taken = route.request().method();
    await route.fulfill({ json: { ok: true } });
  };
  const { page } = await shown(
    { [`/landings/${second?.landingId}`]: withdrawal, '/landings': { landings: toldQueue() } },
    queue,
  );
  await page.locator('.queue-row').first().waitFor();
  await inBothThemes(page, 'the queue');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('x');
  await page.getByText('session 1 is out of the queue').waitFor();
  assert.is(taken, 'DELETE');
  await shown({ '/landings': { landings: [] } }, queue);
  await page.getByText('Nothing lands').waitFor();
  await assertAccessible(page, 'an empty queue');
  await page.keyboard.press('Escape');
  await page.locator('#sessions').waitFor();
});

const before = { at: 1, texts: [{ file: '.throughline/config.json', text: '{\n  "setup": ["npm install"]\n}\n' }] };
const errors = [{ file: '.throughline/config.json', line: 2, column: 3, place: 'setup', message: 'is wrong' }];
const setups = {
  unknown: setupOf('unknown'),
  changed: setupOf('changed', { before }),
  broken: setupOf('broken', { hash: null, offered: null, errors }),
};

for (const [standing, setup] of Object.entries(setups)) {
  test(`the question of a setup that is ${standing}: what is agreed to is what was shown`, async () => {
    let agreement: unknown = null;
    const agrees = async (route: Route): Promise<void> => {
      agreement = route.request().postDataJSON();
      await route.fulfill({ json: { ok: true } });
    };
    const { page } = await shown({ ...tellsOf(null, setup), '/repositories/agreement': agrees }, face);
    await page.getByRole('button', { name: 'Look at it…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await inBothThemes(page, `a setup that is ${standing}`);
    // A wish to be allowed everything is never part of it.
    if (standing === 'unknown') assert.is(await dialog.getByRole('checkbox').isChecked(), false);
    if (standing === 'changed') await dialog.getByText('npm install').waitFor();
    if (standing === 'broken') await dialog.getByText('Line 2, setup: is wrong').waitFor();
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    const said = { hash: 'b'.repeat(64), agreed: standing === 'unknown', approvals: false };
    if (standing === 'broken') assert.is(agreement, null);
    else assert.equal({ ...Object(agreement), path: null }, { ...said, path: null });
  });
}

test('snapshots and what is asked before files are put back, a session is forked or work is restored', async () => {
  const kept = { days: 30, discarded: toldDiscarded('x') };
  const asks = { '/work': toldWork(null), '/restore/preview': toldRestore(), '/discarded': kept };
  const { page } = await shown(asks, session);
  await page.locator('.session h1').waitFor();
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
  await page.keyboard.press('Escape');
});

test('whatever a repository, a branch, a check or a pull request is called, it is words and nothing else', async () => {
  const texts = hostileTexts.filter((text) => text.length < 2_000);
  let next = 0;
  const words = (): string => `${texts[next++ % texts.length]}`;
  const hostile = (landing: object | null): Told => ({
    '/work': toldWork(landing, words),
    '/landing': toldPreview(words),
    '/checks': { setup: toldSetup(words), running: [] },
    '/landings': { landings: toldQueue(words) },
    '/pull-request': toldPullRequest(words),
    '/restore/preview': toldRestore(words),
    '/discarded': { days: 30, discarded: toldDiscarded('x', words) },
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
    const one = await shown(hostile(landing), face);
    await one.page.locator('.landing-column').waitFor();
    if (landing === null) {
      await one.page.getByRole('button', { name: 'Pull request…' }).click();
      await one.page.getByRole('button', { name: /^Send 2 remarks/u }).waitFor();
    }
    await nothingHappened(one);
  }
  const one = await shown(hostile(null), queue);
  await one.page.locator('.queue-row').first().waitFor();
  await nothingHappened(one);
  await shown(hostile(null), session);
  await one.page.locator('.session h1').waitFor();
  await one.page.keyboard.press('u');
  await one.page.locator('.files-back').waitFor();
  await nothingHappened(one);
});

test.run();
