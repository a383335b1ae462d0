import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { equal, is } from 'uvu/assert';
import { type Hunk, hunksIn, hunksWithin, takeBackHunks } from '../../../../runtime/git/snapshots/take-back-hunks.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const test = suite('changes of lines, taken back');

const folder = temporaryFolder('hunks');

/** What git finds between two texts of bytes, with so many lines around. */
const hunksBetween = (before: string, after: string, context = 0): readonly Hunk[] => {
  const files = [before, after].map((text, index) => {
    const file = join(folder, String(index));
    writeFileSync(file, Buffer.from(text, 'latin1'));
    return file;
  });
  const argv = ['diff', '--no-index', '--text', `-U${context}`, ...files];
  return hunksIn(spawnSync('git', argv, { encoding: 'latin1' }).stdout);
};

// Few lines, so that they repeat: an end of another kind, bytes that are no UTF-8, and what looks like a diff.
const line = fc.constantFrom('a', 'b', '}', '', 'x\r', 'caf\xe9', '@@ -1 +1 @@', '-a', '+b');
const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.boolean()).map(([lines, isEnded]) => {
  const whole = lines.map((each) => `${each}\n`).join('');
  return isEnded ? whole : whole.slice(0, -1);
});

test('all of them give the text before, none the text after, and some the same in whatever order', () => {
  fc.assert(
    fc.property(text, text, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (before, after, coins) => {
      const hunks = hunksBetween(before, after);
      is(takeBackHunks(before, after, hunks), before);
      is(takeBackHunks(before, after, []), after);
      const chosen = hunks.filter((_, index) => coins[index]);
      const some = takeBackHunks(before, after, chosen);
      is(takeBackHunks(before, after, chosen.toReversed()), some);
      is(takeBackHunks(before, some, hunksBetween(before, some)), before);
    }),
    { numRuns: 150 },
  );
});

test('a change is found by what is shown of it, with lines around it, and only whole', () => {
  fc.assert(
    fc.property(text, text, fc.integer({ min: 1, max: 4 }), (before, after, context) => {
      const hunks = hunksBetween(before, after);
      const shown = hunksBetween(before, after, context);
      equal(hunksWithin(hunks, shown), hunks);
      for (const each of hunks) equal(hunksWithin(hunks, [each]), [each]);
    }),
    { numRuns: 80 },
  );
  const hunks = hunksBetween('1\n2\n3\n4\n5\n', '1\n2\n3\nA\nB\n5\n');
  equal(hunks, [{ oldStart: 4, oldLines: 1, newStart: 4, newLines: 2 }]);
  is(hunksWithin(hunks, [{ oldStart: 4, oldLines: 1, newStart: 4, newLines: 1 }]), null, 'a part of it');
  is(hunksWithin(hunks, [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 2 }]), null, 'another place');
});

test.run();
