/** Whether a timeline that is open stays smooth while its agent does a hundred things a second. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../../spec/gui/browser/support/chromium.ts';
import type { Served } from '../../spec/support/served.ts';
import type { Measure } from '../bench.ts';
import { figure } from '../figure.ts';
import { openWindow, withServed } from '../open-window.ts';
import { quantile } from '../statistics.ts';

const measuredMs = 12_000;
const idleMs = 4_000;
const smoothMs = 20;
const wantedPerSecond = 100;
/** An agent that others keep from the processor says less, and would make the figure better than it is. */
const leastPerSecond = 90;

/**
 * Eight events, of the kinds that a working agent brings about: a message, a thought, and two calls, each begun, under way
 * and done.
 */
const eventsPerRound = 8;
const words =
  'The greeting is read from a table of languages, so that another needs no code, **only a line** in `it`.\n';
const round = [
  { do: 'say', text: words, chunkCharacters: words.length, everyMs: 0 },
  { do: 'read', path: 'read.txt' },
  { do: 'think', text: words, chunkCharacters: words.length, everyMs: 0 },
  { do: 'read', path: 'read.txt' },
];
/** What the steps themselves take of a round is not waited for. */
const stepsMs = 4;
const waitMs = (1_000 / wantedPerSecond) * eventsPerRound - stepsMs;
const rounds = Math.ceil(((measuredMs * 3) / 1_000) * (wantedPerSecond / eventsPerRound));

export const measureFrames: Measure = async (bench) => {
  bench.say(`frames: ${wantedPerSecond} events a second into an open timeline`);
  const folder = bench.folder('frames');
  const repository = join(folder, 'worked-on');
  mkdirSync(repository);
  writeFileSync(join(repository, 'read.txt'), 'What is read.\nAnd its second line.\n');
  const script = join(folder, 'busy.json');
  const steps = [{ do: 'repeat', times: rounds, steps: [...round, { do: 'wait', ms: waitMs }] }];
  writeFileSync(script, JSON.stringify({ name: 'busy', turns: [{ steps }] }));

  const browser = await launchChromium();
  try {
    return await withServed(join(folder, 'data'), async (served) => {
      const { id } = await served.startSession({
        prompt: 'Work.',
        repository,
        agent: `rehearsal:${script}`,
        approvals: 'allow',
        worktree: false,
      });
      const page = await openWindow(browser, served);
      // What the browser does on this machine when the page has nothing to do.
      const idle = await framesOf(page, idleMs);
      await page.evaluate(`location.hash = '#/session/${id}'`);
      await page.locator('.session .item-message').first().waitFor();
      const before = await countEvents(served);
      const frames = await framesOf(page, measuredMs);
      const perSecond = ((await countEvents(served)) - before) / (sum(frames) / 1_000);
      if (!(await isAtItsEnd(page))) throw new Error('the timeline did not stay at its end');
      if (perSecond < leastPerSecond) bench.say(`frames: only ${Math.round(perSecond)} events a second came`);
      return [
        figure({
          name: 'window.smooth_frames',
          says: `share of frames under ${smoothMs} ms while ${wantedPerSecond} events/s come into an open timeline`,
          unit: '',
          values: [shareSmooth(frames)],
          goal: { atLeast: 0.95 },
          details: {
            eventsPerSecond: [perSecond],
            frames: [frames.length],
            p99Ms: [quantile(frames, 0.99)],
            longestMs: [Math.max(...frames)],
            smoothOnTheDashboard: [shareSmooth(idle)],
          },
        }),
      ];
    });
  } finally {
    await browser.close();
  }
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const shareSmooth = (frames: readonly number[]): number =>
  frames.filter((elapsed) => elapsed < smoothMs).length / frames.length;

/** The log's position is the number of its events. */
const countEvents = async ({ client }: Served): Promise<number> => (await client.call('health', {})).position;

/** The time between each two frames, over so long. */
const framesOf = async (page: Page, elapsedMs: number): Promise<readonly number[]> =>
  (await page.evaluate(`new Promise((resolve) => {
    const frames = [];
    let first = null;
    let last = null;
    const onFrame = (at) => {
      if (last !== null) frames.push(at - last);
      first ??= at;
      last = at;
      if (at - first < ${elapsedMs}) requestAnimationFrame(onFrame);
      else resolve(frames);
    };
    requestAnimationFrame(onFrame);
  })`)) as readonly number[];

const isAtItsEnd = async (page: Page): Promise<boolean> =>
  Boolean(
    await page.evaluate(`(() => {
      const { scrollTop, clientHeight, scrollHeight } = document.querySelector('.timeline-scroll');
      return scrollHeight - scrollTop - clientHeight < 100;
    })()`),
  );
