import type { Page } from 'playwright-core';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { assertAccessible } from './support/axe.ts';
import { closeWindows, createWindowWorld, openByName, type WindowWorld } from './support/window.ts';

const test = suite('what axe says of every view');
test.after(closeWindows);

const themes = ['light', 'dark'] as const;

let shared: Promise<WindowWorld> | null = null;
/** A runtime with everything a list can show: restored, failed, interrupted, waiting, completed. */
const inWorld = (): Promise<WindowWorld> => {
  shared ??= (async () => {
    const world = await createWindowWorld('accessible');
    const rich = world.script('rich', {
      steps: [
        { do: 'think', text: 'What is there?', everyMs: 0 },
        {
          do: 'plan',
          entries: [
            { content: 'Look', priority: 'medium', status: 'completed' },
            { content: 'Write', priority: 'medium', status: 'pending' },
          ],
        },
        {
          do: 'say',
          text: '# A heading\n\nA [link](https://example.org), `code`.\n\n```ts\nconst a = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n',
          everyMs: 0,
        },
        { do: 'edit', path: 'rich.txt', text: 'one\ntwo\n' },
        { do: 'run', command: 'ls; exit 3' },
        { do: 'usage', tokens: 12_000, cost: 0.42 },
        { do: 'edit', path: 'asked.txt', text: 'three\n', approval: true },
      ],
    });
    await world.start('restored', 'slow');
    await ended(world.runtime(), await world.start('completed', 'quick'));
    await ended(world.runtime(), await world.start('failed', 'crash'));
    await world.runtime().kill();
    await world.startAgain();
    await world.start('rich', rich, { worktree: true });
    return world;
  })();
  return shared;
};

/** Opens a session, and waits for its first event: the list of what is in sight is drawn a frame after its heading. */
const openDrawn = async (page: Page, name: string): Promise<void> => {
  await openByName(page, name);
  await page.getByRole('feed', { name: 'Events' }).getByRole('article').first().waitFor();
};

/** Checks what is shown in both themes. */
const inBothThemes = async (page: Page, view: string): Promise<void> => {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    // Colours glide from one theme to the other; what counts is where they arrive.
    await until('nothing glides', () =>
      page.evaluate(() => document.getAnimations().every(({ playState }) => playState === 'finished')),
    );
    await assertAccessible(page, `${view}, ${theme}`);
  }
};

test('the dashboard, with badges, hints, a filter that nothing fits, and an open menu', async () => {
  const { page } = await (await inWorld()).window();
  await page.locator('.badge-restored').waitFor();
  await page.locator('.badge-waits').waitFor();
  await inBothThemes(page, 'the dashboard');
  await page.locator('.session-row').first().click({ button: 'right' });
  await page.getByRole('menu').waitFor();
  await inBothThemes(page, 'a menu');
  await page.keyboard.press('Escape');
  await page.getByPlaceholder('Filter sessions').fill('nothing like this');
  await page.getByText('No session fits this filter').waitFor();
  await inBothThemes(page, 'a filter that nothing fits');
});

test('a session with a plan, a diff, a failed command and an approval, and its find', async () => {
  const { page } = await (await inWorld()).window();
  await page.locator('.badge-waits').waitFor();
  await openDrawn(page, 'rich');
  await page.getByRole('group', { name: /^Approval/u }).waitFor();
  await inBothThemes(page, 'a session');
  await page.getByRole('button', { name: 'Find in this session' }).click();
  await page.getByRole('searchbox', { name: 'Find in this session' }).waitFor();
  await inBothThemes(page, 'a session with its find');
});

test('a restored session and a failed one', async () => {
  const { page } = await (await inWorld()).window();
  await openDrawn(page, 'restored');
  await page.getByRole('region', { name: 'Restored session' }).waitFor();
  await inBothThemes(page, 'a restored session');
  await openDrawn(page, 'failed');
  await page.getByRole('group', { name: 'Error' }).first().waitFor();
  await inBothThemes(page, 'a failed session');
});

test('the dialogs: a new session with problems, the palette, help, attention, rename, remove', async () => {
  const { page } = await (await inWorld()).window();
  await page.locator('.session-row').first().waitFor();
  await page.keyboard.press('n');
  await page.getByText('Another command…').waitFor();
  await page.getByRole('button', { name: 'Start session' }).click();
  await page.getByText('Say what the agent is to do.').waitFor();
  await inBothThemes(page, 'a new session');
  await page.keyboard.press('Escape');
  for (const [key, name] of [
    ['Control+k', 'Commands and sessions'],
    ['?', 'Keyboard'],
    ['a', 'Waiting for you'],
  ] as const) {
    await page.keyboard.press(key);
    await page.getByRole('dialog', { name }).waitFor();
    await inBothThemes(page, name);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await page.locator('.session-row').first().click();
  await page.locator('#sessions').focus();
  for (const key of ['F2', 'Delete']) {
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor();
    await inBothThemes(page, `the dialog of ${key}`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
});

test('the search: nothing asked, results, nothing found', async () => {
  const { page } = await (await inWorld()).window({ at: '/search' });
  await page.getByText('Search the whole history').waitFor();
  await inBothThemes(page, 'the search');
  const words = page.getByRole('searchbox', { name: 'Search all sessions' });
  await words.fill('heading');
  await page.locator('.hit-list a').first().waitFor();
  await inBothThemes(page, 'results');
  await words.fill('thereisnosuchword');
  await page.getByText('Nothing found').waitFor();
  await inBothThemes(page, 'nothing found');
});

test('the inspector: a step, a copy that was sent an event, the live machine, and a file', async () => {
  const world = await inWorld();
  const row = (await world.runtime().dashboard()).rows.find(({ name }) => name === 'rich');
  const { page } = await world.window({ at: `/session/${row?.id}/inspect` });
  await page.locator('.step-head').waitFor();
  await page.locator('.statechart .state-active').first().waitFor();
  await inBothThemes(page, 'a step');
  await page.getByRole('tab', { name: 'What if' }).click();
  await page.getByRole('button', { name: /^Allow / }).click();
  await page.getByRole('button', { name: 'Send to the copy' }).click();
  await page.locator('.branch-step').waitFor();
  await inBothThemes(page, 'what if');
  await page.getByRole('tab', { name: 'Live' }).click();
  await page.locator('.live-step').first().waitFor();
  await inBothThemes(page, 'the live machine');
  await page.evaluate(() => location.assign('#/file'));
  const chooser = page.getByLabel('Open a file…');
  await chooser.setInputFiles({ name: 'x.jsonl', mimeType: 'text/plain', buffer: Buffer.from('no JSON') });
  await page.getByText(/line 1 is no JSON/u).waitFor();
  await inBothThemes(page, 'a file that is none');
});

test('the first start, a runtime that is gone, and a page that is not let in', async () => {
  const world = await createWindowWorld('accessible-empty');
  const { page } = await world.window();
  await page.getByText('Start with a rehearsal').waitFor();
  await inBothThemes(page, 'the first start');
  await world.runtime().kill();
  await page.getByText('Runtime gone, reconnecting').waitFor();
  await inBothThemes(page, 'the runtime is gone');
  await world.startAgain();
  await page.getByText('Runtime gone, reconnecting').waitFor({ state: 'detached' });
  await page.context().clearCookies();
  await page.reload();
  await page.getByText('does not let this window in').waitFor();
  await inBothThemes(page, 'not let in');
});

test.run();
