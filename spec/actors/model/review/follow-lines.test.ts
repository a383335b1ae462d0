import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { followLines, type LineRange, linesOf } from '../../../../actors/model/review/follow-lines.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('lines that are followed');

const follow = (before: string, after: string, from: number, to = from) =>
  followLines(before.split(' '), after.split(' '), [{ from, to }])[0];

test('lines follow what is put in and taken out around them', () => {
  assert.equal(follow('a b c d', 'x y a b c d', 2, 3), { kind: 'same', from: 4, to: 5 });
  assert.equal(follow('a b c d', 'b c x d', 2, 3), { kind: 'same', from: 1, to: 2 });
});

test('lines that were moved as they are, are found by what stands in them', () => {
  assert.equal(follow('one two c d e f g', 'c d e f g one two', 1, 2), { kind: 'same', from: 6, to: 7 });
});

test('a line that stands twice is not taken for the other one', () => {
  assert.is(follow('} a } b', 'x a } b', 1)?.kind, 'changed');
  assert.is(follow('same a same b', 'a b same', 1)?.kind, 'gone');
});

test('lines in whose place others stand, are those', () => {
  assert.equal(follow('a old c', 'a new c', 2), { kind: 'changed', from: 2, to: 2 });
  assert.equal(follow('a p q r c', 'z a 1 2 3 c', 3), { kind: 'changed', from: 4, to: 4 });
  assert.equal(follow('a b c', 'a b x c', 2, 3), { kind: 'changed', from: 2, to: 4 });
});

test('lines that are gone leave the nearest one', () => {
  assert.equal(follow('a b c', 'a c', 2), { kind: 'gone', nearest: 2 });
  assert.equal(follow('a b c', 'a b', 3), { kind: 'gone', nearest: 2 });
  assert.equal(followLines(['a'], [], [{ from: 1, to: 1 }]), [{ kind: 'gone', nearest: 0 }]);
});

test('a range beyond the file, and a file that is wholly another, are answered as well', () => {
  assert.equal(follow('a b', 'a b', 9), { kind: 'gone', nearest: 2 });
  const many = (word: string) => Array.from({ length: 5_000 }, (_, index) => `${word} ${index}`);
  assert.is(followLines(many('a'), many('b'), [{ from: 7, to: 9 }])[0]?.kind, 'changed');
  const moved = [...many('b'), 'a 6', 'a 7'];
  assert.equal(followLines(many('a'), moved, [{ from: 7, to: 8 }]), [{ kind: 'same', from: 5_001, to: 5_002 }]);
});

test('a text without a last line end has the same lines as one with it', () => {
  assert.equal(linesOf('a\nb'), linesOf('a\nb\n'));
  assert.equal(linesOf(''), []);
});

/** A line that knows itself, whatever its text. */
type Line = { readonly id: number; readonly text: string };
type Edit =
  | { readonly kind: 'insert'; readonly at: number; readonly texts: readonly string[] }
  | { readonly kind: 'delete'; readonly at: number; readonly count: number }
  | { readonly kind: 'move'; readonly at: number; readonly count: number; readonly to: number };

const place = fc.integer({ min: 0, max: 60 });
const count = fc.integer({ min: 1, max: 6 });
const edit = (text: fc.Arbitrary<string>): fc.Arbitrary<Edit> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('insert' as const),
      at: place,
      texts: fc.array(text, { minLength: 1, maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('delete' as const), at: place, count }),
    fc.record({ kind: fc.constant('move' as const), at: place, count, to: place }),
  );

const apply = (lines: readonly Line[], edits: readonly Edit[]): readonly Line[] => {
  let next = lines.length;
  return edits.reduce<readonly Line[]>((now, each) => {
    if (each.kind === 'insert') return now.toSpliced(each.at, 0, ...each.texts.map((text) => ({ id: next++, text })));
    const taken = now.slice(each.at, each.at + each.count);
    const rest = now.toSpliced(each.at, each.count);
    return each.kind === 'delete' ? rest : rest.toSpliced(each.to, 0, ...taken);
  }, lines);
};

const story = (text: fc.Arbitrary<string>, edits: fc.Arbitrary<Edit> = edit(text)) =>
  fc.record({
    texts: fc.array(text, { minLength: 1, maxLength: 50 }),
    edits: fc.array(edits, { maxLength: 5 }),
    from: fc.integer({ min: 1, max: 50 }),
    length: count,
  });

type Story = { texts: readonly string[]; edits: readonly Edit[]; from: number; length: number };

const told = ({ texts, edits, from, length }: Story) => {
  const before: readonly Line[] = texts.map((text, id) => ({ id, text }));
  const after = apply(before, edits);
  const start = Math.min(from, before.length);
  const range: LineRange = { from: start, to: Math.min(start + length - 1, before.length) };
  const quote = before.slice(range.from - 1, range.to);
  const [followed] = followLines(
    before.map(({ text }) => text),
    after.map(({ text }) => text),
    [range],
  );
  if (followed === undefined) throw new Error('a range was not followed');
  return { before, after, quote, followed };
};

const few = fc.constantFrom('', '}', 'return;', 'let a', 'let b', 'let c', 'd()');

test('comments follow their lines: what is said to be the same is the same, and what is said is in the file', () => {
  fc.assert(
    fc.property(story(few), (given) => {
      const { after, quote, followed } = told(given);
      if (followed.kind === 'gone') {
        assert.ok(followed.nearest >= Math.min(1, after.length) && followed.nearest <= after.length);
        return;
      }
      assert.ok(followed.from >= 1 && followed.from <= followed.to && followed.to <= after.length);
      if (followed.kind !== 'same') return;
      const there = after.slice(followed.from - 1, followed.to).map(({ text }) => text);
      assert.equal(
        there,
        quote.map(({ text }) => text),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('comments follow their lines: where no line is there twice, each is found exactly where it went', () => {
  let next = 0;
  const unique = fc.constant(null).map(() => `line ${next++}`);
  fc.assert(
    fc.property(story(unique), (given) => {
      const { after, quote, followed } = told(given);
      const places = quote.map(({ id }) => after.findIndex((line) => line.id === id));
      const first = places[0] ?? -1;
      const isWhole = places.every((at, index) => first !== -1 && at === first + index);
      if (isWhole) assert.equal(followed, { kind: 'same', from: first + 1, to: first + quote.length });
      else assert.is.not(followed.kind, 'same');
    }),
    { numRuns: 2_000 },
  );
});

test.run();
