/**
 * DNS rebinding: a page of the attacker's comes from `http://a-name-of-his:PORT`, then that name leads to 127.0.0.1, and to
 * the browser all that the runtime says on that port is the page's own. Here the name leads to loopback all the time, and
 * the port changes hands: first the attacker's server has it, and when his page is loaded, the runtime.
 *
 * The page must be the attacker's own: what the runtime says to a refused page is under a policy that forbids all script,
 * so that nothing tried from there would say anything.
 */
import type { BrowserContext, Page, Response } from 'playwright-core';
import * as assert from 'uvu/assert';
import { writeLastPort } from '../../../runtime/data/last-port.ts';
import { launchChromium } from '../../gui/browser/support/chromium.ts';
import { closeWindows, createWindowWorld, type WindowWorld } from '../../gui/browser/support/window.ts';
import { suite } from '../../support/suite.ts';
import { ended } from '../../support/world.ts';
import { attackersSite, namesOfTheCompiler, seenInPopup } from './support/attacker.ts';

const test = suite('DNS rebinding, in Chromium', { timeLimitMs: 300_000 });

/** One that is bound anew, and one that browsers take for loopback by themselves and trust more for it. */
const names = ['rebind.example.test', 'rebind.localhost'];
const browser = launchChromium([`--host-resolver-rules=MAP ${names[0]} 127.0.0.1`, '--no-proxy-server']);
test.after(async () => {
  await (await browser.catch(() => null))?.close();
  await closeWindows();
});

type Tried = { readonly what: string; readonly outcome: string; readonly text: string };

/** Everything a page can try on its own origin. Each attempt has an end, so that one without an answer is seen as such. */
const tryEverything = (page: Page, port: number): Promise<readonly Tried[]> =>
  page.evaluate(async (cookieName) => {
    const patienceMs = 30_000;
    const body = JSON.stringify({ prompt: 'owned', repository: '/', agent: 'rehearsal:quick', worktree: false });
    // A cookie of the name that the window's has, which a page may give itself for its own host.
    // biome-ignore lint/suspicious/noDocumentCookie: the attacker takes the oldest way there is
    for (const path of ['/', '/api']) document.cookie = `${cookieName}=${'A'.repeat(43)}; path=${path}`;

    const ask = async (path: string, init: RequestInit = {}): Promise<Tried> => {
      const what = `${init.method ?? 'GET'} ${path} ${JSON.stringify(init.headers ?? {})}`;
      try {
        const answer = await fetch(path, { ...init, signal: AbortSignal.timeout(patienceMs) });
        // No refusal is longer, and of what is no refusal the beginning says enough.
        return { what, outcome: `${answer.status}`, text: (await answer.text()).slice(0, 500) };
      } catch (error) {
        return { what, outcome: String(error), text: '' };
      }
    };
    const or = <Value>(patient: Promise<Value>, otherwise: Value): Promise<Value> =>
      Promise.race([patient, new Promise<Value>((resolve) => setTimeout(() => resolve(otherwise), patienceMs))]);
    const listen = (path: string): Promise<Tried> => {
      const what = `websocket ${path}`;
      const heard = new Promise<Tried>((resolve) => {
        const socket = new WebSocket(`ws://${location.host}${path}`);
        socket.onopen = () => resolve({ what, outcome: 'opened', text: '' });
        socket.onmessage = ({ data }) => resolve({ what, outcome: 'heard', text: String(data) });
        socket.onclose = () => resolve({ what, outcome: 'refused', text: '' });
      });
      return or(heard, { what, outcome: 'no answer', text: '' });
    };
    const load = (name: 'script' | 'img' | 'link', path: string): Promise<Tried> => {
      const what = `${name} ${path}`;
      const loaded = new Promise<Tried>((resolve) => {
        const element = document.createElement(name);
        element.onload = () => resolve({ what, outcome: 'loaded', text: '' });
        element.onerror = () => resolve({ what, outcome: 'refused', text: '' });
        if (element instanceof HTMLLinkElement) Object.assign(element, { rel: 'stylesheet', href: path });
        else element.src = path;
        document.body.append(element);
      });
      return or(loaded, { what, outcome: 'no answer', text: '' });
    };
    /** What is read in a frame when something was loaded into it. */
    const inFrame = (what: string, begin: (frame: HTMLIFrameElement) => void): Promise<Tried> => {
      const frame = document.createElement('iframe');
      frame.name = `frame ${what}`;
      document.body.append(frame);
      const seen = new Promise<Tried>((resolve) => {
        // Only now: an empty frame is loaded as soon as it is there.
        frame.onload = () => {
          const text = (frame.contentDocument?.documentElement.textContent ?? '').slice(0, 500);
          resolve({ what, outcome: text === '' ? 'refused' : 'seen', text });
        };
      });
      begin(frame);
      return or(seen, { what, outcome: 'no answer', text: '' });
    };
    const post = (enctype: string, action: string): Promise<Tried> =>
      inFrame(`form ${enctype} to ${action}`, (frame) => {
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', action, enctype, target: frame.name });
        const input = document.createElement('input');
        // With text/plain a form can send what is JSON.
        Object.assign(input, { name: body.slice(0, -1).concat(',"x":"'), value: '"}' });
        form.append(input);
        document.body.append(form);
        form.submit();
      });

    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const reads = [
      '/',
      '/window.js',
      '/open/x',
      '/api/dashboard',
      '/api/health',
      '/api/openapi.json',
      '/api/search?text=x',
    ];
    const writes = ['sessions', 'stop', 'tickets', 'reconnect-key', 'reconnect', `sessions/${id}/approvals/${id}`];
    const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded'];
    const tried = await Promise.all([
      ...reads.flatMap((path) => [ask(path), ask(path, { method: 'HEAD' }), ask(path, { credentials: 'omit' })]),
      ...reads.map((path) => ask(path, { headers: { authorization: `Bearer ${'A'.repeat(43)}` } })),
      // Headers by which somebody in front says which host was meant; a page may send them to its own origin.
      ...['x-forwarded-host', 'x-host', 'forwarded', 'x-original-host'].map((header) =>
        ask('/', { headers: { [header]: header === 'forwarded' ? 'host=127.0.0.1' : '127.0.0.1' } }),
      ),
      ...writes.flatMap((path) =>
        types.map((type) => ask(`/api/${path}`, { method: 'POST', headers: { 'content-type': type }, body })),
      ),
      ask(`/api/sessions/${id}`, { method: 'DELETE' }),
      ask('/api/sessions', { method: 'OPTIONS' }),
    ]);
    const others = await Promise.all([
      ...['/api/events?after=0', '/api/dashboard/live', '/api/actors/live'].map(listen),
      load('script', '/window.js'),
      load('img', '/icon.svg'),
      load('link', '/window.css'),
      inFrame('the window in a frame', (frame) => {
        frame.src = '/';
      }),
      ...['text/plain', 'application/x-www-form-urlencoded'].flatMap((type) => [
        post(type, '/api/sessions'),
        post(type, '/api/stop'),
      ]),
    ]);
    navigator.sendBeacon('/api/stop', '{}');
    navigator.sendBeacon('/api/sessions', new Blob([body], { type: 'application/json' }));
    return [...tried, ...others];
  }, `throughline_${port}`);

/** A runtime on a port that the attacker had, his pages loaded before, in the browser that is then let into the window. */
const takeOver = async (): Promise<{
  readonly world: WindowWorld;
  readonly port: number;
  readonly context: BrowserContext;
  readonly pages: readonly Page[];
}> => {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const site = await attackersSite();
    const context = await (await browser).newContext();
    context.setDefaultTimeout(60_000);
    const pages: Page[] = [];
    for (const name of names) {
      const page = await context.newPage();
      await page.goto(`http://${name}:${site.port}/`);
      await page.evaluate(namesOfTheCompiler);
      pages.push(page);
    }
    await site.close();
    const world = await createWindowWorld('rebinding', ({ directory }) => writeLastPort(directory, site.port));
    const { port } = new URL(world.origin());
    if (Number(port) === site.port) return { world, port: site.port, context, pages };
    // Somebody else on this machine was faster; the runtime has taken any other.
    await context.close();
  }
  throw new Error('the port of the attacker could not be had for the runtime');
};

test('a name that was bound anew to the runtime gets refusals alone, though all of it is of one origin', async () => {
  const { world, port, context, pages } = await takeOver();
  const runtime = world.runtime();
  await ended(runtime, await world.start('what nobody else is to read', 'quick'));
  const window = await context.newPage();
  await window.goto(await world.ticket());
  await window.getByText('what nobody else is to read').first().waitFor();
  const [cookie] = await context.cookies(new URL('/api', window.url()).href);
  assert.is(cookie?.name, `throughline_${port}`, 'the browser is let in');
  const before = await runtime.dashboard();

  const answers: Response[] = [];
  for (const page of pages) page.on('response', (response) => answers.push(response));
  for (const [index, page] of pages.entries()) {
    const origin = `http://${names[index]}:${port}`;
    assert.is(await page.evaluate(() => location.origin), origin, 'the page is still his');
    const tried = await tryEverything(page, port);
    const asked = tried.filter(({ what }) => /^[A-Z]/.test(what));
    assert.equal(
      asked.filter(({ outcome }) => outcome !== '421'),
      [],
      `${origin} was heard, and refused for its name`,
    );
    const texts = new Set(asked.filter(({ what }) => !what.startsWith('HEAD')).map(({ text }) => text));
    assert.is(texts.size, 1, 'whatever is asked, the refusal is the same');
    assert.match([...texts].join(), /"code":"request\.misdirected"/);
    assert.equal(
      tried.filter((one) => !asked.includes(one) && one.outcome !== 'refused'),
      [],
    );
    assert.is(await seenInPopup(page, `${origin}/`), '');
    assert.is(await seenInPopup(page, `${origin}/api/dashboard`), '');
  }

  const foreign = answers.filter((answer) => names.includes(new URL(answer.url()).hostname));
  assert.ok(foreign.length > names.length * 50, `${foreign.length} requests were made`);
  for (const answer of foreign) {
    assert.is(answer.status(), 421, answer.url());
    const headers = await answer.request().allHeaders();
    assert.not.ok(
      Object.values(headers)
        .join('\n')
        .includes(cookie?.value ?? 'none'),
      'the cookie of the window',
    );
    assert.equal(
      Object.keys(answer.headers()).filter((name) => name === 'set-cookie' || name.startsWith('access-control-')),
      [],
    );
  }
  assert.equal(await runtime.dashboard(), before, 'nothing was started, and nothing written');
  assert.is((await runtime.client.call('health', {})).pid, runtime.pid, 'it was not stopped');
  assert.is(await window.evaluate(async () => (await fetch('/api/health')).status), 200, 'the window itself is let in');
});

test.run();
