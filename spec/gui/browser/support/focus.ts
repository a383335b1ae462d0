import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';

/** Fails unless what has the focus can be seen to have it: an outline or a shadow, in sight, and nothing over it. */
export const assertFocusIsVisible = async (page: Page, where: string): Promise<void> => {
  const found = await page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return 'nothing has the focus';
    const described = `${element.localName}.${element.className}#${element.id}`;
    const { width, height, bottom, right, top, left } = element.getBoundingClientRect();
    if (width === 0 || height === 0) return `${described} has no size`;
    if (bottom <= 0 || right <= 0 || top >= innerHeight || left >= innerWidth) return `${described} is out of sight`;
    // A control may let its box, or the row it names, show the focus for it.
    const active = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
    for (const candidate of [element, active, element.parentElement, element.nextElementSibling]) {
      if (candidate === null) continue;
      const style = getComputedStyle(candidate);
      if (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0) return null;
      if (style.boxShadow !== 'none') return null;
    }
    return `${described} does not show that it has the focus`;
  });
  assert.is(found, null, `${where}: ${found}`);
};
