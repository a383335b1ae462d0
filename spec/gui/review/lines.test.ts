import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { changeHunk } from '../../../gui/review/model/change-hunk.ts';
import { fileLines } from '../../../gui/review/model/file-lines.ts';
import { piecesOf, revealedBy, type Span } from '../../../gui/review/model/folds.ts';
import { createLineMarks } from '../../../gui/review/model/line-looks.ts';
import { textPieces } from '../../../gui/review/model/marked-text.ts';
import { rowsOf } from '../../../gui/review/model/rows.ts';
import { sideText } from '../../../gui/review/model/side-text.ts';
import { suite } from '../../support/suite.ts';
import { patchMaker, twoTexts } from './patches.ts';

const test = suite('the lines of a review');
const patchOf = patchMaker();
const whole = 1_000_000;

test('a whole patch is both texts, line by line', () => {
  fc.assert(
    fc.property(twoTexts, ({ before, after }) => {
      const patch = patchOf(before, after, whole);
      if (patch === '') return;
      const { lines, gaps } = fileLines(patch, null);
      assert.is(gaps.size, 0);
      assert.is(sideText(lines, 'before').text, before.replace(/\n$/u, ''));
      assert.is(sideText(lines, 'after').text, after.replace(/\n$/u, ''));
    }),
    { numRuns: 60 },
  );
});

test('lines that a patch leaves out are counted, also behind the last change', () => {
  const text = Array.from({ length: 40 }, (_, index) => `line ${index}\n`);
  const changed = text.with(20, 'other\n');
  const { lines, gaps } = fileLines(patchOf(text.join(''), changed.join(''), 3), 3);
  assert.is(lines.length, 8);
  assert.equal(
    [...gaps],
    [
      [0, { count: 17, enclosing: 'line 16' }],
      [8, { count: null, enclosing: '' }],
    ],
  );
});

test('folded or not, each line is in one piece, and every change is seen', () => {
  const spans = fc.array(fc.tuple(fc.nat(70), fc.nat(70)), { maxLength: 4 });
  fc.assert(
    fc.property(twoTexts, spans, ({ before, after }, shown) => {
      const file = fileLines(patchOf(before, after, whole), null);
      const pieces = piecesOf(file, shown satisfies readonly Span[]);
      let at = 0;
      for (const piece of pieces) {
        if (piece.kind === 'gap') continue;
        assert.is(piece.span[0], at);
        at = piece.span[1];
        if (piece.kind !== 'fold') continue;
        const folded = file.lines.slice(...piece.span);
        assert.ok(folded.every(({ kind }) => kind === 'context' || kind === 'note'));
        assert.ok(revealedBy(piece.span, 'all')[1] === piece.span[1]);
      }
      assert.is(at, file.lines.length);
    }),
    { numRuns: 60 },
  );
});

test('a long fold is unfolded from above, from below, or whole; a short one always whole', () => {
  assert.equal(revealedBy([10, 100], 'start'), [10, 30]);
  assert.equal(revealedBy([10, 100], 'end'), [80, 100]);
  assert.equal(revealedBy([10, 100], 'all'), [10, 100]);
  assert.equal(revealedBy([10, 25], 'start'), [10, 25]);
});

test('unified and side by side have each line once, in its order on its side', () => {
  fc.assert(
    fc.property(twoTexts, ({ before, after }) => {
      const file = fileLines(patchOf(before, after, whole), null);
      const all: Span = [0, file.lines.length];
      const pieces = piecesOf(file, [all]);
      const unified = rowsOf(file, pieces, new Map(), 'unified').flatMap((row) =>
        row.kind === 'line' ? row.line : [],
      );
      const code = [...file.lines.keys()].filter((index) => file.lines[index]?.kind !== 'note');
      assert.equal(unified, code);
      const beside = rowsOf(file, pieces, new Map(), 'side');
      for (const side of ['left', 'right'] as const) {
        const shown = beside.flatMap((row) => (row.kind === 'pair' ? (row[side] ?? []) : []));
        const number = side === 'left' ? 'before' : 'after';
        assert.equal(
          shown,
          code.filter((index) => file.lines[index]?.[number] !== null),
        );
      }
      const keys = beside.map(({ key }) => key);
      assert.is(new Set(keys).size, keys.length);
    }),
    { numRuns: 60 },
  );
});

test('comments hang below the line they end at, each side by itself', () => {
  const file = fileLines(patchOf('a\nb\n', 'a\nc\n', whole), null);
  const rows = rowsOf(
    file,
    piecesOf(file, []),
    new Map([
      [1, ['before']],
      [2, ['after']],
    ]),
    'unified',
  );
  assert.equal(
    rows.map(({ key }) => key),
    ['line 0', 'line 1', 'threads 1 before', 'line 2', 'threads 2 after'],
  );
});

test("a change's head is the one that git writes without context", () => {
  fc.assert(
    fc.property(twoTexts, ({ before, after }) => {
      const expected = [...patchOf(before, after, 0).matchAll(/^@@ .* @@/gmu)].map(([head]) => head);
      const { lines, changes } = fileLines(patchOf(before, after, whole), null);
      const found = new Set(changes.map((line) => changeHunk(lines, line)));
      assert.equal([...found], expected);
      assert.ok(lines.every((line, index) => line.kind !== 'context' || changeHunk(lines, index) === null));
    }),
    { numRuns: 60 },
  );
});

test('which words of a line changed is the same, wherever one begins to ask', () => {
  fc.assert(
    fc.property(twoTexts, fc.infiniteStream(fc.nat()), ({ before, after }, choices) => {
      const file = fileLines(patchOf(before, after, whole), null);
      const inOrder = createLineMarks(file);
      const all = [...file.lines.keys()].map(inOrder);
      const byChance = createLineMarks(file);
      for (const choice of choices.take(file.lines.length)) {
        const line = choice % file.lines.length;
        assert.equal(byChance(line), all[line]);
      }
    }),
    { numRuns: 60 },
  );
});

test('of a file that is written anew only the words of the lines that are asked for are compared', () => {
  let read = 0;
  const lines = Array.from({ length: 20_000 }, (_, index) => ({
    kind: index < 10_000 ? ('removed' as const) : ('added' as const),
    get text() {
      read += 1;
      return `line ${index % 10_000} of ${index < 10_000 ? 'one' : 'the other'}`;
    },
    before: index < 10_000 ? index + 1 : null,
    after: index < 10_000 ? null : index - 9_999,
  }));
  const marksOf = createLineMarks({ lines, gaps: new Map(), changes: [0] });
  assert.ok(marksOf(15_000).marks.length > 0);
  assert.ok(read <= lines.length + 2, `${read} texts were read`);
});

test('a line in pieces is the line, whatever of it is coloured and marked', () => {
  const text = 'const answer = "forty two";';
  const ranges = fc
    .uniqueArray(fc.nat(text.length), { maxLength: 8 })
    .map((ends) => ends.sort((one, other) => one - other))
    .map((ends) =>
      ends.flatMap((from, at) => (at % 2 === 0 && at + 1 < ends.length ? [[from, ends[at + 1] ?? 0] as const] : [])),
    );
  fc.assert(
    fc.property(ranges, ranges, (colours, marks) => {
      const pieces = textPieces(
        text,
        colours.map(([from, to]) => [from, to, 'string'] as const),
        marks,
      );
      assert.is(pieces.map((piece) => piece.text).join(''), text);
      const markedText = pieces.filter(({ isMarked }) => isMarked).map((piece) => piece.text);
      assert.is(markedText.join(''), marks.map(([from, to]) => text.slice(from, to)).join(''));
      const coloured = pieces.filter(({ look }) => look !== null).map((piece) => piece.text);
      assert.is(coloured.join(''), colours.map(([from, to]) => text.slice(from, to)).join(''));
    }),
  );
});

test.run();
