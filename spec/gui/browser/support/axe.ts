import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails with every violation that axe finds: its rule, what is wrong, and where. */
export const assertAccessible = async (page: Page, view: string): Promise<void> => {
  // Evaluated, not added as an element: the page's policy lets no script of others in.
  await page.evaluate(source);
  const violations = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(
      ({ id, help, nodes }) => [id, help, ...nodes.slice(0, 5).map((node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? ''))].join('\\n    '),
    ))`,
  )) as readonly string[];
  assert.is(violations.length, 0, `${view}:\n  ${violations.join('\n  ')}`);
};
