import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { closeWindows, createWindowWorld, openByName, rowOf, type WindowWorld } from './support/window.ts';

const test = suite('what can be done in the window');
test.after(closeWindows);

let shared: Promise<WindowWorld> | null = null;
/** One runtime serves all these tests: each has sessions of its own. */
const inWorld = (): Promise<WindowWorld> => {
  shared ??= createWindowWorld('actions');
  return shared;
};

test('an approval is answered where it is asked, and the agent does what was allowed', async () => {
  const world = await inWorld();
  const agent = world.script('asks', {
    steps: [
      { do: 'edit', path: 'allowed.txt', text: 'one\ntwo\n', approval: true },
      { do: 'edit', path: 'denied.txt', text: 'three\n', approval: true },
      { do: 'say', text: 'Both were answered.' },
    ],
  });
  await world.start('asks', agent);
  const { page, problems } = await world.window();
  await rowOf(page, 'asks').getByText('Waits for approval').waitFor();
  await openByName(page, 'asks');

  const first = page.getByRole('group', { name: /Approval: .*allowed\.txt/u });
  await first.locator('.diff').getByText('two').waitFor();
  assert.not(existsSync(join(world.repository, 'allowed.txt')), 'nothing is written before the answer');
  await first.getByRole('button', { name: /^Allow( once)?$/u }).click();
  await page.getByText('Allowed by you:').waitFor();

  const second = page.getByRole('group', { name: /Approval: .*denied\.txt/u });
  await second
    .getByRole('button', { name: /^(Deny|Reject)( once)?$/u })
    .first()
    .click();
  await page.getByText('Denied by you:').waitFor();
  await page.getByText('Both were answered.').waitFor();
  assert.ok(existsSync(join(world.repository, 'allowed.txt')));
  assert.not(existsSync(join(world.repository, 'denied.txt')));
  await until('nothing waits', async () => (await rowOf(page, 'asks').locator('.badge-waits').count()) === 0);
  assert.equal(problems, []);
});

test('[law 18] an approval is answered in the tray, where what is asked for stands whole', async () => {
  const world = await inWorld();
  const command = `printf one > first.txt && printf two > second.txt`;
  const agent = world.script('asks in the tray', {
    steps: [
      { do: 'run', command, approval: true },
      { do: 'edit', path: 'tray.txt', text: 'a line for the tray\n', approval: true },
      { do: 'say', text: 'Both were answered.' },
    ],
  });
  await world.start('tray', agent);
  const { page, problems } = await world.window();
  await rowOf(page, 'tray').getByText('Waits for approval').waitFor();
  await page.keyboard.press('a');
  const tray = page.getByRole('dialog', { name: 'Waiting for you' });
  const entry = tray.getByRole('listitem').filter({ hasText: 'tray' });
  await entry.getByText(command).waitFor();
  assert.is(await entry.getByText(command).count(), 1, 'a command is said once');
  assert.not(existsSync(join(world.repository, 'first.txt')), 'nothing is run before the answer');
  await entry.getByRole('button', { name: /^Allow once$/u }).click();
  await entry.locator('.diff').getByText('a line for the tray').waitFor();
  assert.ok(existsSync(join(world.repository, 'second.txt')));
  await entry
    .getByRole('button', { name: /^(Deny|Reject)( once)?$/u })
    .first()
    .click();
  await rowOf(page, 'tray').locator('.chip-completed').waitFor();
  await until('it waits no more', async () => (await entry.getByRole('group', { name: /^Approval/u }).count()) === 0);
  assert.not(existsSync(join(world.repository, 'tray.txt')));
  assert.equal(problems, []);
});

test('the end stays in sight when a plan appears and takes room from the timeline', async () => {
  const world = await inWorld();
  const agent = world.script('plans', {
    steps: [
      { do: 'say', text: 'A line.\n\n'.repeat(40), chunkCharacters: 1_000, everyMs: 0 },
      { do: 'plan', entries: [{ content: 'Look', priority: 'medium', status: 'in_progress' }] },
      { do: 'ask', title: 'May I?', toolKind: 'other', details: 'A question' },
    ],
  });
  await world.start('plans', agent);
  const { page } = await world.window();
  await rowOf(page, 'plans').getByText('Waits for approval').waitFor();
  await openByName(page, 'plans');
  await page.getByRole('group', { name: /^Approval/u }).waitFor();
  await page.getByText('Plan 0/1').waitFor();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  const fromTheEnd = (): Promise<number> =>
    timeline.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
  await until('the end is in sight, with the space below it', async () => (await fromTheEnd()) <= 1);
  await page.getByRole('textbox', { name: 'Next prompt' }).fill('one\ntwo\nthree\nfour\nfive');
  await until('it still is', async () => (await fromTheEnd()) <= 1);
});

test('a run is interrupted from its session; the next prompt begins the next run', async () => {
  const world = await inWorld();
  await world.start('stops', 'hang');
  const { page } = await world.window();
  await openByName(page, 'stops');
  await page.locator('.item-message').first().waitFor();
  await page.getByRole('button', { name: 'Interrupt' }).click();
  await page.locator('.session-title .chip-interrupted').waitFor();
  await rowOf(page, 'stops').locator('.chip-interrupted').waitFor();

  await page.getByRole('textbox', { name: 'Next prompt' }).fill('script: quick\nOnce more, on two lines.');
  await page.keyboard.press('Enter');
  await page.locator('.item-prompt', { hasText: 'Once more, on two lines.' }).waitFor();
  await page.locator('.session-title .chip-completed').waitFor();
  await page.getByRole('button', { name: 'Run 2' }).waitFor();
});

test('a new session: what is wrong is said at its field, and once right the session opens', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await page.getByRole('button', { name: 'New session' }).click();
  const form = page.getByRole('dialog', { name: 'New session' });
  await form.getByRole('button', { name: 'Start session' }).click();
  const prompt = form.getByRole('textbox', { name: 'Prompt' });
  await form.getByText('Say what the agent is to do.').waitFor();
  await until('the first problem has the focus', () => prompt.evaluate((field) => field === document.activeElement));
  assert.is(await prompt.getAttribute('aria-invalid'), 'true');

  await prompt.fill('Say one sentence');
  const repository = form.getByRole('combobox', { name: 'Repository', exact: true });
  await repository.fill(`${world.repository}-is-not-there`);
  await form.getByRole('button', { name: 'Start session' }).click();
  await until('the repository is refused', async () => (await repository.getAttribute('aria-invalid')) === 'true');

  await repository.fill(world.repository);
  await form.getByText(`${world.repository}, on main`).waitFor();
  await form.getByText('Rehearsal', { exact: true }).click();
  await form.getByRole('combobox', { name: 'Script' }).selectOption('quick');
  await form.getByRole('textbox', { name: /^Name/u }).fill('from the form');
  await form.getByLabel('Based on').fill('no-such-branch');
  await form.getByRole('button', { name: 'Start session' }).click();
  const base = form.getByLabel('Based on');
  await until('the base is refused', async () => (await base.getAttribute('aria-invalid')) === 'true');

  await base.fill('');
  await page.keyboard.press('Control+Enter');
  await page.locator('.session h1', { hasText: 'from the form' }).waitFor();
  await rowOf(page, 'from the form').locator('.chip-completed').waitFor();
  await page.locator('.item-prompt', { hasText: 'Say one sentence' }).waitFor();
});

test('a refusal that comes late says nothing of a repository that was chosen meanwhile', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  let answer = (): void => {};
  const mayBeAnswered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/sessions', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    // Asked from here, where names below localhost need not be known.
    const url = new URL(route.request().url());
    const headers = { ...(await route.request().allHeaders()), host: url.host };
    url.hostname = '127.0.0.1';
    const refused = await route.fetch({ url: url.href, headers });
    await mayBeAnswered;
    await route.fulfill({ response: refused });
  });
  await page.getByRole('button', { name: 'New session' }).click();
  const form = page.getByRole('dialog', { name: 'New session' });
  await form.getByRole('textbox', { name: 'Prompt' }).fill('Say one sentence');
  const repository = form.getByRole('combobox', { name: 'Repository', exact: true });
  await repository.fill(`${world.repository}-is-not-there`);
  await form.getByRole('button', { name: 'Start session' }).click();
  await form.getByText('Starting…').waitFor();

  await repository.fill(world.repository);
  await form.getByText(`${world.repository}, on main`).waitFor();
  answer();
  await form.getByRole('button', { name: 'Start session' }).waitFor();
  await form.getByText(`${world.repository}, on main`).waitFor();
  assert.is(await repository.getAttribute('aria-invalid'), 'false');
});

test('a session is renamed in its header, and the list knows at once', async () => {
  const world = await inWorld();
  await world.start('before', 'quick');
  const { page } = await world.window();
  await openByName(page, 'before');
  await page.locator('.session-title').getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Name of the session' }).fill('after');
  await page.keyboard.press('Enter');
  await page.locator('.session h1', { hasText: 'after' }).waitFor();
  await rowOf(page, 'after').waitFor();
  assert.is(await rowOf(page, 'before').count(), 0);
});

test('a session is archived from its menu, found again, and taken out', async () => {
  const world = await inWorld();
  await ended(world.runtime(), await world.start('put away', 'quick'));
  const { page, problems } = await world.window();
  const choose = async (name: string): Promise<void> => {
    await rowOf(page, 'put away').click({ button: 'right' });
    await page.getByRole('menuitem', { name }).click();
  };
  await choose('Archive');
  await rowOf(page, 'put away').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '1 archived' }).click();
  await rowOf(page, 'put away').waitFor();
  await page.locator('.list-count', { hasText: '1 archived session' }).waitFor();
  await choose('Take out of the archive');
  await page.getByText('put away is in the list again.').waitFor();
  await page.getByRole('button', { name: '1 archived' }).waitFor({ state: 'detached' });
  assert.equal(problems, []);
});

test('removing says what would be lost, keeps it when asked to, and parks uncommitted work', async () => {
  const world = await inWorld();
  const agent = world.script('writes', { steps: [{ do: 'edit', path: 'not-committed.txt', text: 'work\n' }] });
  await ended(world.runtime(), await world.start('goes', agent, { worktree: true, approvals: 'allow' }));
  const { page } = await world.window();
  await rowOf(page, 'goes').getByRole('button', { name: 'Actions for goes' }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove goes?' });
  await dialog.getByText('not-committed.txt').waitFor();
  await dialog.getByText('Its history of 1 run and its worktree will be deleted.').waitFor();
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await rowOf(page, 'goes').waitFor();

  await rowOf(page, 'goes').click();
  await page.locator('#sessions').focus();
  await page.keyboard.press('Delete');
  await dialog.getByRole('button', { name: 'Remove with its uncommitted work' }).click();
  await page.getByText('Removed goes.').waitFor();
  await page.getByText('Its uncommitted work is kept in git under').waitFor();
  await until('the row is gone', async () => (await rowOf(page, 'goes').count()) === 0);
});

test.run();
