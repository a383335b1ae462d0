import type { Locator, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWindows, createWindowWorld, openByName, rowOf } from './support/window.ts';

const test = suite('what a person approves');
test.after(closeWindows);

const numbered = (count: number, what: string): string =>
  Array.from({ length: count }, (_, index) => `${what} ${index + 1} of ${count}`).join('\n');

const command = `${numbered(400, ': a line that says little, number')}\n: the last line`;
const longLine = `${'x'.repeat(9_000)} the end of the line`;

const requestIn = (place: Page | Locator): Locator => place.getByRole('group', { name: /^Approval/u });

/** All that a request shows of texts, in order. */
const textOf = async (request: Locator): Promise<string> =>
  (await request.locator('.plain-text').allTextContents()).join('');

const openTray = async (page: Page): Promise<Locator> => {
  await page.keyboard.press('a');
  const tray = page.getByRole('dialog', { name: 'Waiting for you' });
  await requestIn(tray).waitFor();
  return tray;
};

test('[law 18] a long command is folded, says how much is, and unfolded is there to its last line', async () => {
  const world = await createWindowWorld('long command');
  const agent = world.script('long', { steps: [{ do: 'run', command, approval: true }] });
  await world.start('long', agent);
  const { page, problems } = await world.window();
  await rowOf(page, 'long').getByText('Waits for approval').waitFor();
  assert.ok(command.length > 16_384, 'more than the log keeps of the input of a call');
  const unfold = async (place: Page | Locator): Promise<void> => {
    const request = requestIn(place);
    await request.waitFor();
    assert.not.ok((await textOf(request)).includes('number 200 of 400'), 'it is folded');
    await request.getByRole('button', { name: /^\d+ more lines$/u }).click();
    const text = await textOf(request);
    for (const line of command.split('\n')) assert.ok(text.includes(line), `${line} is not there`);
    assert.ok(text.includes(`cwd: ${world.repository}`), 'where it runs is part of it');
    await request.getByRole('button', { name: 'Allow once' }).waitFor();
  };
  await unfold(await openTray(page));
  await page.keyboard.press('Escape');
  await openByName(page, 'long');
  await unfold(page.getByRole('region', { name: 'Timeline' }));
  assert.equal(problems, []);
});

test('[law 18] an edit is shown before it is allowed, its long lines too, and control characters as what they are', async () => {
  const world = await createWindowWorld('long edit');
  const steps = [
    { do: 'edit' as const, path: 'long.txt', text: `${longLine}\nsecond\n`, approval: true },
    { do: 'run' as const, command: 'rm -rf never\recho harmless \u001b]0;hidden\u0007', approval: true },
  ];
  await world.start('edits', world.script('edits', { steps }));
  const { page } = await world.window();
  const tray = await openTray(page);
  const diff = requestIn(tray).locator('.diff');
  await diff.getByRole('button', { name: /7,020 more characters/u }).click();
  await diff.getByText('the end of the line').waitFor();
  await requestIn(tray).getByRole('button', { name: 'Reject' }).first().click();
  await requestIn(tray).getByText('rm -rf never').waitFor();
  assert.match(await textOf(requestIn(tray)), '\\u{1b}]0;hidden\\u{7}');
});

test('[law 18] of what is longer than the log keeps, it says so', async () => {
  const world = await createWindowWorld('bounded command');
  const huge = `: ${'y'.repeat(300_000)}`;
  await world.start('huge', world.script('huge', { steps: [{ do: 'run', command: huge, approval: true }] }));
  const { page } = await world.window();
  const tray = await openTray(page);
  await requestIn(tray)
    .getByText(/The agent sent 300,\d{3} bytes; only 262,144 are kept/u)
    .waitFor();
});

test('nothing that asks something of the runtime can be pressed while it is gone, and it says why', async () => {
  const world = await createWindowWorld('gone');
  await world.start('asks', world.script('asks', { steps: [{ do: 'run', command: 'true', approval: true }] }));
  const { page } = await world.window();
  await rowOf(page, 'asks').getByText('Waits for approval').waitFor();
  await openByName(page, 'asks');
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await requestIn(timeline).waitFor();
  const isEnabled = (name: string, place: Page | Locator = page) =>
    place.getByRole('button', { name, exact: true }).first().isEnabled();
  for (const name of ['Allow once', 'Reject']) assert.ok(await isEnabled(name, requestIn(timeline)), name);
  assert.ok(await isEnabled('Interrupt'));
  const tray = await openTray(page);

  await world.runtime().kill();
  const why = /^The runtime is gone: /u;
  await requestIn(tray).getByText(why).waitFor();
  for (const name of ['Allow once', 'Reject']) assert.not.ok(await isEnabled(name, requestIn(tray)), name);
  await page.keyboard.press('Escape');
  await requestIn(timeline).getByText(why).waitFor();
  for (const name of ['Allow once', 'Reject']) assert.not.ok(await isEnabled(name, requestIn(timeline)), name);
  for (const name of ['Interrupt', 'Rename']) assert.not.ok(await isEnabled(name), name);
  await page.getByText('The runtime is gone: what you write is kept').waitFor();

  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  for (const name of [/^Interrupt/u, /^Rename/u, /^Remove/u])
    assert.not.ok(await page.getByRole('menuitem', { name }).isEnabled(), String(name));
  assert.ok(await page.getByRole('menuitem', { name: /^Copy id/u }).isEnabled());
  await page.keyboard.press('Escape');

  await world.startAgain();
  await until('what is shown is no longer old', async () => (await page.locator('.is-stale').count()) === 0);
  await page.getByRole('button', { name: 'Continue' }).waitFor();
  assert.ok((await isEnabled('Continue')) && (await isEnabled('Rename')));
});

test.run();
