import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { assertAccessible } from './support/axe.ts';
import { png } from './support/pictures.ts';
import { closeWindows, createWindowWorld, type OpenOptions, rowOf, type WindowWorld } from './support/window.ts';

const test = suite('the review of what a session changed');
test.after(closeWindows);

const limits = (most: string): string =>
  ['/** How often somebody may ask. */', `export const most = ${most};`, 'export const perSecond = 1;', ''].join('\n');

const hostileName = '<img src=x onerror=alert(1)>.ts';
const hostileText = [
  'const a = "</span><img src=x onerror=alert(1)>"; // <script>alert(2)</script>',
  'if (isAdmin/* \u202e } \u2066if (false)\u2069 \u2066 */) { \u200b }',
  `${'x'.repeat(30_000)}<img src=x onerror=alert(3)>`,
  '',
].join('\n');

let shared: Promise<WindowWorld> | null = null;
const inWorld = (): Promise<WindowWorld> => {
  shared ??= (async () => {
    const world = await createWindowWorld('review');
    await ended(world.runtime(), await startRich(world, 'many kinds'));
    return world;
  })();
  return shared;
};

/** A session that renames, changes modes, and makes pictures, binary files, links and things that do not mean well. */
const startRich = (world: WindowWorld, name: string): Promise<string> => {
  const bytes = (text: string, path: string): string => `printf %s '${text}' | base64 -d > ${path}`;
  const agent = world.script(name.replaceAll(' ', '-'), {
    steps: [
      { do: 'edit', path: 'src/limits.ts', text: limits('10') },
      { do: 'edit', path: hostileName, text: hostileText },
      { do: 'edit', path: 'run.sh', text: '#!/bin/sh\necho hello\n' },
      { do: 'run', command: `${bytes(png(60, 40), 'limits.png')} && printf 'a\\0b' > data.bin` },
      { do: 'run', command: 'git mv README.md LIESMICH.md && ln -s src sources && chmod +x run.sh' },
    ],
  });
  return world.start(name, agent, { worktree: true });
};

const openReview = async (page: Page, name: string): Promise<void> => {
  await rowOf(page, name).click();
  await page.keyboard.press('r');
  await page.locator('.review-file').first().waitFor();
};

const opened = async (name: string, options?: OpenOptions) => {
  const found = await (await inWorld()).window(options);
  await openReview(found.page, name);
  return found;
};

const line = (page: Page, text: string) => page.locator('.code-line', { hasText: text });
const fileOf = (page: Page, path: string) => page.locator(`.review-file[data-path="${path}"]`);
/** Presses keys until something is there: it is there after as many as it takes. */
const pressUntil = (page: Page, key: string, what: string, isThere: () => Promise<boolean>): Promise<unknown> =>
  until(what, async () => {
    if (await isThere()) return true;
    await page.keyboard.press(key);
    return false;
  });

test('with the keyboard alone: two lines are commented on, sent, answered by a change, and the comment is resolved', async () => {
  const world = await inWorld();
  const agent = world.script(
    'answers',
    { steps: [{ do: 'edit', path: 'src/limits.ts', text: limits('10') }] },
    { steps: [{ do: 'edit', path: 'src/limits.ts', text: limits('20') }] },
  );
  const id = await world.start('answers', agent, { worktree: true });
  await ended(world.runtime(), id);
  const { page, problems } = await world.window();
  await rowOf(page, 'answers').waitFor();
  await page.locator('#sessions').focus();
  await pressUntil(page, 'ArrowDown', 'it is selected', () =>
    rowOf(page, 'answers').evaluate((row) => row.classList.contains('is-selected')),
  );
  await page.keyboard.press('r');
  await line(page, 'export const most = 10').waitFor();
  await page.keyboard.press('v');
  await page.locator('.pane-files', { hasText: '1 of 1 viewed' }).waitFor();
  assert.is(await line(page, 'export const most').count(), 0, 'what was viewed is folded');
  await page.keyboard.press('x');
  await pressUntil(page, 'j', 'the cursor is on the line', () =>
    line(page, 'export const most').evaluate((element) => element.classList.contains('has-cursor')),
  );
  assert.ok(
    await line(page, 'export const most').evaluate((element) => getComputedStyle(element).outlineStyle !== 'none'),
  );
  await page.keyboard.press('Shift+ArrowDown');
  assert.is(await page.locator('.code-line.in-range').count(), 2);
  await page.keyboard.press('c');
  const box = page.getByRole('textbox', { name: 'Comment on lines 2–3' });
  await box.waitFor();
  await page.keyboard.type('Twice as `many`, please. <b>');
  await page.keyboard.press('Control+Enter');
  const thread = page.getByRole('article', { name: 'Comment on Lines 2–3, open' });
  await thread.getByText('Twice as many, please. <b>').waitFor();
  assert.is(await page.locator('.gathered').count(), 1);
  assert.is((await world.runtime().client.call('session', { parameters: { id } })).runCount, 1, 'it waits');

  // What was pressed to keep it sends nothing by being pressed twice: it is deaf for a moment.
  await pressUntil(
    page,
    'Control+Enter',
    'they are sent',
    async () => (await page.getByText('1 comment sent as run 2.').count()) > 0,
  );
  await page.getByText('Answered in run 2').waitFor();
  const { events } = await world.runtime().client.call('history', { parameters: { id } });
  // It was pressed as often as it took, and once more while it was on its way: that sends nothing twice.
  const prompts = events.filter(({ type }) => type === 'prompt').map(({ payload }) => JSON.stringify(payload));
  assert.is(prompts.length, 2);
  for (const part of [
    'src/limits.ts',
    'export const most = 10;',
    'export const perSecond = 1;',
    'Twice as `many`, please.',
  ])
    assert.ok(prompts[1]?.includes(part), `${part} is in ${prompts[1]}`);
  assert.is(await page.locator('.gathered').count(), 0, 'nothing is left to be sent');

  await page.keyboard.press('2');
  await page.keyboard.press('3');
  await line(page, 'export const most = 20').waitFor();
  await page.getByText('Changed since viewed').waitFor();
  await pressUntil(page, 'j', 'the cursor is above the comment', () =>
    line(page, 'export const perSecond').evaluate((element) => element.classList.contains('has-cursor')),
  );
  await page.keyboard.press('e');
  await page.locator('.thread').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '1 resolved' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.session h1', { hasText: 'answers' }).waitFor();
  assert.equal(problems, []);
});

test('a comment on a line as it was is kept on that side, is changed, and is taken away', async () => {
  const { page } = await opened('many kinds', { viewport: { width: 1500, height: 900 } });
  await page.getByRole('radio', { name: 'Side by side' }).waitFor();
  await fileOf(page, 'LIESMICH.md').getByText('renamed').waitFor();
  await line(page, 'export const most').locator('.line-number').last().click();
  const box = page.getByRole('textbox', { name: 'Comment on line 2' });
  await box.fill('Why ten?');
  await page.getByRole('button', { name: 'Keep the comment' }).click();
  await page.locator('.thread', { hasText: 'Why ten?' }).waitFor();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await box.fill('Why not eleven?');
  await page.keyboard.press('Control+Enter');
  await page.locator('.thread', { hasText: 'Why not eleven?' }).waitFor();
  await page.locator('.pane-comments', { hasText: '1 open' }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.locator('.thread').waitFor({ state: 'detached' });
});

test('what was begun to be written is found again where it was begun', async () => {
  const { page } = await opened('many kinds');
  await line(page, 'export const perSecond').click();
  await page.keyboard.press('c');
  await page.keyboard.type('A sentence that nobody wants to write twice.');
  await page.keyboard.press('Escape');
  await page.locator('.thread').waitFor({ state: 'detached' });
  await page.keyboard.press('c');
  const box = page.getByRole('textbox', { name: 'Comment on line 3' });
  assert.is(await box.inputValue(), 'A sentence that nobody wants to write twice.');
  await box.fill('');
  await page.keyboard.press('Escape');
});

test('renames, modes, links, pictures and binary files are told as what they are', async () => {
  const { page } = await opened('many kinds');
  const told = async (path: string, words: string): Promise<void> => {
    await page.getByTitle(path, { exact: true }).first().click();
    await fileOf(page, path).getByText(words).first().waitFor();
  };
  await told('LIESMICH.md', 'Its content is the same.');
  await told('data.bin', 'A binary file: 3 bytes.');
  await told('run.sh', 'echo hello');
  await told('sources', 'src');
  await told('limits.png', '60 × 40 px');
  await page.locator('.picture-ground img').waitFor();
});

test('[law 14] names and lines that do not mean well are text, and what hides in them is seen', async () => {
  const { page, problems } = await opened('many kinds');
  await page.getByTitle(hostileName).first().click();
  await line(page, 'isAdmin').waitFor();
  await page.locator('.code-string', { hasText: '</span><img' }).waitFor();
  const file = page.locator('.review-file', { hasText: '<img src=x onerror=alert(1)>.ts' });
  assert.is(await file.locator('img, script').count(), 0);
  assert.ok((await line(page, 'isAdmin').innerText()).includes('\\u{202e}'));
  await file.getByRole('button', { name: /more characters$/u }).click();
  await file.getByText('<img src=x onerror=alert(3)>').waitFor();
  assert.equal(problems, []);
});

test('the ranges are one run, since one looked, against the base, and between two snapshots', async () => {
  const { page } = await opened('many kinds');
  const ranges = page.getByRole('radiogroup', { name: 'What is compared' });
  assert.is(await ranges.getByRole('radio', { checked: true }).innerText(), 'Run 1 · 7 files');
  await page.keyboard.press('3');
  await page.waitForURL(/\/review\/base$/u);
  await page.locator('.review-file').first().waitFor();
  await page.keyboard.press('4');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('menu', { name: 'From S1 to' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/review\/S1\.\.S2$/u);
  await page.locator('.review-file').first().waitFor();
  assert.is(await ranges.getByRole('radio', { checked: true }).innerText(), 'S1 to S2');
  await page.reload();
  await page.locator('.review-file').first().waitFor();
  assert.is(await ranges.getByRole('radio', { checked: true }).innerText(), 'S1 to S2', 'the address says it');
});

test('[law 19] a change is staged and reverted, a file discarded, and both are taken back', async () => {
  const world = await inWorld();
  const agent = world.script('put-back', {
    steps: [
      { do: 'edit', path: 'src/limits.ts', text: limits('10') },
      { do: 'run', command: 'echo "One more line." >> README.md' },
    ],
  });
  const id = await world.start('put back', agent, { worktree: true });
  await ended(world.runtime(), id);
  const at = join(world.directory.worktrees, id);
  const text = (path: string): string => (existsSync(join(at, path)) ? readFileSync(join(at, path), 'utf8') : 'gone');
  const { page, problems } = await world.window();
  await openReview(page, 'put back');
  const ofFile = async (name: string, item: string): Promise<void> => {
    await page.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await line(page, 'One more line.').click();
  await ofFile('README.md', 'Stage this change');
  await page.getByText('A change of README.md is staged.').waitFor();
  await ofFile('README.md', 'Revert this change');
  await page.getByText(/A change of README.md is as it was before. What was there is S\d+\./u).waitFor();
  assert.not.match(text('README.md'), 'One more line.');
  await page.keyboard.press('Control+z');
  await until('it is there again', () => text('README.md').includes('One more line.'));
  await ofFile('limits.ts', 'Discard its changes…');
  await page.getByRole('dialog').getByText('What is there now is kept first').waitFor();
  await page.getByRole('button', { name: 'Put 1 file back' }).click();
  await until('it is gone', () => text('src/limits.ts') === 'gone');
  await page.getByText('limits.ts is as it was before.').waitFor();
  await page.keyboard.press('Control+z');
  await until('it is there again', () => text('src/limits.ts') === limits('10'));
  assert.equal(problems, []);
});

test('whose lines they are stands beside them: the step that wrote one opens the timeline there, and by whom the others are', async () => {
  const world = await inWorld();
  const agent = world.script('writes-lines', { steps: [{ do: 'edit', path: 'src/limits.ts', text: limits('10') }] });
  const id = await world.start('writes lines', agent, { worktree: true, prompt: 'Ten at once.' });
  await ended(world.runtime(), id);
  await until('the end of its run is kept', async () => {
    const row = (await world.runtime().dashboard()).rows.find((each) => each.id === id);
    return row?.work.snapshots === 2;
  });
  // Above what the agent wrote: its lines are at other numbers now.
  const file = join(world.directory.worktrees, id, 'src/limits.ts');
  writeFileSync(file, `// By hand.\n${limits('10')}`);
  const { page, problems } = await world.window({ at: `/session/${id}/review/run:1` });
  await line(page, 'export const most').click();
  await page.keyboard.press('b');
  const whose = page.locator('.whose.is-first');
  await whose.getByText('writes lines').waitFor();
  assert.is(await whose.count(), 1, 'lines of one reason have it once');
  assert.is(await whose.innerText(), 'writes lines · run 1');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `whose lines, ${colorScheme}`);
  }

  await page.keyboard.press('Enter');
  const why = page.getByRole('dialog', { name: 'Why line 2' });
  await why.getByText('Ten at once.').waitFor();
  await why.getByText('In the worktree, not committed').waitFor();
  await assertAccessible(page, 'why a line is there');
  await page.keyboard.press('Escape');
  await page.keyboard.press('3');
  await whose.getByText('not by its agent').waitFor();
  await line(page, '// By hand.').locator('.whose').click();
  await page.getByRole('dialog', { name: 'Why line 1' }).getByText('no step names it').waitFor();
  await page.keyboard.press('Escape');

  await line(page, 'export const most').click();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Why line 3' }).getByText('Ten at once.').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.item-marked.item-tool', { hasText: 'src/limits.ts' }).waitFor();
  assert.match(page.url(), /\/at\/1:\d+$/u);
  assert.equal(problems, []);
});

test('comments that were written while the agent works go to it when it has ended; then all of it lands, with the keyboard alone', async () => {
  const world = await inWorld();
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', argv, { cwd: world.repository, encoding: 'utf8' }).trim();
  git('config', 'user.name', 'Ada Byron');
  git('config', 'user.email', 'ada@example.org');
  const agent = world.script(
    'goes-on',
    {
      steps: [
        { do: 'edit', path: 'src/limits.ts', text: limits('10') },
        { do: 'ask', title: 'May I end?', toolKind: 'other' },
      ],
    },
    { steps: [{ do: 'edit', path: 'src/limits.ts', text: limits('20') }] },
  );
  const id = await world.start('goes on', agent, { worktree: true });
  const approvals = async () =>
    (await world.runtime().client.call('session', { parameters: { id } })).approvals.map(
      ({ approvalId }) => approvalId,
    );
  await until('it works, and waits', async () => (await approvals()).length === 1);
  const { page, problems } = await world.window({ at: `/session/${id}/review` });
  await pressUntil(page, 'j', 'the cursor is on the line', () =>
    line(page, 'export const most').evaluate((element) => element.classList.contains('has-cursor')),
  );
  await page.keyboard.press('c');
  await page.keyboard.type('Twenty.');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: /^Queue for the agent/u }).waitFor();
  await pressUntil(
    page,
    'Control+Enter',
    'it is queued',
    async () => (await page.getByText('1 comment go when run 1 has ended.').count()) > 0,
  );
  await page.locator('.thread-queued').waitFor();
  const [approvalId] = await approvals();
  assert.ok(approvalId);
  await world.runtime().client.call('decide', { parameters: { id, approvalId }, body: { decision: 'allow' } });
  await page.getByText('Answered in run 2').waitFor();
  const { events } = await world.runtime().client.call('history', { parameters: { id } });
  assert.match(JSON.stringify(events.filter(({ type, run }) => type === 'prompt' && run === 2)), /Twenty\./u);

  // Nothing is to be sent: the same keys lead on to landing, and there they land.
  await ended(world.runtime(), id);
  await pressUntil(
    page,
    'Control+Enter',
    'landing is asked',
    async () => (await page.locator('.landing h1', { hasText: 'goes on' }).count()) > 0,
  );
  await page.locator('.landing-foot').waitFor();
  await pressUntil(
    page,
    'Control+Enter',
    'it has landed',
    async () => (await page.getByRole('region', { name: 'Landed' }).count()) > 0,
  );
  assert.is(git('show', 'HEAD:src/limits.ts'), limits('20').trim());
  assert.equal(problems, []);
});

test('axe finds nothing in a review: unified, side by side, being written, its menus, its prompt, and narrow', async () => {
  const { page } = await opened('many kinds');
  const inBothThemes = async (view: string): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await until('nothing glides', () =>
        page.evaluate(() => document.getAnimations().every(({ playState }) => playState === 'finished')),
      );
      await assertAccessible(page, `${view}, ${colorScheme}`);
    }
  };
  await page.getByTitle('src/limits.ts').first().click();
  await line(page, 'export const most').click();
  await page.locator('.code-keyword').first().waitFor();
  await page.keyboard.press('c');
  await page.keyboard.type('One that stays.');
  await inBothThemes('a comment being written');
  await page.keyboard.press('Control+Enter');
  await page.locator('.thread', { hasText: 'One that stays.' }).waitFor();
  await inBothThemes('a comment');
  await page.keyboard.press('d');
  await page.locator('.pair').first().waitFor();
  await inBothThemes('side by side');
  await page.getByRole('button', { name: 'See the prompt' }).click();
  await page.getByRole('dialog').getByText('One that stays.').waitFor();
  await inBothThemes('the prompt');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More for limits.ts' }).click();
  await page.getByRole('menu').waitFor();
  await inBothThemes('a menu');
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 800, height: 800 });
  await page.keyboard.press('t');
  await page.locator('.shows-pane').waitFor();
  await inBothThemes('narrow, with its pane');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.locator('.thread').waitFor({ state: 'detached' });
});

test.run();
