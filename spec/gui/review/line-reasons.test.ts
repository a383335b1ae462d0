import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import { lineReasons } from '../../../gui/review/model/line-reasons.ts';
import { suite } from '../../support/suite.ts';
import { patchMaker, twoTexts } from './patches.ts';

const test = suite('whose the lines of a review are');
const patchOf = patchMaker();

const block = (from: number, to: number): BlamedLines => ({
  ...{ from, to, by: 'uncommitted', session: null, run: null, prompt: null },
  ...{ event: null, between: null, commit: null, landed: null },
});

test('a line is found in a file that has changed since by what stands there now, and one that went is nobody’s', () => {
  fc.assert(
    fc.property(twoTexts, ({ before, after }) => {
      const patch = patchOf(before, after, 1_000_000);
      if (patch === '') return;
      const now = after.replace(/\n$/u, '').split('\n');
      const reasons = lineReasons(
        now.map((_, index) => block(index + 1, index + 1)),
        patch,
      );
      for (const [index, text] of before.replace(/\n$/u, '').split('\n').entries()) {
        const found = reasons.of(index + 1);
        if (found !== null) assert.is(now[found.from - 1], text);
        else assert.match(patch, `-${text}`);
      }
    }),
    { numRuns: 40 },
  );
});

test('lines of one reason are one block, and what is beyond the end has none', () => {
  const reasons = lineReasons([block(1, 3), block(4, 4)], null);
  assert.equal(
    [1, 3, 4, 5].map((line) => reasons.of(line)?.from ?? null),
    [1, 1, 4, null],
  );
});

test.run();
