import * as assert from 'uvu/assert';
import { type Fact, fact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import { at, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWindows, createWindowWorld, openByName } from './support/window.ts';

const test = suite('a timeline that follows its end', { timeLimitMs: 60_000 });
test.after(closeWindows);

test('a timeline at its end stays there when the window is made narrower, and wider again', async () => {
  const world = await createWindowWorld('narrower', (made) => {
    const log = openLogWorld({ path: made.directory.database, startedAt: Date.now() - 3_600_000 });
    const paragraph = (index: number): Fact =>
      fact(
        'message',
        { text: `${`Sentence ${index} of a long paragraph. `.repeat(30)}\n`, messageId: `m-${index}` },
        at(5),
      );
    const said = Array.from({ length: 60 }, (_, index) => paragraph(index));
    log.openSession('many words', [prompt(), status('running'), ...said, status('completed')] as RunFact[]);
    log.close();
  });
  const { page } = await world.window();
  await openByName(page, 'many words');
  await page.locator('.item-end').waitFor();
  for (const width of [1100, 1090, 900, 700, 540, 400, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await until(`the end is in sight at ${width}`, () =>
      page.evaluate(`(() => {
        const { scrollTop, clientHeight, clientWidth, scrollHeight } = document.querySelector('.timeline-scroll');
        return clientWidth <= ${width} && scrollHeight - scrollTop - clientHeight <= 2;
      })()`),
    );
    // Two frames: what the new width sets off has been done by then.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    assert.is(await page.locator('.to-now').count(), 0, `the end is followed at ${width}`);
  }

  await page.locator('.timeline-scroll').hover();
  await page.mouse.wheel(0, -400);
  await page.getByRole('button', { name: /^Jump to now/u }).waitFor();
});

test('a person can scroll up while text pours in, from the first turn of the wheel on', async () => {
  const world = await createWindowWorld('pours');
  const text = Array.from({ length: 4000 }, (_, index) => `Paragraph ${index}.\n\n`).join('');
  const agent = world.script('pours', { steps: [{ do: 'say', text, chunkCharacters: 16, everyMs: 30 }] });
  await world.start('pours', agent);
  const { page } = await world.window();
  await openByName(page, 'pours');
  await until('it overflows', () =>
    page.evaluate(`(() => {
      const { scrollHeight, clientHeight } = document.querySelector('.timeline-scroll') ?? {};
      return scrollHeight > clientHeight + 200;
    })()`),
  );
  await page.locator('.timeline-scroll').hover();
  await page.mouse.wheel(0, -20);
  await page.getByRole('button', { name: /^Jump to now/u }).waitFor({ timeout: 5000 });
});

test.run();
