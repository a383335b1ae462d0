/**
 * The window as a person has it: the shipped program as a process of its own, its page in Chromium, and sessions of the
 * rehearsal agent. A browser is shared by the tests of a file; each page has a context of its own, without a past.
 */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { NewSession } from '../../../../actors/protocol/gateway/api.ts';
import { type Served, serve } from '../../../support/served.ts';
import { until } from '../../../support/until.ts';
import { closeWorlds, createWorld, request, type World } from '../../../support/world.ts';
import { launchChromium } from './chromium.ts';

export type Opened = {
  readonly page: Page;
  /** Every address the page asked anybody for. */
  readonly requests: readonly string[];
  /** What was thrown, or refused by the content security policy. */
  readonly problems: readonly string[];
};

export type OpenOptions = BrowserContextOptions & {
  /** Done with the page before it goes anywhere. */
  readonly before?: (page: Page) => Promise<void>;
  /** Where to begin, after `#`: `/search`. */
  readonly at?: string;
};

export type WindowWorld = World & {
  readonly runtime: () => Served;
  readonly origin: () => string;
  /** Starts a session and gives its id. */
  readonly start: (name: string, agent: string, more?: Partial<NewSession>) => Promise<string>;
  /** A one-time URL that lets a browser in. */
  readonly ticket: () => Promise<string>;
  /** Opens the window in a new context, and waits until the dashboard is there. */
  readonly window: (options?: OpenOptions) => Promise<Opened>;
  /** Starts the runtime again, on the port it had. */
  readonly startAgain: () => Promise<void>;
};

let browser: Promise<Browser> | null = null;

export const openPage = async (options: OpenOptions = {}): Promise<Opened> => {
  browser ??= launchChromium();
  const { before, at: _, ...contextOptions } = options;
  const context = await (await browser).newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...contextOptions,
  });
  // A machine that runs many of these at once takes its time.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
  page.on('dialog', (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && /security policy|refused to/iu.test(message.text()))
      problems.push(message.text());
  });
  await before?.(page);
  return { page, requests, problems };
};

/** A world whose runtime is served. `seed` may fill the data directory before. */
export const createWindowWorld = async (name: string, seed?: (world: World) => void): Promise<WindowWorld> => {
  const world = createWorld(name);
  seed?.(world);
  let served = await serve(world.directory);
  const port = new URL(served.client.endpoint.url).port;
  const ticket = async (): Promise<string> => (await served.client.call('ticket', { body: {} })).url;
  return {
    ...world,
    runtime: () => served,
    origin: () => served.client.endpoint.url.replace(/\/$/u, ''),
    start: async (sessionName, agent, more = {}) =>
      (await served.startSession(request(world, agent, { name: sessionName, ...more }))).id,
    ticket,
    window: async (options = {}) => {
      const opened = await openPage(options);
      const url = await ticket();
      // From then on the page has the dashboard, and comes back to a runtime that is killed and started again; one that
      // is kept from it by its test does not wait for it.
      const isFree = options.before === undefined;
      const canComeBack =
        isFree && opened.page.waitForResponse((answer) => answer.url().endsWith('/api/reconnect-key'));
      await Promise.all([opened.page.goto(url), canComeBack]);
      if (options.at !== undefined) await opened.page.evaluate((hash) => location.replace(`#${hash}`), options.at);
      await opened.page.locator('.shell').waitFor();
      return opened;
    },
    startAgain: async () => {
      served = await serve(world.directory, ['--port', port]);
    },
  };
};

/** For a suite's `after`. */
export const closeWindows = async (): Promise<void> => {
  await (await browser?.catch(() => null))?.close();
  browser = null;
  await closeWorlds();
};

export const rowOf = (page: Page, name: string): Locator =>
  page.locator('.session-row', { has: page.locator('.row-name', { hasText: name }) });

export const namesShown = (page: Page): Promise<readonly string[]> => page.locator('.row-name').allTextContents();

/** Waits until the rows are these, in this order. */
export const rowsAre = (page: Page, ...names: readonly string[]): Promise<unknown> =>
  until(`the rows are ${names.join(', ')}`, async () => (await namesShown(page)).join() === names.join());

export const openByName = async (page: Page, name: string): Promise<void> => {
  await rowOf(page, name).dblclick();
  await page.locator('.session h1', { hasText: name }).waitFor();
};
