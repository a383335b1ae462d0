import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { closeWindows, createWindowWorld, openByName } from './support/window.ts';

const test = suite('runs undone, and sessions forked, in the window');
test.after(closeWindows);

test('[law 19] a run is undone and that is undone again, by keyboard alone; a fork begins as a snapshot was', async () => {
  const world = await createWindowWorld('putting-back');
  const agent = world.script(
    'works',
    { steps: [{ do: 'edit', path: 'kept.txt', text: 'one\n' }] },
    {
      steps: [
        { do: 'edit', path: 'kept.txt', text: 'two\n' },
        { do: 'edit', path: 'made.txt', text: 'made\n' },
      ],
    },
  );
  const id = await world.start('works', agent, { worktree: true });
  await ended(world.runtime(), id);
  await world.runtime().client.call('prompt', { parameters: { id }, body: { prompt: 'And again.' } });
  await until('its second run has ended', async () => {
    const row = (await world.runtime().dashboard()).rows.find((one) => one.id === id);
    return row?.runCount === 2 && row.status === 'Completed' && row.work.snapshots === 4;
  });
  const folder = (await world.runtime().dashboard()).rows[0]?.worktree.path ?? '';
  const kept = (): string => readFileSync(join(folder, 'kept.txt'), 'utf8');
  const { page, problems } = await world.window();
  await openByName(page, 'works');

  // At the end of each run stands what git saw of it.
  const card = page.getByRole('region', { name: 'What run 2 changed' });
  await card.getByText('Run 2 changed 2 files').waitFor();
  await page.keyboard.press('u');
  const dialog = page.getByRole('dialog', { name: 'Undo run 2?' });
  await dialog.getByText('goes away: run 2 made it').waitFor();
  assert.is(kept(), 'two\n', 'nothing is done before it was seen');
  await page.keyboard.press('Control+Enter');
  await page.getByText('2 files are as they were before run 2. What was there is S4.').waitFor();
  assert.is(kept(), 'one\n');
  assert.is(existsSync(join(folder, 'made.txt')), false);

  await page.keyboard.press('Control+z');
  await page.getByText('As it was in S4 again.').waitFor();
  assert.is(kept(), 'two\n');
  assert.is(readFileSync(join(folder, 'made.txt'), 'utf8'), 'made\n');

  await page.keyboard.press('h');
  const panel = page.getByRole('complementary', { name: 'Snapshots' });
  await panel.getByRole('button', { name: /^S2 · end of run 1/u }).click();
  await panel.getByRole('button', { name: 'Fork…' }).click();
  await page.getByText('S2, the end of run 1').first().waitFor();
  await page.keyboard.type('Go another way.');
  await page.keyboard.press('Control+Enter');
  await until('the fork is there', async () => (await world.runtime().dashboard()).rows.length === 2);
  const fork = (await world.runtime().dashboard()).rows.find((row) => row.id !== id);
  await ended(world.runtime(), fork?.id ?? '');
  assert.is(existsSync(join(fork?.worktree.path ?? '', 'made.txt')), false);

  // An event of the timeline: as it was before that.
  await page.evaluate((hash) => location.replace(hash), `#/session/${id}`);
  const step = page.locator('.item-tool', { hasText: 'made.txt' }).first();
  await step.hover();
  await step.getByRole('button', { name: 'Fork from here…' }).click();
  await page.getByText(/the last snapshot before event 2:\d+/u).waitFor();
  await page.keyboard.type('And another.');
  await page.keyboard.press('Control+Enter');
  await until('the second fork is there', async () => (await world.runtime().dashboard()).rows.length === 3);
  const second = (await world.runtime().dashboard()).rows.find((row) => ![id, fork?.id].includes(row.id));
  await ended(world.runtime(), second?.id ?? '');
  assert.is(existsSync(join(second?.worktree.path ?? '', 'made.txt')), false);
  assert.equal(problems, []);
});

test.run();
