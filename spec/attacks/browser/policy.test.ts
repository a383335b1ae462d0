/**
 * The second line: that no HTML of an agent's gets into the page is the first, and tried elsewhere. Here it is taken to
 * have got in, with script at its side, and the page's content security policy has to hold it.
 */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { closeWindows, createWindowWorld, openPage } from '../../gui/browser/support/window.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { attackersSite, namesOfTheCompiler } from './support/attacker.ts';

const test = suite('the content security policy, in Chromium');
test.after(closeWindows);

/** What runs in the page, each by the name under which it says so. */
const runs = [
  ...['inline script', 'blob script', 'foreign script', 'data module', 'handler', 'javascript link'],
  ...['eval', 'function', 'timer', 'worker', 'frame with a document of its own', 'style', 'style of an element'],
  ...['foreign sheet', 'base'],
];

/** What the attacker's site is asked for. */
const asks = [
  ...[
    '/script.js',
    '/sheet.css',
    '/image.svg',
    '/fetch',
    '/socket',
    '/source',
    '/beacon',
    '/form',
    '/frame',
    '/object',
  ],
  ...['/embed', '/video', '/font', '/relative'],
];

/** What the page's policy has to refuse, as the browser names it. */
const directives = [
  ...['base-uri', 'connect-src', 'font-src', 'form-action', 'frame-src', 'img-src', 'media-src', 'object-src'],
  ...['script-src', 'script-src-attr', 'script-src-elem', 'style-src-attr', 'style-src-elem', 'worker-src'],
];

/** Begins all of it; what it has come to is in `owned` of the page, and in what the attacker's site was asked for. */
const attempt = async (page: Page, away: string): Promise<void> => {
  await page.evaluate(namesOfTheCompiler);
  await page.evaluate(async (site) => {
    const owned: string[] = [];
    const refused: string[] = [];
    Object.assign(globalThis, { owned, refused });
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, disposition }) => {
      if (disposition === 'enforce') refused.push(effectiveDirective);
    });
    const put = <Name extends keyof HTMLElementTagNameMap>(
      name: Name,
      attributes: Readonly<Record<string, string>>,
      text = '',
    ): HTMLElementTagNameMap[Name] => {
      const element = document.createElement(name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      element.textContent = text;
      document.body.append(element);
      return element;
    };
    const blobOf = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    const tryTo = (body: () => unknown): void => {
      try {
        void Promise.resolve(body()).catch(() => {});
      } catch {
        // Refused at once.
      }
    };
    // The debugger, by which this came here, is allowed `eval` as long as its own call lasts.
    await new Promise((resolve) => setTimeout(resolve));

    put('script', {}, "owned.push('inline script')");
    put('script', { src: blobOf("owned.push('blob script')") });
    put('script', { src: `${site}/script.js` });
    tryTo(() => import(`data:text/javascript,${encodeURIComponent("owned.push('data module')")}`));
    put('button', { type: 'button', onclick: "owned.push('handler')" }).click();
    put('a', { href: "javascript:void owned.push('javascript link')" }).click();
    // biome-ignore lint/security/noGlobalEval: it is what is tried
    tryTo(() => globalThis.eval("owned.push('eval')"));
    tryTo(() => new Function("owned.push('function')")());
    tryTo(() => (setTimeout as (text: string) => void)("owned.push('timer')"));
    tryTo(() => {
      new Worker(blobOf('postMessage(1)')).onmessage = () => owned.push('worker');
    });
    put('iframe', { srcdoc: "<script>parent.owned.push('frame with a document of its own')</script>" });
    put('style', {}, 'body { --style: yes }');
    document.body.setAttribute('style', '--of-element: yes');
    put('link', { rel: 'stylesheet', href: `${site}/sheet.css` });
    const looking = setInterval(() => {
      const styles = getComputedStyle(document.body);
      const named = { style: '--style', 'style of an element': '--of-element', 'foreign sheet': '--foreign-sheet' };
      for (const [name, property] of Object.entries(named)) {
        if (styles.getPropertyValue(property) !== '' && !owned.includes(name)) owned.push(name);
      }
    }, 50);
    addEventListener('pagehide', () => clearInterval(looking));

    put('img', { src: `${site}/image.svg` });
    tryTo(() => fetch(`${site}/fetch`));
    tryTo(() => new WebSocket(`${site.replace('http', 'ws')}/socket`));
    tryTo(() => new EventSource(`${site}/source`));
    tryTo(() => navigator.sendBeacon(`${site}/beacon`, 'x'));
    put('iframe', { name: 'target' });
    put('form', { action: `${site}/form`, target: 'target', method: 'post' }).submit();
    put('iframe', { src: `${site}/frame` });
    put('object', { data: `${site}/object` });
    put('embed', { src: `${site}/embed` });
    put('video', { src: `${site}/video` });
    tryTo(() => new FontFace('owned', `url(${site}/font)`).load());
    // Last: in a page that takes it, everything that is relative goes elsewhere from here on.
    put('base', { href: `${site}/` });
    if (document.baseURI.startsWith(site)) owned.push('base');
    tryTo(() => fetch('relative'));
  }, away);
};

const listOf = (page: Page, name: 'owned' | 'refused'): Promise<readonly string[]> =>
  page.evaluate((key) => [...new Set((globalThis as unknown as Record<string, string[]>)[key])].sort(), name);

/** Waits until nothing is left; fails with what is. */
const untilNothingIsLeft = async (what: string, left: () => Promise<readonly string[]>): Promise<void> => {
  let last: readonly string[] = [];
  const isDone = async (): Promise<boolean> => {
    last = await left();
    return last.length === 0;
  };
  await until(what, isDone, { timeLimitMs: 60_000, everyMs: 100 }).catch(() => assert.equal(last, [], what));
};

test('what an agent wrote could, in the page itself, neither run nor reach anybody', async () => {
  const world = await createWindowWorld('policy');
  const [site, bare, watched] = [await attackersSite(), await attackersSite(), await attackersSite()];

  // A page without a policy, so that it is known of each attempt that it comes to something.
  const { page } = await openPage();
  await page.goto(`http://127.0.0.1:${bare.port}/`);
  await attempt(page, `http://127.0.0.1:${site.port}`);
  await untilNothingIsLeft('all of it works without a policy', async () => {
    const owned = await listOf(page, 'owned');
    return [...runs.filter((name) => !owned.includes(name)), ...asks.filter((path) => !site.asked.includes(path))];
  });
  await page.close();

  const opened = await world.window();
  await attempt(opened.page, `http://127.0.0.1:${watched.port}`);
  await untilNothingIsLeft('the policy has refused something of each kind', async () => {
    const refused = await listOf(opened.page, 'refused');
    return directives.filter((directive) => !refused.includes(directive));
  });
  assert.equal(await listOf(opened.page, 'owned'), []);
  assert.equal(watched.asked, []);
  await opened.page.locator('.shell').waitFor();
  for (const { close } of [site, bare, watched]) await close();
});

test.run();
