/**
 * Makes the pictures of the README from real sessions of the rehearsal agent:
 *
 *   npm run build && node --import tsx docs/make-screenshots.ts
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { makeSampleRepository } from '../runtime/cli/demo/sample-repository.ts';
import { closeWindows, createWindowWorld, openByName, rowOf } from '../spec/gui/browser/support/window.ts';
import { ended } from '../spec/support/world.ts';

const folder = fileURLToPath(new URL('screenshots/', import.meta.url));
const mostBytes = 200_000;

// A home with a name, since its path is seen. Raises when somebody else has a folder there.
const home = join(tmpdir(), 'ada');
mkdirSync(home);
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
process.env.HOME = home;
writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Ada Byron\n\temail = ada@example.org\n');
const repository = join(home, 'greetings');
makeSampleRepository(repository);

const shoot = async (page: Page, name: string): Promise<void> => {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  const path = join(folder, `${name}.png`);
  const { length: size } = await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  console.log(`${name}.png: ${Math.round(size / 1000)} kB`);
  if (size > mostBytes) throw new Error(`${name}.png has ${size} bytes, more than ${mostBytes}`);
};

const world = await createWindowWorld('screenshots');
const goTo = (hash: string): Promise<void> => page.evaluate((to) => location.assign(`#${to}`), hash);
const start = (name: string, agent: string, prompt: string, approvals: 'ask' | 'allow' = 'allow'): Promise<string> =>
  world.start(name, agent, { repository, worktree: true, approvals, prompt });

await start('Write tests for greet', 'demo-tests', 'Write tests for greet', 'ask');
await start('Explain the release', 'slow', 'Explain how a release is made');
const { page } = await world.window({ viewport: { width: 1280, height: 720 }, colorScheme: 'light' });
await rowOf(page, 'Write tests for greet').locator('.badge-waits').waitFor();
await rowOf(page, 'Explain the release').locator('.chip-running').waitFor();
await world.runtime().kill();
await world.startAgain();
await page.locator('.badge-restored').nth(1).waitFor();

const runtime = world.runtime();
await ended(runtime, await start('Show how greet is used', 'demo-readme', 'Show in the README how greet is used'));
await ended(runtime, await start('Try the new linter', 'crash', 'Try the new linter'));
await ended(runtime, await start('Rename the package', 'quick', 'Rename the package'));
const stopped = await start('Port to another runtime', 'hang', 'Port it to another runtime');
await rowOf(page, 'Port to another runtime').locator('.chip-running').waitFor();
await page.waitForFunction(() => document.querySelectorAll('.chip-failed').length > 0);
await runtime.client.call('interrupt', { parameters: { id: stopped }, body: {} });
await ended(runtime, stopped);
const asking = await start(
  'Greet in every language',
  'demo-refactor',
  'Move the greetings into a table of languages',
  'ask',
);
await rowOf(page, 'Greet in every language').locator('.badge-waits').waitFor();
await page.waitForFunction(() => document.querySelectorAll('.cell-changes span').length >= 2);
await shoot(page, 'dashboard');

// High enough for the whole diff and what is asked for below it.
await page.setViewportSize({ width: 1280, height: 960 });
await openByName(page, 'Greet in every language');
await page.getByRole('button', { name: 'Allow once' }).waitFor();
await shoot(page, 'session');
await page.emulateMedia({ colorScheme: 'dark' });
await shoot(page, 'session-dark');

// The machine of that session, at the event that made it ask.
await page.emulateMedia({ colorScheme: 'light' });
await page.setViewportSize({ width: 1440, height: 900 });
await goTo(`/session/${asking}/inspect`);
await page.locator('.statechart .state-active').first().waitFor();
await page.locator('.step[aria-busy="false"] .step-head').waitFor();
// A line without a width, which counts as hidden.
await page.locator('.mark-approval').waitFor({ state: 'attached' });
await shoot(page, 'inspector');
await page.emulateMedia({ colorScheme: 'dark' });
await shoot(page, 'inspector-dark');
await page.emulateMedia({ colorScheme: 'light' });
await page.setViewportSize({ width: 1280, height: 720 });
await goTo('/actors');
// Somebody at work, so that there are commits to see.
await start('Summarise the changes', 'slow', 'Summarise what changed since the release');
await page.locator('.room .tenant', { hasText: 'Greet in every language' }).waitFor();
await page.locator('.writer .commits').waitFor();
await shoot(page, 'actors');

// A change in two turns, reviewed and ready to land.
const greetings = (clock: string): string =>
  [
    "const greetings = { en: 'Hello', de: 'Hallo', fr: 'Bonjour' };",
    '',
    '/** Greets somebody in a language, and in English where it is not known. */',
    "export const greet = (name, language = 'en') => {",
    `  const hour = ${clock};`,
    '  const greeting = greetings[language] ?? greetings.en;',
    "  return greeting + ', ' + name + (hour < 12 ? ', good morning' : '') + '!';",
    '};',
    '',
  ].join('\n');
const tests = [
  "import assert from 'node:assert/strict';",
  "import { test } from 'node:test';",
  "import { greet } from '../src/greet.js';",
  '',
  "test('greets in German', () => {",
  "  assert.match(greet('Ada', 'de'), /^Hallo, Ada/);",
  '});',
  '',
].join('\n');
const agent = world.script(
  'languages',
  {
    steps: [
      { do: 'edit', path: 'src/greet.js', text: greetings('new Date().getHours()') },
      { do: 'edit', path: 'test/languages.test.js', text: tests },
      { do: 'edit', path: 'README.md', text: '# greetings\n\nSays hello, politely, in three languages.\n' },
    ],
  },
  { steps: [{ do: 'say', text: 'Done.' }] },
);
const prompt = 'Greet everybody in their language, and say good morning before noon';
const reviewed = await start('Greet in their language', agent, prompt);
await ended(runtime, reviewed);
const { to: tree } = await runtime.client.call('reviewFiles', { parameters: { id: reviewed }, query: {} });
const comment = (path: string, lines: { from: number; to: number }, text: string) =>
  runtime.client.call('comment', { parameters: { id: reviewed }, body: { path, ...lines, text, tree } });
await comment('src/greet.js', { from: 5, to: 5 }, 'Take the hour as an argument: the tests cannot move `new Date()`.');
await comment('test/languages.test.js', { from: 5, to: 7 }, 'And one for a language that is not known.');
await goTo(`/session/${reviewed}/review`);
await page.setViewportSize({ width: 1280, height: 900 });
await page.locator('.code-line', { hasText: 'greetings.en' }).first().waitFor();
await page.getByRole('article', { name: /^Comment on Line 5/ }).waitFor();
await shoot(page, 'review');
await page.emulateMedia({ colorScheme: 'dark' });
await shoot(page, 'review-dark');
await page.emulateMedia({ colorScheme: 'light' });
await goTo(`/session/${reviewed}/land`);
await page.getByRole('radio', { name: /Squash/ }).waitFor();
await page.getByRole('region', { name: 'Your checkout' }).waitFor();
await shoot(page, 'landing');

await goTo('/');
await page.getByRole('grid').waitFor();
await page.setViewportSize({ width: 1280, height: 720 });
await page.keyboard.press('a');
await page.getByRole('dialog', { name: 'Waiting for you' }).getByRole('button', { name: 'Allow once' }).waitFor();
await shoot(page, 'attention');
await page.keyboard.press('Escape');

await page.getByRole('button', { name: 'New session' }).click();
const form = page.getByRole('dialog', { name: 'New session' });
await form.getByRole('combobox', { name: 'Repository', exact: true }).fill(repository);
await form.getByText(`${repository}, on main`).waitFor();
await form.getByRole('textbox', { name: 'Prompt' }).fill('Let greet say good morning before noon');
await shoot(page, 'new-session');
await closeWindows();
process.exit(0);
