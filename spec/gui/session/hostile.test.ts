import * as assert from 'node:assert/strict';
import { suite } from '../../support/suite.ts';
import { type OpenPage, openPage } from './browser.ts';
import { hostileTexts } from './hostile-texts.ts';

const test = suite('hostile content, in Chromium');

/** The page, and what the window itself asks when it begins. */
const ownRequest = /^http:\/\/127\.0\.0\.1:\d+\/(page\.js|favicon\.ico|api\/window\/remembered)?$/u;

let opened: OpenPage | null = null;
const withPage = async (): Promise<OpenPage> => {
  opened ??= await openPage('./hostile-page.tsx');
  await opened.page.waitForSelector('body[data-done=true]');
  return opened;
};
test.after(async () => opened?.close());

test('nothing runs, nothing is fetched, and the policy has nothing to refuse', async () => {
  const { page, requests, problems } = await withPage();
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => 'owned' in window), false);
  assert.deepEqual(
    requests.filter((url) => !ownRequest.test(url)),
    [],
  );
  assert.deepEqual(
    problems.filter((text) => !text.includes('favicon')),
    [],
  );
});

test('the document has no element and no attribute that could do harm', async () => {
  const { page } = await withPage();
  const found = await page.evaluate(() => {
    const names = new Set<string>();
    const attributes = new Set<string>();
    for (const element of document.querySelectorAll('#root *')) {
      names.add(element.localName);
      for (const { name } of element.attributes) attributes.add(name);
    }
    return { names: [...names], attributes: [...attributes] };
  });
  const bad =
    /^(script|style|iframe|object|embed|video|audio|source|meta|base|link|template|dialog|math|foreignobject|animate|use)$/u;
  assert.deepEqual(
    found.names.filter((name) => bad.test(name)),
    [],
  );
  assert.deepEqual(
    found.attributes.filter((name) => /^on|^style$|^srcset$|^action$|^formaction$|^srcdoc$/u.test(name)),
    [],
  );
});

test('a picture is one by its bytes, whatever they are said to be, and comes from nowhere else', async () => {
  const { page } = await withPage();
  const addresses = await page.evaluate(() =>
    [...document.querySelectorAll('#root img')].map((image) => image.getAttribute('src') ?? ''),
  );
  assert.ok(addresses.length > 0);
  for (const address of addresses) assert.match(address, /^data:image\/png;base64,iVBORw0KGgo[A-Za-z0-9+/]+={0,2}$/u);
});

test('a field of a form is one of ours: it is sent nowhere by itself', async () => {
  const { page } = await withPage();
  const forms = page.locator('#root form');
  // Forms come in a file of their own, which this page has in it.
  await forms.first().waitFor();
  const outside = await page.evaluate(
    () =>
      [...document.querySelectorAll('#root input, #root form')].filter(
        (each) => each.closest('.question-form') === null,
      ).length,
  );
  assert.equal(outside, 0);
});

test('every link leads to http, https or mail, in another tab that knows nothing of this one', async () => {
  const { page } = await withPage();
  const links = await page.evaluate(() =>
    [...document.querySelectorAll('#root a')].map((link) => ({
      href: link.getAttribute('href'),
      target: link.getAttribute('target'),
      rel: link.getAttribute('rel'),
    })),
  );
  assert.ok(links.length > 0);
  for (const { href, target, rel } of links) {
    assert.match(href ?? '', /^(https?:\/\/|mailto:)/u);
    assert.equal(target, '_blank');
    assert.equal(rel, 'noopener noreferrer');
  }
});

test('nothing hides: no control, no override of direction, no invisible character is left in the page', async () => {
  const { page } = await withPage();
  const text = await page.evaluate(() => document.body.textContent ?? '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/u);
  assert.ok(text.includes('\\u{202e}'));
});

test('what was written as HTML is there to be read, as text', async () => {
  const { page } = await withPage();
  const text = await page.evaluate(() =>
    [...document.querySelectorAll('.item-message')].map((message) => message.textContent ?? ''),
  );
  assert.equal(text.length, hostileTexts.length);
  assert.ok(text[0]?.includes('<script>window.owned = 1</script>'));
  assert.ok(text[1]?.includes('onerror'));
});

test.run();
