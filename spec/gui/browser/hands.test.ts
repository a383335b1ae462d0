/** What a person's hands do in a session, before a gateway whose runtime the test has in its hand. */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { dashboardRow } from '../../support/dashboard-row.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { openToldWindow, type ToldWindow } from './support/told-window.ts';
import { closeWindows } from './support/window.ts';

const test = suite('the hands at a session');

let shared: Promise<ToldWindow> | null = null;
const longReason = 'the agent could not be reached and said nothing of why '.repeat(60);
const inWindow = (): Promise<ToldWindow> => {
  shared ??= openToldWindow({
    row: { status: 'Failed', activity: null, runCount: 1, failureReason: longReason },
    others: [dashboardRow('01890a5d-ac96-774b-bcce-b302099a9999', { name: 'the other one' })],
    facts: [
      ['prompt', { text: 'Greet.', origin: 'prompt' }],
      ['message', { text: 'Hello.' }],
      ['status', { status: 'failed', reason: longReason }],
    ],
  });
  return shared;
};
test.after(async () => {
  await (await shared)?.close();
  await closeWindows();
});

const composer = (page: Page) => page.getByRole('textbox', { name: 'Next prompt' });

test('a reason of three thousand characters pushes nothing out of sight', async () => {
  const { page } = await inWindow();
  await page.locator('.session-reason').waitFor();
  for (const name of ['Inspect', 'Actions']) {
    const box = await page.locator('.session-header').getByRole('button', { name, exact: true }).boundingBox();
    assert.ok(box !== null && box.x + box.width <= 1280, `${name} is in sight`);
  }
});

test('a run that failed says its reason once, and its prompt is sent again', async () => {
  const { page, answer, answered } = await inWindow();
  await answer('**/api/sessions/*/prompt', { ok: true, run: 2 });
  await page.getByRole('button', { name: 'Retry' }).click();
  await until('its prompt was sent', () => answered.length === 1);
  assert.equal(answered.pop()?.body, { prompt: 'Greet.' });
});

test('an Enter that ends a composition sends nothing, in a prompt and in the palette; the next one does', async () => {
  const { page, answered } = await inWindow();
  await composer(page).fill('こんにちは');
  const composed = (): Promise<void> =>
    page.evaluate(() => {
      const how = { key: 'Enter', bubbles: true, cancelable: true };
      for (const more of [{ isComposing: true }, { isComposing: false, keyCode: 229 }])
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { ...how, ...more }));
    });
  await composed();
  assert.is(await composer(page).inputValue(), 'こんにちは');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands and sessions' });
  await palette.waitFor();
  await page.keyboard.type('help');
  await composed();
  assert.ok(await palette.isVisible(), 'no command was run');
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'detached' });
  assert.is(answered.length, 0, 'nothing was sent');
  await composer(page).press('Enter');
  await until('it was sent', () => answered.length === 1);
});

test('Escape leaves the prompt: the keys of the help go to the list and never into it', async () => {
  const { page } = await inWindow();
  await composer(page).fill('begun');
  await composer(page).press('Escape');
  await until('the timeline has the focus', () =>
    page.evaluate(() => document.activeElement?.matches('.timeline-scroll')),
  );
  assert.is(await page.locator('.session').count(), 1, 'the session is still open');
  for (const key of ['l', 'j', 'k']) await page.keyboard.press(key);
  assert.is(await composer(page).inputValue(), 'begun');
  assert.ok(await page.evaluate(() => document.activeElement?.matches('#sessions')));
});

test('beside a session a single click shows another one', async () => {
  const { page } = await inWindow();
  await page.locator('.session-row', { hasText: 'the other one' }).click();
  await until('it is the address', () => page.evaluate(() => location.hash.includes('9999')));
});

test.run();
