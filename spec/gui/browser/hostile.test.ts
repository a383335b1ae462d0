import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { isAt, scrubber, stepsOf } from '../inspector/inspector-world.ts';
import { hostileTexts } from '../session/hostile-texts.ts';
import { closeWindows, createWindowWorld, type Opened, openByName, type WindowWorld } from './support/window.ts';

const test = suite('an agent that means harm, in the window', { timeLimitMs: 240_000 });
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
  const { host } = new URL(world.origin());
  assert.equal(
    requests.filter((url) => !url.startsWith('data:') && new URL(url).host !== host),
    [],
    'it asks nobody but the runtime',
  );
  assert.equal(problems, [], 'neither a dialog nor anything the policy had to refuse');
  assert.is(new URL(page.url()).host, host);
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
