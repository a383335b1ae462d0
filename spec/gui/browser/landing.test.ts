import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { assertAccessible } from './support/axe.ts';
import { closeWindows, createWindowWorld, namesShown, rowOf, type WindowWorld } from './support/window.ts';

const test = suite('landing in the window');
test.after(closeWindows);

const git = (world: WindowWorld, ...words: readonly string[]): string =>
  execFileSync('git', words, { cwd: world.repository, encoding: 'utf8' }).trim();

/** A repository whose person git knows. */
const landingWorld = async (name: string): Promise<WindowWorld> => {
  const world = await createWindowWorld(name);
  git(world, 'config', 'user.name', 'Ada Byron');
  git(world, 'config', 'user.email', 'ada@example.org');
  return world;
};

/** The session that has the focus in the list is landed, with the keyboard alone. */
const faceOf = async (page: Page, name: string): Promise<void> => {
  await rowOf(page, name).waitFor();
  await page.locator('#sessions').focus();
  const names = await namesShown(page);
  const selected = page.locator('.session-row[aria-selected=true] .row-name');
  // The next key is pressed when the one before was drawn: what is read too early is the row before.
  for (const [index, each] of names.slice(0, names.indexOf(name) + 1).entries()) {
    await page.keyboard.press(index === 0 ? 'Home' : 'ArrowDown');
    await selected.filter({ hasText: each }).waitFor();
  }
  await page.keyboard.press('Shift+L');
  await page.locator('.landing h1', { hasText: name }).waitFor();
  await page.locator('.landing-foot').waitFor();
};

const edits = (text: string) => ({ do: 'edit', path: 'src/greet.js', text }) as const;

test('what conflicts is foreseen, given back to its session with a task, and lands when that is done; by keyboard alone', async () => {
  const world = await landingWorld('landing');
  const first = world.script('first', { steps: [edits('export const greet = () => "Good day";\n')] });
  const second = world.script(
    'second',
    { steps: [edits('export const greet = () => "Hello there";\n')] },
    {
      steps: [
        {
          do: 'run',
          command:
            'git add -A && git -c user.name=a -c user.email=a@b commit -qm own; git merge -q -s ours -m merged main',
        },
      ],
    },
  );
  await ended(world.runtime(), await world.start('Good day', first, { worktree: true }));
  await ended(world.runtime(), await world.start('Hello there', second, { worktree: true }));
  const before = git(world, 'rev-parse', 'main');
  const { page, problems } = await world.window();

  await faceOf(page, 'Good day');
  const conflicts = page.getByRole('region', { name: 'Conflicts, foreseen' });
  await conflicts.getByText('With Hello there, if that lands first').waitFor();
  await conflicts.getByText('src/greet.js').waitFor();
  await assertAccessible(page, 'before landing');

  // The message is the person's to change.
  await page.getByLabel('First line of the message').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Greet by the day');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('region', { name: 'Landed' }).waitFor();
  assert.is(git(world, 'log', '-1', '--format=%s', 'main'), 'Greet by the day');
  assert.is(git(world, 'rev-parse', 'main^'), before);
  assert.match(git(world, 'log', '-1', '--format=%B', 'main'), /Throughline-Session: /u);
  await assertAccessible(page, 'landed');

  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await rowOf(page, 'Good day').getByText('Landed on main as').waitFor();
  const landed = git(world, 'rev-parse', 'main');

  await faceOf(page, 'Hello there');
  await page.getByText('1 file conflicts with main.').waitFor();
  await page.keyboard.press('q');
  await page.getByRole('list', { name: 'The queue' }).waitFor();
  const given = page.getByRole('region', { name: 'Given back: Hello there' });
  await given.getByRole('group', { name: 'The task its agent got' }).getByText('src/greet.js').waitFor();
  await assertAccessible(page, 'given back');
  assert.is(git(world, 'rev-parse', 'main'), landed, 'the branch has not moved');

  // Its agent did what it was told to: it lands now.
  const row = (await world.runtime().dashboard()).rows.find(({ name }) => name === 'Hello there');
  await until('its agent has done its task', async () => {
    const now = (await world.runtime().dashboard()).rows.find(({ id }) => id === row?.id);
    return now?.runCount === 2 && now.status === 'Completed';
  });
  await page.keyboard.press('Escape');
  await faceOf(page, 'Hello there');
  await page.getByText('None with main').waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('region', { name: 'Landed' }).waitFor();
  assert.match(git(world, 'show', 'main:src/greet.js'), /Hello there/u);
  assert.equal(problems, []);
});

test.run();
