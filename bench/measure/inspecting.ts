/** What a person at the inspector waits for: that a long run opens like a short one, and that a step follows its key. */
import type { Page } from 'playwright-core';
import { launchChromium } from '../../spec/gui/browser/support/chromium.ts';
import { type Measure, times } from '../bench.ts';
import { type Figure, figure } from '../figure.ts';
import { openWindow, withServed } from '../open-window.ts';
import { seedStore } from '../seed-store.ts';
import { quantile, ratios } from '../statistics.ts';

const longRun = 100_000;
const shortRun = 1_000;
const opensPerPair = 3;
/** Enough to cross several pages of steps, which have to be fetched in time. */
const steps = 600;

/** From the choice of an event until its step is on the screen beside the statechart; the view's code is loaded before. */
const openMs = async (page: Page, id: string, at: string): Promise<number> => {
  const elapsed = await page.evaluate(
    `(() => {
      const from = performance.now();
      location.hash = '#/session/${id}/inspect${at}';
      return window.painted(() => document.querySelector('.step[aria-busy="false"] .step-head')
        && document.querySelector('.statechart .state-active')).then((shown) => shown - from);
    })()`,
  );
  await page.evaluate(`location.hash = '#/'`);
  await page.locator('.inspector').waitFor({ state: 'detached' });
  return Number(elapsed);
};

// From the key until the next step is in the page and laid out. What is left then is the painting, which waits for the
// screen's own clock.
const stepThrough = `(async (count) => {
  const shown = () => document.querySelector('.step[aria-busy="false"] [title="Run and place in it"]')?.textContent;
  const elapsed = [];
  for (let index = 0; index < count; index += 1) {
    const before = shown();
    const from = performance.now();
    document.getElementById('scrubber').dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
    );
    const isThere = () => shown() !== undefined && shown() !== before;
    if (!isThere()) {
      await new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          if (!isThere()) return;
          observer.disconnect();
          resolve();
        });
        observer.observe(document, { attributes: true, childList: true, subtree: true, characterData: true });
      });
    }
    document.querySelector('.step').getBoundingClientRect();
    elapsed.push(performance.now() - from);
    // As fast as a key that is held down repeats.
    await new Promise((resolve) => setTimeout(resolve, 33));
  }
  return elapsed;
})(${steps})`;

/** How long each opening took. */
type Opens = { readonly short: number[]; readonly long: number[] };

const openFigure = (name: string, which: 'last' | 'middle', { short, long }: Opens): Figure =>
  figure({
    name,
    says: `from the choice of a run of 100,000 events until its ${which} step is on the screen, divided by one of 1,000`,
    values: ratios(long, short),
    goal: { atMost: 1.5 },
    details: { longMs: long, shortMs: short },
  });

export const measureInspecting: Measure = async (bench) => {
  bench.say(`inspect: a run of ${shortRun} and one of ${longRun} events`);
  const folder = bench.folder('inspect');
  // Both are wanted with an end: of two seeded, the first is left at work.
  const short = seedStore(folder, { sessions: 2, eventsPerSession: shortRun }).sessions[1];
  const long = seedStore(folder, { sessions: 2, eventsPerSession: longRun }).sessions[1];
  if (short === undefined || long === undefined) throw new Error('the sessions were not made');
  const browser = await launchChromium();
  try {
    return await withServed(folder, async (served) => {
      const page = await openWindow(browser, served);
      const last: Opens = { short: [], long: [] };
      const middle: Opens = { short: [], long: [] };
      // The first loads the view.
      await openMs(page, short, '');
      for (const _ of times(bench.pairs * opensPerPair)) {
        last.short.push(await openMs(page, short, ''));
        last.long.push(await openMs(page, long, ''));
        middle.short.push(await openMs(page, short, `/1:${shortRun / 2}`));
        middle.long.push(await openMs(page, long, `/1:${longRun / 2}`));
      }
      bench.say(`inspect: ${steps} steps in the middle of the long run`);
      await page.evaluate(`location.hash = '#/session/${long}/inspect/1:${longRun / 2}'`);
      await page.locator('.step[aria-busy="false"] .step-head').waitFor();
      const stepMs = (await page.evaluate(stepThrough)) as readonly number[];
      await page.context().close();
      return [
        openFigure('inspect.open_100000_vs_1000', 'last', last),
        openFigure('inspect.open_middle_100000_vs_1000', 'middle', middle),
        figure({
          name: 'inspect.step_ms',
          says: 'p95 from a key until the next step of a run of 100,000 events is in the page and laid out',
          unit: 'ms',
          values: [quantile(stepMs, 0.95)],
          goal: { atMost: 16 },
          details: { p50Ms: [quantile(stepMs, 0.5)], largestMs: [Math.max(...stepMs)] },
        }),
      ];
    });
  } finally {
    await browser.close();
  }
};
