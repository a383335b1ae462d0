import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { assertFocusIsVisible } from '../browser/support/focus.ts';
import { closeWindows, createWindowWorld, rowsAre } from '../browser/support/window.ts';
import { isAt, litStates, stepsOf, workedSession } from './inspector-world.ts';

const test = suite('the inspector without a mouse');
test.after(closeWindows);

const mostTabs = 60;

/** Goes on by Tab, and sees at every stop that it can be seen where one is, until what has the focus fits. */
const tabTo = async (page: Page, selector: string): Promise<void> => {
  for (let presses = 0; presses < mostTabs; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement === document.body)) continue; // past the end: from the top again
    await assertFocusIsVisible(page, `on the way to ${selector}`);
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  assert.unreachable(`${selector} is not reached in ${mostTabs} Tabs`);
};

test('from the list to the machine, through a run, into a copy of it, and back to the list', async () => {
  const world = await createWindowWorld('inspector-keyboard');
  const id = await workedSession(world, 'worked');
  const steps = await stepsOf(world, id);
  const { page } = await world.window();
  await rowsAre(page, 'worked');

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('i');
  await isAt(page, `1:${steps.length}`);
  await until('the scrubber has the focus', () => page.evaluate(() => document.activeElement?.id === 'scrubber'));
  await assertFocusIsVisible(page, 'at the scrubber');
  await page.keyboard.press('Home');
  await isAt(page, '1:1');
  await page.keyboard.press('n');
  const asked = steps.find(({ event }) => event.type === 'approval_requested')?.event.seq;
  await isAt(page, `1:${asked}`);
  await until('it waits', async () => (await litStates(page)).join() === 'run.running.awaitingApproval');

  await tabTo(page, '[role=tab][aria-selected=true]');
  await page.keyboard.press('ArrowRight');
  await page.locator('[role=tab][aria-selected=true]', { hasText: 'What if' }).waitFor();
  await tabTo(page, '.templates button');
  await page.keyboard.press('Enter');
  await tabTo(page, '.what-if textarea');
  assert.ok((await page.locator('.what-if textarea').inputValue()).length > 2, 'the template filled it');
  await page.keyboard.press('Control+Enter');
  await page.locator('.branch-step').first().waitFor();
  await until('the copy has gone on', async () => (await litStates(page)).join() !== 'run.running.awaitingApproval');

  await page.keyboard.press('Escape');
  await page.locator('.inspector').waitFor({ state: 'detached' });
  await page.locator('.session h1', { hasText: 'worked' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.session').waitFor({ state: 'detached' });
  await until('the list has the focus', () => page.evaluate(() => document.activeElement?.matches('#sessions')));
});

test.run();
