import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWindows, createWindowWorld, type WindowWorld } from './support/window.ts';

const test = suite('a repository’s setup, asked about in the window');
test.after(closeWindows);

const commitSetup = ({ repository }: WindowWorld, setup: object): void => {
  mkdirSync(join(repository, '.throughline'), { recursive: true });
  writeFileSync(join(repository, '.throughline', 'config.json'), `${JSON.stringify(setup, null, 2)}\n`);
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  execFileSync('git', ['add', '-A'], { cwd: repository });
  execFileSync('git', [...person, 'commit', '-qm', 'A setup'], { cwd: repository });
};

const startInWindow = async (page: Page, world: WindowWorld, prompt: string): Promise<void> => {
  await page.keyboard.press('n');
  const form = page.getByRole('dialog', { name: 'New session' });
  await form.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
  await form.getByRole('combobox', { name: 'Repository', exact: true }).fill(world.repository);
  await form.getByText('on main').waitFor();
  await form.locator('label', { hasText: 'Rehearsal' }).first().click();
  await page.keyboard.press('Control+Enter');
};

test('it is asked once, and nothing of it runs before; then its checks run from the face of a landing, live', async () => {
  const world = await createWindowWorld('setup');
  commitSetup(world, {
    setup: ['echo set up > set-up.txt'],
    checks: { tests: 'echo all is well; until [ -e go-on ]; do sleep 0.1; done', lint: 'echo not so; exit 3' },
  });
  const { page, problems } = await world.window();
  await page.getByText('Start with a rehearsal').waitFor();
  await startInWindow(page, world, 'Greet the moon');
  const question = page.getByRole('dialog', { name: 'greetings brings its own setup' });
  await question.getByText('echo set up > set-up.txt').waitFor();
  assert.is((await world.runtime().dashboard()).rows.length, 0, 'nothing has begun');
  await page.keyboard.press('Control+Enter');
  await page.locator('.session h1').waitFor();

  const [first] = (await world.runtime().dashboard()).rows;
  await page.keyboard.press('Escape');
  await startInWindow(page, world, 'Greet the sun');
  await page.locator('.session h1', { hasText: 'sun' }).waitFor();
  assert.is((await world.runtime().dashboard()).rows.length, 2, 'it was not asked again');

  await page.evaluate((id) => location.replace(`#/session/${id}/land`), first?.id);
  const checks = page.getByRole('region', { name: 'Checks' });
  await checks.getByText('not run yet').first().waitFor();
  await checks.getByRole('button', { name: /^Run/u }).click();
  await checks.getByRole('group', { name: 'The end of what tests said' }).getByText('all is well').waitFor();
  await checks.getByRole('button', { name: 'Stop tests' }).waitFor();
  writeFileSync(join(first?.worktree.path ?? '', 'go-on'), '');
  await checks.getByText(/^passed · /u).waitFor();
  await checks.getByRole('group', { name: 'The end of what lint said' }).getByText('not so').waitFor();
  await checks.getByRole('button', { name: /^Send to the agent/u }).waitFor();
  await until('the row tells of it', async () => {
    const row = (await world.runtime().dashboard()).rows.find(({ id }) => id === first?.id);
    return row?.work.checks.lint === 'failed' && row.work.checks.tests === 'passed';
  });
  assert.equal(problems, []);
});

test('what is started without it is not asked again, and its checks do not run', async () => {
  const world = await createWindowWorld('setup-declined');
  commitSetup(world, { setup: 'touch set-up.txt' });
  const { page } = await world.window();
  await page.getByText('Start with a rehearsal').waitFor();
  await startInWindow(page, world, 'Greet the moon');
  await page.getByRole('button', { name: 'Start without it' }).click();
  await page.locator('.session h1').waitFor();
  await page.keyboard.press('Shift+L');
  await page.getByText('You have not agreed to this repository’s setup: nothing of it runs.').waitFor();
});

test.run();
