/** What the tests of hostile pages share: a site of the attacker's own, and what his page may do and see. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

export type AttackersSite = {
  readonly port: number;
  /** Resolves when the port is free; a browser that keeps connections open for later does not hold it. */
  readonly close: () => Promise<void>;
};

/** A site of somebody else's, on another port and under any name that leads to loopback. */
export const attackersSite = async (): Promise<AttackersSite> => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>foreign</title><body>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

/** What the compiler that runs the tests puts around functions, which a page knows nothing of. */
export const namesOfTheCompiler = 'globalThis.__name = (named) => named';

/** What a page sees of the window that it has opened in another tab. */
export const seenInPopup = async (page: Page, target: string): Promise<string> => {
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate((url) => {
      Object.assign(globalThis, { popup: open(url) });
    }, target),
  ]);
  await popup.waitForLoadState();
  const seen = await page.evaluate(() => {
    try {
      return (globalThis as { popup?: Window | null }).popup?.document.body.textContent ?? '';
    } catch {
      return '';
    }
  });
  await popup.close();
  return seen;
};
