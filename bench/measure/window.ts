/** What a person at the window waits for, in a real browser on the shipped program. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../spec/gui/browser/support/chromium.ts';
import type { Served } from '../../spec/support/served.ts';
import { type Measure, times } from '../bench.ts';
import { type Figure, figure } from '../figure.ts';
import { openWindow, withServed } from '../open-window.ts';
import { seedStore } from '../seed-store.ts';
import { median, ratios } from '../statistics.ts';

const windowFolder = fileURLToPath(new URL('../../dist/window/', import.meta.url));
const renames = 60;
const opensPerPair = 3;
const atWork = 3;

/** The scripts of the first view: the entry and all that it imports at once, not what comes when a session is opened. */
const firstScripts = (): readonly string[] => {
  const found = new Set<string>(['window.js']);
  for (const name of found) {
    const source = readFileSync(`${windowFolder}${name}`, 'utf8');
    for (const [, imported] of source.matchAll(/(?:from|import)"\.\/([^"]+\.js)"/gu)) if (imported) found.add(imported);
  }
  return [...found];
};

const numberOf = async (page: Page, script: string): Promise<number> => Number(await page.evaluate(script));

/** From the arrival of the snapshot until its rows are on the screen. */
const snapshotMs = async (browser: Browser, served: Served): Promise<number> => {
  const page = await openWindow(browser, served);
  const elapsed = await numberOf(page, 'window.firstRow.then((at) => at - window.arrivedAt)');
  await page.context().close();
  return elapsed;
};

/** From the call that renames a session (its event is committed before the answer) until the name is on the screen. */
const renameMs = async (page: Page, served: Served, id: string, name: string): Promise<number> => {
  const seenAt = page.evaluate(`window.painted(() => [...document.querySelectorAll('.row-name')]
    .some(({ textContent }) => textContent === '${name}')).then((at) => performance.timeOrigin + at)`);
  const from = performance.timeOrigin + performance.now();
  await served.client.call('rename', { parameters: { id }, body: { name } });
  return Number(await seenAt) - from;
};

/** From the choice of a session until its last event is on the screen; the view's code is loaded before. */
const openMs = async (page: Page, id: string): Promise<number> => {
  const elapsed = await numberOf(
    page,
    `(() => {
      const from = performance.now();
      location.hash = '#/session/${id}';
      return window.painted(() => document.querySelector('.session .item-end')).then((at) => at - from);
    })()`,
  );
  await page.evaluate(`location.hash = '#/'`);
  await page.locator('.session').waitFor({ state: 'detached' });
  return elapsed;
};

export const measureWindow: Measure = async (bench) => {
  const browser = await launchChromium();
  try {
    return [sizeFigure(), ...(await snapshotFigures(bench, browser)), await openFigure(bench, browser)];
  } finally {
    await browser.close();
  }
};

const sizeFigure = (): Figure =>
  figure({
    name: 'window.script_kb',
    says: 'all script of the first view, each file gzipped',
    unit: 'kB',
    values: [
      firstScripts().reduce((sum, name) => sum + gzipSync(readFileSync(`${windowFolder}${name}`)).length, 0) / 1000,
    ],
    goal: { atMost: 60 },
  });

const snapshotFigures = async (bench: Parameters<Measure>[0], browser: Browser): Promise<readonly Figure[]> => {
  bench.say('window: 10 and 1,000 sessions');
  const [small, large] = [bench.folder('window-10'), bench.folder('window-1000')];
  // As many at work in both: such rows are higher and hold more, and the first screen shows them before all others.
  seedStore(small, { sessions: 10, eventsPerSession: 20, atWork });
  const { sessions } = seedStore(large, { sessions: 1_000, eventsPerSession: 20, atWork });
  const ten: number[] = [];
  const thousand: number[] = [];
  return withServed(small, (servedSmall) =>
    withServed(large, async (servedLarge) => {
      // The first of each is for the browser's and the runtime's own warming up.
      for (const round of times(bench.pairs + 1)) {
        const [one, other] = [await snapshotMs(browser, servedSmall), await snapshotMs(browser, servedLarge)];
        if (round === 0) continue;
        ten.push(one);
        thousand.push(other);
      }
      bench.say('window: from an event to the screen');
      const page = await openWindow(browser, servedLarge);
      // One that is at work is among the first, and so in sight.
      const shown = await page.locator('.session-row').first().getAttribute('id');
      const id = shown?.replace(/^row-/u, '') ?? sessions[0] ?? '';
      const toPixel: number[] = [];
      await renameMs(page, servedLarge, id, 'before the first');
      await page.evaluate('window.framesHeard.length = 0');
      for (const index of times(renames)) toPixel.push(await renameMs(page, servedLarge, id, `name ${index}`));
      const patchBytes = (await page.evaluate(
        'window.framesHeard.map((text) => new Blob([text]).size)',
      )) as readonly number[];
      await page.context().close();
      return [
        figure({
          name: 'window.snapshot.1000_vs_10',
          says: 'from the arrival of a snapshot of 1,000 sessions until its rows are on the screen, divided by one of 10',
          values: ratios(thousand, ten),
          goal: { atMost: 2 },
          details: { thousandMs: thousand, tenMs: ten },
        }),
        figure({
          name: 'window.event_to_pixel_ms',
          says: 'p50 from the call that renames one of 1,000 sessions until the name is on the screen',
          unit: 'ms',
          values: [median(toPixel)],
          goal: { atMost: 50 },
        }),
        figure({
          name: 'window.patch_bytes',
          says: 'what the window is sent when one row of 1,000 changes',
          unit: 'bytes',
          values: patchBytes,
          goal: { atMost: 1_000 },
        }),
      ];
    }),
  );
};

const openFigure = async (bench: Parameters<Measure>[0], browser: Browser): Promise<Figure> => {
  bench.say('window: a session of 100 and one of 100,000 events');
  const folder = bench.folder('window-open');
  // Both are wanted with an end: of ten seeded, the first is left at work.
  const short = seedStore(folder, { sessions: 2, eventsPerSession: 100 }).sessions[1];
  const long = seedStore(folder, { sessions: 2, eventsPerSession: 100_000 }).sessions[1];
  if (short === undefined || long === undefined) throw new Error('the sessions were not made');
  return withServed(folder, async (served) => {
    const page = await openWindow(browser, served);
    await openMs(page, short);
    await openMs(page, long);
    const shortMs: number[] = [];
    const longMs: number[] = [];
    for (const _ of times(bench.pairs * opensPerPair)) {
      shortMs.push(await openMs(page, short));
      longMs.push(await openMs(page, long));
    }
    await page.context().close();
    return figure({
      name: 'window.open.100000_vs_100',
      says: 'from the choice of a session of 100,000 events until its end is on the screen, divided by one of 100',
      values: ratios(longMs, shortMs),
      goal: { atMost: 1.5 },
      details: { longMs, shortMs },
    });
  });
};
