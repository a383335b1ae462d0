import type { Locator, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended, field, historyOf } from '../../support/world.ts';
import { assertAccessible } from './support/axe.ts';
import { closeWindows, createWindowWorld, openByName, rowOf, type WindowWorld } from './support/window.ts';

const test = suite('prompts that wait above the composer');
test.after(closeWindows);

// One runtime for all of them.
let made: Promise<WindowWorld> | null = null;
const theWorld = (): Promise<WindowWorld> => {
  made ??= createWindowWorld('queued');
  return made;
};

const queueIn = (page: Page): Locator => page.getByRole('region', { name: 'Queued prompts' });
const prompts = (page: Page): Locator => queueIn(page).getByRole('button', { name: /^Queued prompt \d+ of/u });
const textsAre = (page: Page, ...texts: readonly string[]) =>
  until(
    `what waits is ${texts.join(', ')}`,
    async () => (await prompts(page).allTextContents()).join() === texts.join(),
  );
const focusIsOn = (page: Page, name: RegExp) =>
  until(`the focus is on ${name}`, async () =>
    name.test((await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) ?? ''),
  );
const sentIn = async (world: WindowWorld, id: string): Promise<readonly unknown[]> =>
  (await historyOf(world.runtime(), id)).filter(({ type }) => type === 'prompt').map((event) => field(event, 'text'));

const asks = { steps: [{ do: 'run' as const, command: 'true', approval: true }] };
const says = { steps: [{ do: 'say' as const, text: 'done' }] };

/** A session whose agent works until a person allows what it asks for, in a window of its own, with the keyboard in it. */
const atWork = async (
  name: string,
  first: Parameters<WindowWorld['script']>[1] = asks,
  options: Parameters<WindowWorld['window']>[0] = {},
) => {
  const world = await theWorld();
  const id = await world.start(name, world.script(name, first, says, says, says));
  const opened = await world.window(options);
  const { page } = opened;
  await openByName(page, name);
  const composer = page.getByRole('textbox', { name: 'Next prompt' });
  await page.getByRole('button', { name: 'Queue', exact: true }).waitFor();
  const queue = async (text: string): Promise<void> => {
    await composer.fill(text);
    await composer.press('Enter');
    await prompts(page).filter({ hasText: text }).waitFor();
    assert.is(await composer.inputValue(), '');
  };
  return { world, id, composer, queue, ...opened };
};

test('prompts are queued, edited, moved and withdrawn by keys while the agent works, and the rest is sent in order', async () => {
  const { world, id, page, composer, queue, problems } = await atWork('by keys');
  for (const text of ['one', 'two', 'three', 'four']) await queue(text);
  await queueIn(page).getByText('4 queued').waitFor();
  await queueIn(page).getByText('first one is sent when this run completes').waitFor();
  await rowOf(page, 'by keys').getByText('4 queued').first().waitFor({ state: 'attached' });

  await composer.press('ArrowUp');
  await focusIsOn(page, /^Queued prompt 4 of 4: four$/u);
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Alt+ArrowUp');
  await focusIsOn(page, /^Queued prompt 2 of 4: four$/u);
  await textsAre(page, 'one', 'four', 'two', 'three');

  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: 'Queued prompt 2' }).fill('the fourth, written anew');
  await page.keyboard.press('Enter');
  await focusIsOn(page, /^Queued prompt 2 of 4: the fourth, written anew$/u);

  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Delete');
  await focusIsOn(page, /^Queued prompt 1 of 3/u);
  await page.getByText('Withdrawn: “one”').waitFor();
  await page.keyboard.press('Control+z');
  await textsAre(page, 'one', 'the fourth, written anew', 'two', 'three');
  await prompts(page).nth(2).focus();
  await page.keyboard.press('Delete');
  await textsAre(page, 'one', 'the fourth, written anew', 'three');
  const text = 'one,the fourth, written anew,three';
  await until('the runtime knows', async () => {
    const { prompts: known } = await world.runtime().client.call('queue', { parameters: { id: id as SessionId } });
    return known.map((each) => each.text).join() === text;
  });
  await page.keyboard.press('Escape');
  await until('the composer has the focus', () => composer.evaluate((element) => element === document.activeElement));

  await assertAccessible(page, 'the queue, light');
  await page.getByRole('button', { name: 'Allow once' }).first().click();
  await until('all was sent', async () => (await sentIn(world, id)).length === 4);
  await ended(world.runtime(), id);
  assert.equal(await sentIn(world, id), ['Do it.', 'one', 'the fourth, written anew', 'three']);
  await until('nothing waits any more', async () => (await queueIn(page).count()) === 0);
  assert.equal(problems, []);
});

test('after a failure the queue is held and says so; one withdrawn comes back to it; its first is sent by hand', async () => {
  const fails = { steps: [...asks.steps, { do: 'error' as const, message: 'it cannot' }] };
  const { world, id, page, composer, queue, problems } = await atWork('held', fails, { colorScheme: 'dark' });
  await queue('one');
  await queue('two');
  await page.getByRole('button', { name: 'Allow once' }).first().click();
  await queueIn(page).getByText('2 held').waitFor();
  await queueIn(page).getByText('because run 1 failed; nothing is sent by itself').waitFor();
  await assertAccessible(page, 'a queue that is held, dark');

  await composer.press('ArrowUp');
  await page.keyboard.press('Delete');
  await textsAre(page, 'one');
  await page.getByRole('button', { name: /^Undo/u }).click();
  await textsAre(page, 'one', 'two');
  assert.equal(await sentIn(world, id), ['Do it.'], 'what comes back waits, though no run is under way');

  await queueIn(page).getByRole('button', { name: 'Send the first' }).click();
  await until('both were sent', async () => (await sentIn(world, id)).length === 3);
  await ended(world.runtime(), id);
  assert.equal(await sentIn(world, id), ['Do it.', 'one', 'two']);
  assert.equal(problems, []);
});

test('what was written for one that was sent meanwhile goes to the composer; what is too long is said before', async () => {
  const { world, id, page, composer, queue } = await atWork('edited');
  await queue('short');
  await composer.press('ArrowUp');
  await page.keyboard.press('Enter');
  const edit = page.getByRole('textbox', { name: 'Queued prompt 1' });
  await edit.fill('x'.repeat(1_000_001));
  await queueIn(page).getByText('It is too long: 1,000,001 characters').waitFor();
  assert.not.ok(await queueIn(page).getByRole('button', { name: 'Keep' }).isEnabled());
  await edit.fill('better');
  await page.getByRole('button', { name: 'Allow once' }).first().click();
  await until('it was sent', async () => (await sentIn(world, id)).length === 2);
  await until('what was written is kept', async () => (await composer.inputValue()) === 'better');
});

test.run();
