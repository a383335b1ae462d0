import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { closeWindows, createWindowWorld, openPage, type WindowWorld } from '../../gui/browser/support/window.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { attackersSite, namesOfTheCompiler, seenInPopup } from './support/attacker.ts';

const test = suite('attacks by a page of another site, in Chromium', { timeLimitMs: 420_000 });
test.after(closeWindows);

/** Everything such a page can try; gives what it got to see. */
const tryEverything = async (page: Page, target: string): Promise<readonly string[]> => {
  await page.evaluate(namesOfTheCompiler);
  return page.evaluate(async (base) => {
    const seen: string[] = [];
    const body = JSON.stringify({ prompt: 'owned', repository: '/', agent: 'rehearsal:quick', worktree: false });
    const note = (what: string) => (text: string) => {
      if (text !== '') seen.push(`${what}: ${text.slice(0, 200)}`);
    };
    const tries: [string, string, RequestInit][] = [];
    for (const mode of ['no-cors', 'cors'] as const) {
      for (const credentials of ['include', 'omit'] as const) {
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
          const headers = { 'content-type': type };
          tries.push(['post', '/api/sessions', { method: 'POST', mode, credentials, headers, body }]);
          tries.push(['stop', '/api/stop', { method: 'POST', mode, credentials, headers, body: '{}' }]);
        }
        for (const path of ['/api/dashboard', '/api/health', '/api/openapi.json', '/', '/api/reconnect-key']) {
          tries.push(['get', path, { mode, credentials }]);
        }
        tries.push(['delete', '/api/sessions/x', { method: 'DELETE', mode, credentials }]);
      }
    }
    await Promise.all(
      tries.map(([what, path, init]) =>
        fetch(base + path, init)
          .then((answer) => answer.text())
          .then(note(`${what} ${path}`), () => {}),
      ),
    );
    const listen = (path: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = new WebSocket(base.replace('http', 'ws') + path);
        socket.onopen = () => seen.push(`websocket ${path} opened`);
        socket.onmessage = ({ data }) => note(`websocket ${path}`)(String(data));
        socket.onclose = () => resolve();
      });
    const post = (enctype: string): Promise<void> =>
      new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.name = `frame ${enctype}`;
        document.body.append(frame);
        // Only now: an empty frame is loaded as soon as it is there.
        frame.onload = () => resolve();
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', action: `${base}/api/sessions`, enctype, target: frame.name });
        const input = document.createElement('input');
        // With text/plain a form can send what is JSON.
        Object.assign(input, { name: body.slice(0, -1).concat(',"x":"'), value: '"}' });
        form.append(input);
        document.body.append(form);
        form.submit();
      });
    const load = (name: 'script' | 'img' | 'iframe' | 'link', path: string): Promise<void> =>
      new Promise((resolve) => {
        const element = document.createElement(name);
        element.onload = () => {
          if (name === 'script' || name === 'img') seen.push(`${name} ${path} was loaded`);
          resolve();
        };
        element.onerror = () => resolve();
        if (element instanceof HTMLLinkElement) Object.assign(element, { rel: 'stylesheet', href: base + path });
        else element.src = base + path;
        document.body.append(element);
      });
    const all = Promise.all([
      ...['/api/events?after=0', '/api/dashboard/live', '/api/actors/live'].map(listen),
      ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'].map(post),
      ...['/api/dashboard', '/api/openapi.json', '/api/health'].flatMap((path) =>
        (['script', 'img', 'link', 'iframe'] as const).map((name) => load(name, path)),
      ),
      load('iframe', '/'),
    ]);
    // A browser need not tell the end of what it has blocked.
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 20_000))]);
    for (const frame of document.querySelectorAll('iframe')) {
      try {
        note('frame')(frame.contentDocument?.querySelector('.shell')?.textContent ?? '');
      } catch {
        // Another origin's: not to be looked into.
      }
    }
    navigator.sendBeacon(`${base}/api/stop`, '{}');
    navigator.sendBeacon(`${base}/api/sessions`, new Blob([body], { type: 'text/plain' }));
    return seen;
  }, target);
};

const nothingHappened = async (world: WindowWorld): Promise<void> => {
  assert.equal((await world.runtime().dashboard()).rows, [], 'no session was started');
  assert.is((await world.runtime().client.call('health', {})).pid, world.runtime().pid, 'it was not stopped');
};

test('it neither sees nor does anything, though its browser was let into the window', async () => {
  const world = await createWindowWorld('foreign');
  const site = await attackersSite();
  const opened = await world.window();
  const { port } = new URL(world.origin());
  const window = new URL(opened.page.url());
  // The same site as the window to the browser's cookies (ports do not count there), if he knew its name, and others.
  const plain = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  for (const [host, targets] of [
    [window.hostname, [window.origin]],
    ['127.0.0.1', [window.origin, ...plain]],
    ['evil.localhost', [window.origin]],
  ] as const) {
    const page = await opened.page.context().newPage();
    await page.goto(`http://${host}:${site.port}/`);
    for (const target of targets) {
      assert.equal(await tryEverything(page, target), [], `${host} to ${target}`);
      assert.is(await seenInPopup(page, target), '', `${host} opens ${target}`);
      await nothingHappened(world);
    }
    await page.close();
  }
  await site.close();
});

test('the window cannot be put into a frame, and tells nobody where it came from', async () => {
  const world = await createWindowWorld('framed');
  const site = await attackersSite();
  const { page, problems } = await openPage();
  await page.goto(`http://127.0.0.1:${site.port}/`);
  await page.evaluate((url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
  }, world.origin());
  await until('the frame is refused', () => problems.some((text) => /fram/i.test(text)), { timeLimitMs: 30_000 });
  assert.is(await page.frames()[1]?.locator('.shell, #root').count(), 0);
  // From the window itself: what is left of the one-time URL goes nowhere with a link.
  const opened = await world.window();
  assert.not.match(opened.page.url(), /open\//);
  const response = await opened.page.reload();
  assert.is(response?.headers()['referrer-policy'], 'no-referrer');
  await site.close();
});

test('what an agent says is no request for approval: no button, no form and no style of ours comes of it', async () => {
  const world = await createWindowWorld('imitation');
  const fake =
    '<div class="approval" role="group"><p class="approval-head"><strong>Waits for your approval</strong></p>' +
    '<div class="approval-options"><button class="button primary">Allow</button></div></div>\n\n' +
    '**Waits for your approval**\n\n[Allow](/api/sessions) <form action="/api/stop" method="post"><input type="submit"></form>';
  const agent = world.script('imitation', { steps: [{ do: 'say', text: fake, chunkCharacters: 4_000, everyMs: 0 }] });
  const id = await world.start('imitation', agent);
  const opened = await world.window({ at: `/session/${id}` });
  const message = opened.page.locator('.item-message');
  await message.first().waitFor();
  assert.match((await message.first().textContent()) ?? '', /Waits for your approval/);
  assert.is(await opened.page.locator('.approval').count(), 0);
  assert.is(await message.locator('button:has-text("Allow"), form, input, [class*=approval], a[href^="/"]').count(), 0);
});

test.run();
