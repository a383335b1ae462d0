import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWindows, createWindowWorld, rowOf } from './support/window.ts';

const test = suite('the review of a session at work');
test.after(closeWindows);

test('files are shown while the agent goes on, by one request at a time', async () => {
  const world = await createWindowWorld('at work');
  const agent = world.script('works', {
    steps: [
      { do: 'edit', path: 'made.txt', text: 'one\n' },
      { do: 'say', text: 'A word. '.repeat(20_000), chunkCharacters: 8, everyMs: 20 },
    ],
  });
  const id = await world.start('works', agent, { worktree: true });
  const { page } = await world.window();
  await rowOf(page, 'works').click();

  let [open, mostOpen, asked] = [0, 0, 0];
  const lastActivity = async (): Promise<number> =>
    (await world.runtime().client.call('session', { parameters: { id } })).lastActivityAt;
  await page.route(/\/review\/files/u, async (route) => {
    open += 1;
    asked += 1;
    mostOpen = Math.max(mostOpen, open);
    // Meanwhile something happens in the session.
    const before = await lastActivity();
    await until('the agent went on', async () => (await lastActivity()) > before);
    open -= 1;
    await route.continue();
  });
  await page.keyboard.press('r');
  await page.locator('.review-file[data-path="made.txt"]').waitFor();
  assert.is(await page.locator('.face-head .chip-running').count(), 1, 'it still works');
  await until('it was asked again', () => asked >= 3);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  assert.is(mostOpen, 1);
});

test.run();
