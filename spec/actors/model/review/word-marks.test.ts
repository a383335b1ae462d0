import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { sequenceDiff } from '../../../../actors/model/review/sequence-diff.ts';
import { type Mark, maxMarkedCharacters, pairLines, wordMarks } from '../../../../actors/model/review/word-marks.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('words that differ');

const marked = (before: string, after: string): readonly [string, string] | string => {
  const marks = wordMarks(before, after);
  if (marks.kind !== 'marked') return marks.kind;
  const show = (line: string, at: readonly Mark[]): string =>
    at.reduceRight(
      (text, [start, end]) => `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`,
      line,
    );
  return [show(before, marks.before), show(after, marks.after)];
};

test('words are marked whole, and what is between them by the character', () => {
  assert.equal(marked('let size = 1;', 'let width = 1;'), ['let [size] = 1;', 'let [width] = 1;']);
  assert.equal(marked('take(Date.now());', 'take(now);'), ['take([Date.]now[()]);', 'take(now);']);
  assert.equal(marked('return a', '  return a'), ['return a', '[  ]return a']);
});

test('scripts without spaces are marked by the character, letters with marks stay whole', () => {
  assert.equal(marked('限制每个客户', '限制每位客户'), ['限制每[个]客户', '限制每[位]客户']);
  assert.equal(marked('café noir', 'cafe\u0301 noir'), ['[café] noir', '[cafe\u0301] noir']);
});

test('a crumb that stayed between two changes is marked with them', () => {
  assert.equal(marked('call(first, x)', 'call(other, yyy)'), ['call([first, x])', 'call([other, yyy])']);
});

test('lines with next to nothing in common are others, and long ones are not looked into', () => {
  assert.is(marked('const buckets = new Map();', '// Nobody calls this.'), 'another');
  assert.is(marked('x'.repeat(maxMarkedCharacters + 1), 'x'), 'too_long');
  assert.equal(marked('same', 'same'), ['same', 'same']);
});

test('lines are paired by what they have in common, not by their place', () => {
  assert.equal(pairLines(['let a = 1;'], ['// Counts.', 'let a = 2;']), [[0, 1]]);
  assert.equal(pairLines(['a(one);', 'b(two);'], ['a(1, one);', 'new();', 'b(2, two);']), [
    [0, 0],
    [1, 2],
  ]);
  assert.equal(pairLines(['gone entirely'], ['### ###']), []);
});

test('a very long block is paired line by line, without a search', () => {
  const lines = (word: string) => Array.from({ length: 10_000 }, (_, index) => `${word} ${index}`);
  assert.is(pairLines(lines('a'), lines('b')).length, 10_000);
});

test('marks are in order, inside of their lines, and what is not marked is the same on both sides', () => {
  const line = fc.array(fc.constantFrom('let', ' ', '(', ')', 'a', 'b', '限', '😀', '\t', '='), { maxLength: 25 });
  fc.assert(
    fc.property(line, line, (left, right) => {
      const [before, after] = [left.join(''), right.join('')];
      const marks = wordMarks(before, after);
      if (marks.kind !== 'marked') return;
      const rest = (text: string, at: readonly Mark[]): string => {
        let [kept, last] = ['', 0];
        for (const [start, end] of at) {
          assert.ok(last <= start && start < end && end <= text.length);
          kept += text.slice(last, start);
          last = end;
        }
        return kept + text.slice(last);
      };
      assert.is(rest(before, marks.before), rest(after, marks.after));
    }),
    { numRuns: 2_000 },
  );
});

test('the way from one sequence to another leads there, and is the shortest', () => {
  const items = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 14 });
  const commonLength = (left: readonly string[], right: readonly string[]): number => {
    const rows = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
    for (let i = left.length - 1; i >= 0; i -= 1) {
      for (let j = right.length - 1; j >= 0; j -= 1) {
        const skipped = Math.max(rows[i + 1]?.[j] ?? 0, rows[i]?.[j + 1] ?? 0);
        const taken = left[i] === right[j] ? 1 + (rows[i + 1]?.[j + 1] ?? 0) : 0;
        const row = rows[i];
        if (row !== undefined) row[j] = Math.max(skipped, taken);
      }
    }
    return rows[0]?.[0] ?? 0;
  };
  fc.assert(
    fc.property(items, items, (left, right) => {
      const changes = sequenceDiff(left, right, 100) ?? [];
      let [made, at, edits] = [[] as string[], 0, 0];
      for (const { oldStart, oldEnd, newStart, newEnd } of changes) {
        assert.ok(oldStart >= at && oldEnd - oldStart + (newEnd - newStart) > 0);
        made = [...made, ...left.slice(at, oldStart), ...right.slice(newStart, newEnd)];
        edits += oldEnd - oldStart + (newEnd - newStart);
        at = oldEnd;
      }
      assert.equal([...made, ...left.slice(at)], right);
      assert.is(edits, left.length + right.length - 2 * commonLength(left, right));
    }),
    { numRuns: 1_000 },
  );
});

test('a search that would take too many edits is given up', () => {
  const many = (word: string) => Array.from({ length: 1_000 }, (_, index) => `${word} ${index}`);
  assert.is(sequenceDiff(many('a'), many('b'), 100), null);
});

test.run();
