import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { treeRows } from '../../../gui/review/model/file-tree.ts';
import { brokenLines, columnsOf, indexAt, offsetsOf } from '../../../gui/review/model/heights.ts';
import { inSight, placeAt, scrollLayout, topOf } from '../../../gui/review/model/scroll-layout.ts';
import { suite } from '../../support/suite.ts';

const test = suite('where what of a review stands');
const sizes = { gap: 12, head: 36, border: 1, padding: 3 };

const shapes = fc.array(
  fc.option(fc.array(fc.integer({ min: 10, max: 300 }), { minLength: 1, maxLength: 120 })).map((heights) => ({
    offsets: heights === null ? null : offsetsOf(heights),
  })),
  { minLength: 1, maxLength: 30 },
);

test('a place is found where it stands, wherever the scroll is', () => {
  fc.assert(
    fc.property(shapes, fc.double({ min: 0, max: 1, noNaN: true }), (files, share) => {
      const layout = scrollLayout(files, sizes);
      const height = share * ((layout.tops.at(-1) ?? 0) - 1);
      assert.ok(Math.abs(topOf(layout, placeAt(layout, height)) - height) < 0.001);
    }),
  );
});

test('what is in sight is drawn, and not much more', () => {
  fc.assert(
    fc.property(shapes, fc.nat(20_000), (files, from) => {
      const layout = scrollLayout(files, sizes);
      const to = from + 800;
      const drawn = inSight(layout, from, to);
      for (const [file, { offsets }] of files.entries()) {
        for (let row = 0; row < (offsets?.length ?? 1) - 1; row += 1) {
          const top = topOf(layout, { file, row, into: 0 });
          const bottom = topOf(layout, { file, row: row + 1, into: 0 });
          if (bottom <= from || top >= to) continue;
          const shown = drawn.find((each) => each.file === file);
          assert.ok(shown !== undefined && shown.from <= row && row < shown.to, `row ${row} of file ${file}`);
        }
      }
      const rows = drawn.reduce((sum, { from: first, to: last }) => sum + last - first, 0);
      // No row is less than ten pixels high; at both ends of each file sixteen more may be drawn.
      assert.ok(rows <= 80 + drawn.length * 34, `${rows} rows`);
    }),
  );
});

test('the row at a height is found by halving, also in a file of 200,000 lines', () => {
  const lines = offsetsOf(Array.from({ length: 200_000 }, () => 18.6));
  assert.is(indexAt(lines, 18.6 * 123_456 + 1), 123_456);
  assert.is(indexAt(lines, 1e12), 199_999);
  assert.is(indexAt(lines, -5), 0);
});

test('a long line is higher, and a tab is four columns at most', () => {
  assert.is(columnsOf('\ta\tb'), 9);
  assert.is(brokenLines('short', 80), 1);
  assert.is(brokenLines('x'.repeat(161), 80), 3);
});

test('files of a folder stand below its name, and go with it', () => {
  const files = ['README.md', 'src/b.ts', 'src/a/c.ts'].map((path) => ({ path }));
  const shown = (closed: readonly string[]) =>
    treeRows(files, new Set(closed)).map((row) => (row.kind === 'folder' ? row.path : row.name));
  assert.equal(shown([]), ['README.md', 'src/', 'b.ts', 'src/a/', 'c.ts']);
  assert.equal(shown(['src/']), ['README.md', 'src/', 'src/a/', 'c.ts']);
});

test.run();
