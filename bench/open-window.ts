/** The shipped program and its page in a real browser, for whoever measures what a person waits for. */
import type { Browser, Page } from 'playwright-core';
import { openDataDirectory } from '../runtime/data/data-directory.ts';
import { type Served, serve } from '../spec/support/served.ts';

// As text: they run in the page, before all else or when they are asked.
const watchTheSocket = `
  window.framesHeard = [];
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...words) {
      super(...words);
      this.addEventListener('message', ({ data }) => {
        window.arrivedAt ??= performance.now();
        window.framesHeard.push(data);
      });
    }
  };
  // Resolves with the time at which what the selector finds was on the screen.
  window.painted = (isThere) => new Promise((resolve) => {
    const look = () => {
      if (!isThere()) return false;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      });
      return true;
    };
    if (look()) return;
    const observer = new MutationObserver(() => { if (look()) observer.disconnect(); });
    observer.observe(document, { childList: true, subtree: true, characterData: true });
  });
`;

/** Opens the dashboard in a context of its own, and waits for its first row. */
export const openWindow = async (browser: Browser, served: Served): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.addInitScript({
    content: `${watchTheSocket}; window.firstRow = window.painted(() => document.querySelector('.session-row'));`,
  });
  await page.goto((await served.client.call('ticket', { body: {} })).url);
  await page.locator('.session-row').first().waitFor();
  return page;
};

/** Runs with a runtime on the data directory in a folder. */
export const withServed = async <Value>(folder: string, body: (served: Served) => Promise<Value>): Promise<Value> => {
  const served = await serve(openDataDirectory(folder));
  try {
    return await body(served);
  } finally {
    await served.stop();
  }
};
