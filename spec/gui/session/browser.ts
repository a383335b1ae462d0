import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { launchChromium } from '../browser/support/chromium.ts';

/** The policy that the window is served with. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export type OpenPage = {
  readonly page: Page;
  /** Everything the page asked anybody for. */
  readonly requests: readonly string[];
  /** What it said went wrong: refused by the policy, or thrown. */
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
};

/** Bundles a script of this folder and opens it in Chromium, as strictly as the window is. */
export const openPage = async (script: string): Promise<OpenPage> => {
  const built = await build({
    entryPoints: { page: fileURLToPath(new URL(script, import.meta.url)) },
    outdir: '/page',
    write: false,
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    alias: { react: 'preact/compat', 'react-dom': 'preact/compat', 'react/jsx-runtime': 'preact/jsx-runtime' },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  const source = built.outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? '';
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-security-policy', contentSecurityPolicy);
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
    response.end(
      isScript
        ? source
        : '<!doctype html><html lang="en"><head><title>Page</title></head><body><main id="root"></main><script type="module" src="/page.js"></script></body></html>',
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await launchChromium();
  const page = await browser.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    requests,
    problems,
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
};
