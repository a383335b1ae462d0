import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { Step } from '../../../actors/protocol/gateway/inspection.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended, historyOf } from '../../support/world.ts';
import { closeWindows, createWindowWorld, openByName, type WindowWorld } from '../browser/support/window.ts';
import {
  allow,
  asksTwice,
  isAt,
  litStates,
  markedTransitions,
  pendingApproval,
  scrubber,
  stepsOf,
  workedSession,
} from './inspector-world.ts';

const test = suite('the inspector');
test.after(closeWindows);

type Shared = { readonly world: WindowWorld; readonly id: string; readonly steps: readonly Step[] };
let shared: Promise<Shared> | null = null;
/** One session with two runs, both ended, for the tests that only look. */
const inWorld = (): Promise<Shared> => {
  shared ??= (async () => {
    const world = await createWindowWorld('inspector');
    const id = await workedSession(world, 'worked');
    await world.runtime().prompt(id as SessionId, 'Again');
    await allow(world, id);
    await allow(world, id);
    await ended(world.runtime(), id);
    return { world, id, steps: await stepsOf(world, id) };
  })();
  return shared;
};

const open = async (at: string): Promise<Page> => {
  const { world, id } = await inWorld();
  const { page } = await world.window({ at: `/session/${id}/inspect${at === '' ? '' : `/${at}`}` });
  await page.locator('.step-head').waitFor();
  return page;
};

test('it opens at the event of the timeline that is asked about, and back leads there', async () => {
  const { world, steps } = await inWorld();
  const { page } = await world.window();
  await openByName(page, 'worked');
  const message = page.locator('.item-message', { hasText: 'I will write a file.' }).first();
  await message.hover();
  await message.getByRole('button', { name: 'Why is it like this?' }).click();
  const seq = steps.find(({ event }) => event.type === 'message')?.event.seq;
  await isAt(page, `1:${seq}`);
  await page.getByRole('button', { name: /^Back to the timeline/u }).click();
  await page.locator('.item-message.item-marked', { hasText: 'I will write a file.' }).waitFor();
});

test('at every event the lit states and the marked transitions are those of the step', async () => {
  const { steps } = await inWorld();
  const page = await open('1:1');
  await scrubber(page).focus();
  for (const { event, to, taken } of steps) {
    await isAt(page, `1:${event.seq}`);
    await until(
      `what is lit at ${event.seq} is ${to.join()}`,
      async () => (await litStates(page)).join() === to.join(),
    );
    assert.equal([...(await markedTransitions(page))].sort(), [...taken].sort(), `at ${event.seq}`);
    if (event.seq < steps.length) await page.keyboard.press('ArrowRight');
  }
  const counts = await page.locator('.statechart .count').allTextContents();
  assert.ok(
    counts.some((count) => count.includes('×2')),
    `it asked twice: ${counts.join()}`,
  );
});

test('keys go by change of state, by mark, to both ends, and over the borders of runs', async () => {
  const { steps } = await inWorld();
  const seqsOf = (fits: (step: Step) => boolean): readonly number[] => steps.filter(fits).map(({ event }) => event.seq);
  const changes = seqsOf(({ from, to }) => from.join() !== to.join());
  const approvals = seqsOf(({ event }) => event.type === 'approval_requested');
  const page = await open('1:1');
  await scrubber(page).focus();
  for (const seq of changes.slice(0, 3)) {
    await page.keyboard.press('Shift+ArrowRight');
    await isAt(page, `1:${seq}`);
  }
  await page.keyboard.press('Shift+ArrowLeft');
  await isAt(page, `1:${changes[1]}`);
  await page.keyboard.press('Home');
  await isAt(page, '1:1');
  for (const seq of approvals) {
    await page.keyboard.press('n');
    await isAt(page, `1:${seq}`);
  }
  await page.keyboard.press('p');
  await isAt(page, `1:${approvals[0]}`);
  await page.keyboard.press('End');
  await isAt(page, `1:${steps.length}`);
  await page.keyboard.press('ArrowRight');
  await isAt(page, '2:1');
  await page.keyboard.press('ArrowLeft');
  await isAt(page, `1:${steps.length}`);
  await page.keyboard.press(']');
  await isAt(page, '2:1');
  await page.keyboard.press('[');
  await isAt(page, '1:1');
  await page.getByRole('button', { name: /^Run 1 of 2/u }).click();
  await page.getByRole('menuitemradio', { name: /^Run 2/u }).click();
  await isAt(page, '2:1');
});

test('the scrubber says where it is, moves to where it is clicked, and marks what one looks for', async () => {
  const { steps } = await inWorld();
  const page = await open('1:1');
  const slider = scrubber(page);
  assert.is(await slider.getAttribute('aria-valuemax'), String(steps.length));
  assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /^Event 1 of \d+: Prompt, queued$/u);
  await until('the marks are drawn', async () => (await page.locator('.mark-approval').count()) === 1);
  assert.is(await page.locator('.mark-end').count(), 1);
  assert.is(await page.locator('.mark-error').count(), 0);
  const tones = await page.locator('.track .span').evaluateAll((spans) => spans.map(({ classList }) => classList[1]));
  for (const tone of ['tone-begin', 'tone-work', 'tone-ask']) assert.ok(tones.includes(tone), tone);
  const box = await slider.boundingBox();
  if (box === null) throw new Error('the scrubber has no place');
  await page.mouse.click(box.x + box.width - 1, box.y + box.height / 2);
  await isAt(page, `1:${steps.length}`);
  assert.is(await slider.getAttribute('aria-valuenow'), String(steps.length));
  const times = await page.getByRole('list', { name: 'Time in each state so far' }).innerText();
  for (const state of ['queued', 'starting', 'working', 'awaitingApproval', 'completed']) assert.match(times, state);
});

test('a step shows its guards with what they said, its actions in order, its payload, and what it changed', async () => {
  const { steps } = await inWorld();
  const page = await open('1:1');
  const asked = steps.find(({ event }) => event.type === 'approval_requested');
  const answered = steps.find(({ event }) => event.type === 'approval_resolved');
  if (!asked || !answered) throw new Error('the run has too little to show');
  const go = async ({ event }: Step): Promise<void> => {
    await page.evaluate(
      (hash) => location.assign(hash),
      `#${new URL(page.url()).hash.slice(1).replace(/\d+:\d+$/u, '')}1:${event.seq}`,
    );
    await isAt(page, `1:${event.seq}`);
  };
  const approvalId = (asked.event.payload as { readonly approvalId: string }).approvalId;
  await go(asked);
  const changed = page.locator('.context-changed', { hasText: 'openApprovals' });
  assert.equal(await changed.locator('ins').allTextContents(), [approvalId]);
  assert.is(await changed.locator('del').count(), 0);
  await page.getByRole('group', { name: 'Payload' }).getByText(approvalId).waitFor();
  await go(answered);
  assert.equal(await changed.locator('del').allTextContents(), [approvalId]);
  assert.equal(await page.locator('.actions code').allTextContents(), answered.actions);
});

test('why not: a transition that its guard refused is told, with the guard', async () => {
  const { world } = await inWorld();
  const id = await world.start('crashed', 'crash');
  await ended(world.runtime(), id);
  const end = (await stepsOf(world, id)).at(-1);
  assert.equal(end?.to, ['run.failed']);
  const refused = end?.considered.filter(({ passed }) => !passed).map(({ guard }) => guard) ?? [];
  assert.ok(refused.includes('isCompleted'), refused.join());
  const { page } = await world.window({ at: `/session/${id}/inspect` });
  await isAt(page, `1:${end?.event.seq}`);
  const considered = page.getByRole('list', { name: 'Transitions considered' }).getByRole('listitem');
  for (const guard of refused) {
    await considered.filter({ hasText: new RegExp(`if ${guard}.*not taken: its guard refused`, 'u') }).waitFor();
  }
  await considered.filter({ hasText: /→ failed if isFailed taken/u }).waitFor();
  await until('the error is marked', async () => (await page.locator('.mark-error').count()) === 1);
});

test('a copy can be sent several events; the session, its history and its row are as before', async () => {
  const { world } = await inWorld();
  const id = await world.start('not touched', asksTwice(world));
  const approvalId = await pendingApproval(world, id);
  const rows = async () => JSON.stringify((await world.runtime().dashboard()).rows.find((row) => row.id === id));
  const before = [await rows(), JSON.stringify(await historyOf(world.runtime(), id))];
  const { page } = await world.window({ at: `/session/${id}/inspect` });
  await page.locator('.step-head').waitFor();
  await page.getByRole('tab', { name: 'What if' }).click();
  await page.getByRole('button', { name: /^Allow / }).click();
  await page.getByRole('button', { name: 'Send to the copy' }).click();
  await page.locator('.chart').getByText('A copy; the session is not touched').waitFor();
  const steps = page.locator('.branch-step');
  await steps.filter({ hasText: 'approval_resolved' }).waitFor();
  await until('the copy works again', async () => (await litStates(page)).join() === 'run.running.working');
  assert.equal(await page.locator('.branch .context-changed del').allTextContents(), [approvalId]);

  await page.getByLabel('Payload, as JSON').fill('{ "status": ');
  await page.getByRole('button', { name: 'Send to the copy' }).click();
  await page.getByText('The payload is no JSON').waitFor();
  await page.getByLabel('Payload, as JSON').fill('{ "status": 12 }');
  await page.getByLabel('Type').selectOption('status');
  await page.getByLabel('Payload, as JSON').press('Control+Enter');
  await page.getByText(/is no status event of a run/u).waitFor();
  assert.is(await steps.count(), 1, 'what was refused is no step');

  await page.getByRole('button', { name: 'The run fails' }).click();
  await page.getByRole('button', { name: 'Send to the copy' }).click();
  await until('the copy has failed', async () => (await litStates(page)).join() === 'run.failed');
  assert.is(await steps.count(), 2);
  await page.getByRole('button', { name: 'Forget the copy' }).click();
  await until(
    'the session itself is shown',
    async () => (await litStates(page)).join() === 'run.running.awaitingApproval',
  );
  assert.equal([await rows(), JSON.stringify(await historyOf(world.runtime(), id))], before);
});

test('at the end of a run that goes on it moves with it, into the next run too; elsewhere it stays', async () => {
  const { world } = await inWorld();
  const id = await world.start('followed', asksTwice(world));
  await pendingApproval(world, id);
  const [at, elsewhere] = [`/session/${id}/inspect`, `/session/${id}/inspect/1:2`];
  const { page } = await world.window({ at });
  const { page: other } = await world.window({ at: elsewhere });
  await isAt(other, '1:2');
  await page.getByText('Follows the run').waitFor();
  await until('it asks', async () => (await litStates(page)).join() === 'run.running.awaitingApproval');
  await allow(world, id);
  await allow(world, id);
  await ended(world.runtime(), id);
  await until('the end is lit', async () => (await litStates(page)).join() === 'run.completed');
  await world.runtime().prompt(id as SessionId, 'Again');
  await until('it asks in the second run', async () => {
    const place = await page.locator('[title="Run and place in it"]').textContent();
    return place?.startsWith('2:') && (await litStates(page)).join() === 'run.running.awaitingApproval';
  });
  await other.getByRole('button', { name: /^Run 1 of 2/u }).waitFor();
  await isAt(other, '1:2');
});

test('a run that was exported is opened from its file, with the same steps; what is no such file is refused', async () => {
  const { steps } = await inWorld();
  const page = await open('1:1');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export the run' }).click(),
  ]);
  const path = await download.path();
  await page.evaluate(() => location.assign('#/file'));
  await page.getByText('Open a run from a file').waitFor();
  const chooser = page.getByLabel('Open a file…');
  await chooser.setInputFiles({ name: 'x.jsonl', mimeType: 'text/plain', buffer: Buffer.from('no JSON') });
  await page.getByText(/line 1 is no JSON/u).waitFor();
  await chooser.setInputFiles(path);
  for (const { event, to } of steps) {
    await isAt(page, `1:${event.seq}`);
    await until(`${to.join()} is lit`, async () => (await litStates(page)).join() === to.join());
    assert.is(await page.locator('.step-type').textContent(), event.type);
    if (event.seq === 1) await scrubber(page).focus();
    await page.keyboard.press('ArrowRight');
  }
});

test('who leaves right after a step arrives: the place of the step does not take the address back', async () => {
  const page = await open('1:1');
  await scrubber(page).focus();
  await page.keyboard.press('ArrowRight');
  await isAt(page, '1:2');
  // Asked for before the place is due for the address, and gone there after: the news of it comes behind the place.
  await page.evaluate(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => location.assign('#/file');
    port2.postMessage(null);
    const until = performance.now() + 1_000;
    while (performance.now() < until);
  });
  await page.getByText('Open a run from a file').waitFor();
  assert.is(await page.evaluate(() => location.hash), '#/file');
});

test('a screen reader hears where a step led', async () => {
  const { steps } = await inWorld();
  const page = await open('1:1');
  const answered = steps.find(({ event }) => event.type === 'approval_resolved');
  await scrubber(page).focus();
  for (let seq = 1; seq < (answered?.event.seq ?? 0); seq += 1) await page.keyboard.press('ArrowRight');
  await page
    .getByRole('status')
    .getByText('awaitingApproval to working by approval_resolved')
    .waitFor({ state: 'attached' });
});

test('the picture is zoomed, moved and fitted, by keys and by the wheel', async () => {
  const page = await open('1:1');
  const view = () => page.locator('svg.statechart').getAttribute('viewBox');
  const chart = page.locator('.chart');
  await chart.focus();
  const seen = [await view()];
  for (const key of ['+', '+', '-', 'ArrowDown', '0']) {
    await page.keyboard.press(key);
    const before = seen.at(-1);
    await until(`${key} changes what is in sight`, async () => (await view()) !== before);
    seen.push(await view());
  }
  await chart.hover();
  await page.mouse.wheel(0, -300);
  await until('the wheel zooms', async () => (await view()) !== seen.at(-1));
  assert.match(page.url(), /1:1$/u, 'no key of the picture moved the scrubber');
});

test.run();
