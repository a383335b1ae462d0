import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { openToldWindow } from './support/told-window.ts';
import { closeWindows } from './support/window.ts';

const test = suite('the review of a very large change');
test.after(closeWindows);

const fileCount = 5_000;
const lineCount = 200_000;
const large = 'z/large.ts';
const [from, to] = ['1'.repeat(40), '2'.repeat(40)];

const file = (path: string, additions: number): ReviewFile => ({
  path,
  kind: 'added',
  oldMode: '000000',
  newMode: '100644',
  oldBlob: null,
  newBlob: to,
  additions,
  deletions: 0,
  picture: false,
  comments: 0,
  viewed: 'no',
});

const pathOf = (index: number): string => `src/folder${Math.floor(index / 50)}/file${index % 50}.ts`;
const files = [...Array.from({ length: fileCount - 1 }, (_, index) => file(pathOf(index), 4)), file(large, lineCount)];

const patch = (path: string): string => {
  const count = path === large ? lineCount : 4;
  const lines = Array.from({ length: count }, (_, index) => `+line ${index + 1} of ${path}`);
  const head = [`diff --git a/${path} b/${path}`, 'new file mode 100644', '--- /dev/null', `+++ b/${path}`];
  return [...head, `@@ -0,0 +1,${count} @@`, ...lines, ''].join('\n');
};

/** A runtime's answers for it: what a session would have to write is long in coming. */
const answerReview = (asked: string[]) => async (page: Page) => {
  const end = (tree: string, snapshot: number) => ({ tree, snapshot, at: 1 });
  await page.route('**/api/sessions/*/review/**', (route, request) => {
    const { pathname, searchParams } = new URL(request.url());
    const part = pathname.slice(pathname.indexOf('/review/') + 8);
    const path = searchParams.get('path') ?? '';
    if (part === 'patch') asked.push(path);
    const answers: Readonly<Record<string, () => unknown>> = {
      ranges: () => ({ ranges: [], first: 'run:1', runs: [1] }),
      files: () => ({
        ...{ range: 'run:1', run: 1, from, to, fromEnd: end(from, 1), toEnd: end(to, 2), base: null },
        ...{ files, cut: false, behind: null, ahead: null, branch: null },
      }),
      patch: () => ({ text: patch(path), cut: false, tooLarge: false, binary: false }),
      comments: () => ({ comments: [], queued: null }),
    };
    return route.fulfill({ json: answers[part]?.() ?? { ok: true } });
  });
};

test('of 5,000 files and 200,000 lines only what is in sight is asked for and drawn, wherever one goes', async () => {
  const asked: string[] = [];
  const { page, problems, close } = await openToldWindow({}, { before: answerReview(asked) });
  await page.evaluate(() => location.replace(`${location.hash}/review`));
  const elements = (): Promise<number> => page.locator('.review *').count();
  const lineOf = (text: string) => page.locator('.code-line', { hasText: text });
  await lineOf('line 1 of src/folder0/file0.ts').waitFor();
  await page.getByText('5,000 files').first().waitFor();
  assert.ok((await elements()) < 3_000, `${await elements()} elements`);
  assert.ok(asked.length < 60, `${asked.length} patches were asked for`);

  await page.getByRole('searchbox', { name: 'Filter files' }).fill('large');
  await lineOf(`line 1 of ${large}`).first().waitFor();
  await page.getByText('1 of 5,000 files').waitFor();
  assert.ok((await elements()) < 3_000, `${await elements()} elements`);
  const before = asked.length;
  await page.locator('#review-scroll').evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  await lineOf(`line ${lineCount} of ${large}`).waitFor();
  await until('its end is in sight', () =>
    lineOf(`line ${lineCount} of ${large}`).evaluate(
      (element) => element.getBoundingClientRect().bottom <= innerHeight,
    ),
  );
  assert.ok((await elements()) < 3_000, `${await elements()} elements`);
  assert.is(asked.length, before, 'what is there is not asked for again');

  await page.getByRole('searchbox', { name: 'Filter files' }).fill('');
  await page.getByText('5,000 files').first().waitFor();
  await page.locator('#review-scroll').focus();
  await page.keyboard.press('Shift+K');
  await until(
    'the cursor is in a file',
    async () => (await page.locator('.review-file-head.has-cursor').count()) === 1,
  );
  assert.ok(asked.length < 120, `${asked.length} patches were asked for`);
  assert.equal(problems, []);
  await close();
});

test.run();
