import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWindows, createWindowWorld, openByName } from './support/window.ts';

const test = suite('the changes of a session at work');
test.after(closeWindows);

test('files are shown while the agent goes on, by one request at a time', async () => {
  const world = await createWindowWorld('at work');
  const agent = world.script('works', {
    steps: [
      { do: 'edit', path: 'made.txt', text: 'one\n' },
      { do: 'say', text: 'A word. '.repeat(20_000), chunkCharacters: 8, everyMs: 20 },
    ],
  });
  await world.start('works', agent, { worktree: true });
  const { page } = await world.window();
  await openByName(page, 'works');
  await page.locator('.item-message').first().waitFor();

  let [open, mostOpen, asked] = [0, 0, 0];
  const spoken = (): Promise<number> =>
    page
      .locator('.item-message')
      .evaluateAll((items) => items.reduce((sum, item) => sum + (item.textContent ?? '').length, 0));
  // The list asks for changes, too, to count them; for their text only the panel does.
  await page.route('**/diff', async (route) => {
    open += 1;
    asked += 1;
    mostOpen = Math.max(mostOpen, open);
    // Meanwhile the timeline changes many times.
    const before = await spoken();
    await until('the agent went on', async () => (await spoken()) > before + 200);
    open -= 1;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Changes', exact: true }).click();
  await page.locator('.changes-files > li', { hasText: 'made.txt' }).waitFor();
  assert.is(await page.locator('.session-title .chip-running').count(), 1, 'it still works');
  await until('it was asked again', () => asked >= 3);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  assert.is(mostOpen, 1);
});

test.run();
