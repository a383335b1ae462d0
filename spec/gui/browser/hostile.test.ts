import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { ended, git } from '../../support/world.ts';
import { isAt, scrubber, stepsOf } from '../inspector/inspector-world.ts';
import { hostileTexts } from '../session/hostile-texts.ts';
import { closeWindows, createWindowWorld, type Opened, openByName, type WindowWorld } from './support/window.ts';

const test = suite('an agent that means harm, in the window');
test.after(closeWindows);

const [esc, bell] = ['\\033', '\\007'];
const oneMegabyteLine = "head -c 1000000 /dev/zero | tr '\\0' x; echo END-OF-LINE";
const terminalTricks = [
  `${esc}]0;owned title${bell}`,
  `${esc}]8;;http://away.invalid${esc}\\\\click me${esc}]8;;${esc}\\\\`,
  `${esc}]52;c;b3duZWQ=${bell}${esc}[2J${esc}[31mred words${esc}[0m`,
  '<img src=x onerror=window.owned=1> <script>window.owned=1</script>',
].join('\\n');

const nothingHappened = async (world: WindowWorld, { page, requests, problems }: Opened): Promise<void> => {
  assert.is(await page.evaluate(() => 'owned' in window), false);
  const { host } = new URL(page.url());
  assert.match(
    host,
    new RegExp(`^[0-9a-f]{32}\\.localhost:${new URL(world.origin()).port}$`),
    'it is still the window',
  );
  assert.equal(
    requests.filter((url) => !url.startsWith('data:') && new URL(url).host !== host),
    [],
    'it asks nobody but the runtime',
  );
  assert.equal(problems, [], 'neither a dialog nor anything the policy had to refuse');
  const bad =
    'script:not([src^="/"]):not([src^="./"]), iframe, object, embed, base, #root img, #root form[action], #root [onerror]';
  assert.is(await page.locator(bad).count(), 0);
};

test('hostile messages, thoughts and prompts are there to be read, and do nothing', async () => {
  const world = await createWindowWorld('hostile');
  const short = hostileTexts.filter((text) => text.length < 2_000);
  const agent = world.script('hostile', {
    steps: [
      ...short.flatMap((text) => [
        { do: 'say' as const, text: `${text}\n\n`, chunkCharacters: 4_000, everyMs: 0 },
        { do: 'think' as const, text, chunkCharacters: 4_000, everyMs: 0 },
      ]),
      { do: 'say', text: 'all of it was said', chunkCharacters: 100, everyMs: 0 },
    ],
  });
  const id = await world.start('<img src=x onerror=window.owned=1>', agent, {
    prompt: '<script>window.owned = 1</script> [x](javascript:window.owned=1)',
  });
  await ended(world.runtime(), id);
  const opened = await world.window({ at: `/session/${id}` });
  const { page } = opened;
  await page.locator('.session h1', { hasText: '<img src=x onerror=window.owned=1>' }).waitFor();
  await page.getByText('all of it was said').waitFor();
  // Through the whole of it, so that each item was drawn once; with what is folded opened.
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.focus();
  await page.keyboard.press('Home');
  await page.getByText('<script>window.owned = 1</script> [x](javascript:window.owned=1)').waitFor();
  await until('the end is reached again', async () => {
    for (const fold of await page.locator('.item [aria-expanded=false]').all())
      await fold.click({ timeout: 500 }).catch(() => {});
    await page.keyboard.press('PageDown');
    return timeline.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight < 40);
  });
  await nothingHappened(world, opened);
  for (const link of await page.locator('.item a').all()) {
    assert.match((await link.getAttribute('href')) ?? '', /^(https?:|mailto:)/u);
    assert.is(await link.getAttribute('target'), '_blank');
  }
});

test('terminal tricks and a line of a megabyte in the output of a tool are text', async () => {
  const world = await createWindowWorld('hostile-output');
  const agent = world.script('output', {
    steps: [
      { do: 'run', command: `printf '${terminalTricks}\\n'` },
      { do: 'run', command: oneMegabyteLine },
      { do: 'say', text: 'both commands ran' },
    ],
  });
  const id = await world.start('output', agent, { approvals: 'allow' });
  await ended(world.runtime(), id);
  const opened = await world.window();
  const { page } = opened;
  await openByName(page, 'output');
  await page.getByText('both commands ran').waitFor();
  const heads = page.locator('.tool-head');
  await until('both are drawn', async () => (await heads.count()) === 2);
  // One after the other: only what is in sight is in the page.
  for (const [index, said] of ['red words', 'END-OF-LINE'].entries()) {
    const head = heads.nth(index);
    if ((await head.getAttribute('aria-expanded')) === 'false') await head.click();
    await page.locator('.output', { hasText: said }).waitFor();
    const text = await page.evaluate(() => document.body.textContent ?? '');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
    assert.not.match(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
    if (index === 0) assert.ok(text.includes('<img src=x onerror=window.owned=1>'));
  }
  assert.match(await page.title(), /Throughline$/u);
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    'it does not widen the page',
  );
  await nothingHappened(world, opened);
});

test('what an agent meant to do harm with is text in the inspector, from the runtime and from a file', async () => {
  const world = await createWindowWorld('hostile-inspector');
  const short = hostileTexts.filter((text) => text.length < 2_000);
  const agent = world.script('hostile', {
    steps: [
      ...short.map((text) => ({ do: 'think' as const, text, chunkCharacters: 4_000, everyMs: 0 })),
      { do: 'run', command: `printf '${terminalTricks}\\n'`, approval: true },
    ],
  });
  const prompt = '<script>window.owned = 1</script><img src=x onerror=window.owned=1>';
  const id = await world.start('<img src=x onerror=window.owned=1>', agent, { prompt, approvals: 'allow' });
  await ended(world.runtime(), id);
  const steps = await stepsOf(world, id);
  const lookAtAll = async (opened: Opened): Promise<void> => {
    const { page } = opened;
    for (const { event } of steps) {
      await isAt(page, `1:${event.seq}`);
      for (const fold of await page.locator('.step [aria-expanded=false], .step details:not([open]) > summary').all())
        await fold.click({ timeout: 500 }).catch(() => {});
      if (event.seq === 1) await page.locator('.step').getByText('<script>window.owned').first().waitFor();
      await scrubber(page).focus();
      await page.keyboard.press('ArrowRight');
    }
    await nothingHappened(world, opened);
  };
  const inspected = await world.window({ at: `/session/${id}/inspect/1:1` });
  await lookAtAll(inspected);

  const [download] = await Promise.all([
    inspected.page.waitForEvent('download'),
    inspected.page.getByRole('button', { name: 'Export the run' }).click(),
  ]);
  const path = await download.path();
  assert.match(download.suggestedFilename(), /^[\w-]+\.jsonl$/u, 'the name of the session says nothing to the disk');
  const fromFile = await world.window({ at: '/file' });
  await fromFile.page.getByText('Open a run from a file').waitFor();
  await fromFile.page.getByLabel('Open a file…').setInputFiles(path);
  await lookAtAll(fromFile);
});

test('the names of a repository, its branches and its files are text, and so is an error that quotes them', async () => {
  const world = await createWindowWorld('hostile-repository');
  const root = join(temporaryFolder('names'), '<img src=x onerror=window.owned=1> \u202egpj.fdp');
  makeSampleRepository(root);
  git(root, 'checkout', '--quiet', '-b', '<svg/onload=window.owned=1>');
  git(root, 'branch', '"onfocus="window.owned=1"autofocus="\u202eflip');
  const id = await world.start('names', 'quick', { repository: root, worktree: true });
  await ended(world.runtime(), id);
  const files = [
    '<img src=x onerror=window.owned=1>.md',
    '"><script>window.owned=1<\u2044script>.js',
    '[x](javascript:window.owned=1).svg',
    'line\nend \u001b]0;owned\u0007\u001b[31m.txt',
    'pay \u202eknab live\u202c.txt',
  ];
  for (const name of files) {
    writeFileSync(join(world.directory.worktrees, id, name), '<svg onload="window.owned=1"></svg>\n# <b>x</b>\n');
  }
  const opened = await world.window({ at: `/session/${id}/review/base` });
  const { page } = opened;
  const changed = page.locator('.review-file');
  await until('all files are listed', async () => (await changed.count()) === files.length);
  await page
    .locator('.review')
    .getByText('<svg onload="window.owned=1"></svg>')
    .nth(files.length - 1)
    .waitFor();
  for (const said of ['<img src=x onerror=window.owned=1>.md', '[x](javascript:window.owned=1).svg']) {
    await page.locator('.review').getByText(said).first().waitFor();
  }
  assert.is(await page.locator(':is(.review-pane, .review-main) :is(a, svg:not(.icon))').count(), 0);
  await showsAsTextAlone(opened);
  await nothingHappened(world, opened);

  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'New session' }).click();
  const form = page.getByRole('dialog', { name: 'New session' });
  const repository = form.getByRole('combobox', { name: 'Repository', exact: true });
  await repository.fill(`${root}-is-not-there`);
  await form.getByRole('textbox', { name: 'Prompt' }).fill('x');
  await form.getByRole('button', { name: 'Start session' }).click();
  await until('the repository is refused', async () => (await repository.getAttribute('aria-invalid')) === 'true');
  await showsAsTextAlone(opened);
  await repository.fill(root);
  await form.getByText('on <svg/onload=window.owned=1>').waitFor();
  await until('its branches are offered', async () => (await form.locator('datalist option').count()) >= 3);
  await showsAsTextAlone(opened);
  await nothingHappened(world, opened);
});

/** Nothing that is seen turns the direction of text, controls anything or is not to be seen. */
const showsAsTextAlone = async ({ page }: Opened): Promise<void> => {
  const text = await page.evaluate(() => document.body.innerText);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
  assert.not.match(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/u);
};

test('a name that turns the direction of text is shown with the sign that would turn it', async () => {
  const world = await createWindowWorld('hostile-name');
  await ended(world.runtime(), await world.start('pay \u202eknab live eht\u202c now', 'quick'));
  const opened = await world.window();
  await opened.page.locator('.session-row').first().waitFor();
  const name = await opened.page.locator('.row-name').first().textContent();
  assert.not.match(name ?? '', /[\u202a-\u202e\u2066-\u2069]/u);
  assert.match(name ?? '', /pay .*knab live eht.* now/u);
  await nothingHappened(world, opened);
});

test.run();
