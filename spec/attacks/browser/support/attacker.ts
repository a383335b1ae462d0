/** What the tests of hostile pages share: a site of the attacker's own, and what his page may do and see. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import type { Page } from 'playwright-core';

export type AttackersSite = {
  readonly port: number;
  /** The paths that were asked for, upgrades too. */
  readonly asked: readonly string[];
  /** Resolves when the port is free; a browser that keeps connections open for later does not hold it. */
  readonly close: () => Promise<void>;
};

/** What his site has, by the end of a path: to be of use to a page that takes it, and to show in it. */
const content: Readonly<Record<string, readonly [string, string]>> = {
  '.js': ['text/javascript', "owned.push('foreign script')"],
  '.css': ['text/css', 'body { --foreign-sheet: yes }'],
  '.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
};
const itsPage = ['text/html', '<!doctype html><title>foreign</title><body>'] as const;

/** A site of somebody else's, on another port and under any name that leads to loopback. All may read what it says. */
export const attackersSite = async (): Promise<AttackersSite> => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const [type, body] = content[extname(url)] ?? itsPage;
    response.setHeader('content-type', type);
    response.setHeader('access-control-allow-origin', '*');
    response.end(body);
  }).listen(0, '127.0.0.1');
  server.on('upgrade', ({ url = '' }, socket) => {
    asked.push(url);
    socket.destroy();
  });
  await once(server, 'listening');
  server.unref();
  return {
    asked,
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
