import * as assert from 'uvu/assert';
import { type Fact, fact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import { at, message, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import type { World } from '../../support/world.ts';
import { closeWindows, createWindowWorld, openByName, rowOf, type WindowWorld } from './support/window.ts';

const test = suite('many sessions, and a very long one');
test.after(closeWindows);

const sessions = 1_000;
const events = 100_000;
const eventsPerAppend = 1_000;
/** Two errors far from both ends of the long session. */
const errorsAt = [30_000, 60_000];

const eventOf = (index: number): Fact => {
  if (errorsAt.includes(index)) return fact('error', { code: 'agent.failed', message: `Error number ${index}` }, at(5));
  if (index % 10 === 3) {
    return fact(
      'tool_call',
      { toolCallId: `call-${index}`, title: `Look at file ${index}`, kind: 'read', status: 'completed' },
      at(5),
    );
  }
  return fact('message', { text: `Sentence ${index} of this session.\n`, messageId: `m-${index}` }, at(5));
};

/** By the writer's own core: a thousand agents would take a while. */
const seed = (world: World): void => {
  const log = openLogWorld({ path: world.directory.database, startedAt: Date.now() - 3_600_000 });
  for (let index = 1; index < sessions; index += 1) {
    log.openSession(`session ${index}`, [
      prompt(),
      status('running'),
      message('done'),
      status('completed'),
    ] as RunFact[]);
  }
  const { runKey } = log.openSession('the long one', [prompt('The very first prompt'), status('running')]);
  for (let from = 0; from < events; from += eventsPerAppend) {
    log.append(runKey, ...Array.from({ length: eventsPerAppend }, (_, index) => eventOf(from + index)));
  }
  log.append(
    runKey,
    fact('message', { text: 'The very last sentence.', messageId: 'last' }, at(6)),
    status('completed'),
  );
  log.close();
};

let shared: Promise<WindowWorld> | null = null;
const inWorld = (): Promise<WindowWorld> => {
  shared ??= createWindowWorld('scale', seed);
  return shared;
};

test('of 1,000 rows only those in sight are in the page, wherever it is scrolled to', async () => {
  const world = await inWorld();
  const { page, problems } = await world.window();
  await page.getByText('1,000 sessions').waitFor();
  const rows = page.locator('.session-row');
  await rows.first().waitFor();
  assert.ok((await rows.count()) < 60, `${await rows.count()} rows are in the page`);
  assert.is(await page.locator('#sessions').getAttribute('aria-rowcount'), '1000');

  await page.locator('#sessions').focus();
  await page.keyboard.press('End');
  const last = page.locator('[aria-rowindex="1000"]');
  await last.waitFor();
  await until('the last row is in sight', () =>
    last.evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight),
  );
  assert.ok((await rows.count()) < 60);
  assert.is(await page.locator('#sessions').getAttribute('aria-activedescendant'), await last.getAttribute('id'));

  await page.getByPlaceholder('Filter sessions').fill('the long one');
  await until('one is left', async () => (await rows.count()) === 1);
  await page.getByText('1 of 1,000 sessions').waitFor();
  assert.equal(problems, []);
});

test('scrolling through 1,000 rows leaves no frame empty', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await page.locator('.session-row').first().waitFor();
  // As text, since it runs in the page: a step a frame, and whether every frame had rows all over the list.
  const empty = await page.evaluate(`new Promise((resolve) => {
    const grid = document.getElementById('sessions');
    let frames = 0;
    let empty = 0;
    const step = () => {
      const { top, height } = grid.getBoundingClientRect();
      const rows = [...grid.querySelectorAll('.session-row')].map((row) => row.getBoundingClientRect());
      for (const part of [0.05, 0.5, 0.95]) {
        const at = top + height * part;
        if (!rows.some((row) => row.top <= at && row.bottom >= at)) empty += 1;
      }
      frames += 1;
      grid.scrollTop += 150;
      if (frames < 120) requestAnimationFrame(step);
      else resolve(empty);
    };
    requestAnimationFrame(step);
  })`);
  assert.is(empty, 0);
});

test('a session of 100,000 events opens at its end, with a few hundred in the page', async () => {
  const world = await inWorld();
  const { page, problems } = await world.window();
  await page.getByPlaceholder('Filter sessions').fill('the long one');
  await rowOf(page, 'the long one').waitFor();
  await openByName(page, 'the long one');
  const end = page.getByText('The very last sentence.');
  await end.waitFor();
  await until('the end is in sight', () => end.evaluate((line) => line.getBoundingClientRect().bottom <= innerHeight));
  assert.ok(
    (await page.locator('.item').count()) < 400,
    `${await page.locator('.item').count()} items are in the page`,
  );
  assert.equal(problems, []);
});

test('from there it jumps to the first event, and from error to error', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await page.getByPlaceholder('Filter sessions').fill('the long one');
  await openByName(page, 'the long one');
  await page.getByText('The very last sentence.').waitFor();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.focus();

  await page.keyboard.press('[');
  await page.locator('.item-marked', { hasText: 'Error number 60000' }).waitFor();
  await page.keyboard.press('[');
  await page.locator('.item-marked', { hasText: 'Error number 30000' }).waitFor();
  await page.keyboard.press(']');
  await page.locator('.item-marked', { hasText: 'Error number 60000' }).waitFor();

  await page.keyboard.press('Home');
  const first = page.getByText('The very first prompt');
  await first.waitFor();
  await until('it is in sight', () => first.evaluate((line) => line.getBoundingClientRect().top >= 0));
  await page.getByRole('button', { name: 'Next: Errors and approvals' }).click();
  await page.locator('.item-marked', { hasText: 'Error number 30000' }).waitFor();

  await page.getByRole('button', { name: /^Jump to now/u }).click();
  await page.getByText('The very last sentence.').waitFor();
});

test.run();
