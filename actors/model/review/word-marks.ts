/** Which words of a changed line are other words: for the window and the terminal alike. */
import { type Change, sequenceDiff } from './sequence-diff.ts';

/** `[start, end)` in UTF-16 units of the line. */
export type Mark = readonly [start: number, end: number];

export type WordMarks =
  /** In order, apart from each other. One that holds nothing but spaces is a change, too. */
  | { readonly kind: 'marked'; readonly before: readonly Mark[]; readonly after: readonly Mark[] }
  /** So little is the same that marks would say nothing: the whole line is another. */
  | { readonly kind: 'another' }
  /** Not looked at: a line is longer than `maxMarkedCharacters`. */
  | { readonly kind: 'too_long' };

/** Longer lines are not looked into: minified code, data. */
export const maxMarkedCharacters = 2_000;
/** Lines that differ in more words than that have hardly anything in common. */
const maxWordEdits = 200;
/** So much of the shorter line has to be the same, spaces left out. */
const leastInCommon = 0.3;
/** In a block with more lines of a kind than that, each stands for the one at its own place. */
const maxPairedLines = 40;

// Words whole; scripts that write no spaces by the character; all else by the character, spaces by the run.
const token = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}_$]+|\s+|./gsu;

/**
 * Marks the words that differ between a line and what became of it. Bounded by the lengths above, whatever is in them.
 * @example
 * wordMarks('let size = 1;', 'let width = 1;') // => { kind: 'marked', before: [[4, 8]], after: [[4, 9]] }
 */
export const wordMarks = (before: string, after: string): WordMarks => {
  if (before.length > maxMarkedCharacters || after.length > maxMarkedCharacters) return { kind: 'too_long' };
  const [left, right] = [tokensOf(before), tokensOf(after)];
  const changes = sequenceDiff(left, right, maxWordEdits);
  if (changes === null) return { kind: 'another' };
  const [leftEnds, rightEnds] = [endsOf(left), endsOf(right)];
  const spans = withoutCrumbs(
    changes.map((change) => ({
      oldStart: leftEnds[change.oldStart] ?? 0,
      oldEnd: leftEnds[change.oldEnd] ?? 0,
      newStart: rightEnds[change.newStart] ?? 0,
      newEnd: rightEnds[change.newEnd] ?? 0,
    })),
  );
  const marked = (side: 'old' | 'new'): readonly Mark[] =>
    spans
      .map((span): Mark => (side === 'old' ? [span.oldStart, span.oldEnd] : [span.newStart, span.newEnd]))
      .filter(([start, end]) => start < end);
  const marks = { before: marked('old'), after: marked('new') };
  const inCommon =
    solidLength(before) - marks.before.reduce((sum, mark) => sum + solidLength(before.slice(...mark)), 0);
  const shorter = Math.min(solidLength(before), solidLength(after));
  return inCommon < shorter * leastInCommon ? { kind: 'another' } : { kind: 'marked', ...marks };
};

/**
 * Which removed line of a block became which added one, in order: pairs of their indexes, the likest ones, none crossing
 * another. A line without a pair was taken out or put in whole.
 * @example
 * pairLines(['let a = 1;'], ['// Counts.', 'let a = 2;']) // => [[0, 1]]
 */
export const pairLines = (
  removed: readonly string[],
  added: readonly string[],
): readonly (readonly [removed: number, added: number])[] => {
  if (removed.length > maxPairedLines || added.length > maxPairedLines) {
    return Array.from({ length: Math.min(removed.length, added.length) }, (_, index) => [index, index] as const);
  }
  const [left, right] = [removed.map(bagOf), added.map(bagOf)];
  // The best sum of likenesses that the lines from here on can have, by the index of each side.
  const best = Array.from({ length: removed.length + 1 }, () => new Float64Array(added.length + 1));
  const likenessAt = (i: number, j: number): number => likeness(left[i] ?? new Map(), right[j] ?? new Map());
  const bestAt = (i: number, j: number): number => best[i]?.[j] ?? 0;
  const likenesses = left.map((_, i) => Float64Array.from(right, (_each, j) => likenessAt(i, j)));
  for (let i = removed.length - 1; i >= 0; i -= 1) {
    const row = best[i];
    for (let j = added.length - 1; j >= 0 && row !== undefined; j -= 1) {
      const together = (likenesses[i]?.[j] ?? 0) + bestAt(i + 1, j + 1);
      row[j] = Math.max(together, bestAt(i + 1, j), bestAt(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < removed.length && j < added.length; ) {
    const like = likenesses[i]?.[j] ?? 0;
    if (like > 0 && bestAt(i, j) === like + bestAt(i + 1, j + 1)) pairs.push([i++, j++]);
    else if (bestAt(i, j) === bestAt(i + 1, j)) i += 1;
    else j += 1;
  }
  return pairs;
};

const tokensOf = (line: string): readonly string[] => line.match(token) ?? [];

/** Where each token begins, and behind the last of them the line's end. */
const endsOf = (tokens: readonly string[]): readonly number[] => {
  let at = 0;
  return [0, ...tokens.map((each) => (at += each.length))];
};

/** Two changes with less between them than either changes are one: a lone bracket that stayed tells nobody anything. */
const withoutCrumbs = (changes: readonly Change[]): readonly Change[] => {
  const joined: Change[] = [];
  for (const change of changes) {
    const last = joined.at(-1);
    const between = last === undefined ? 0 : change.oldStart - last.oldEnd;
    if (last !== undefined && between <= 3 && between <= sizeOf(last) && between <= sizeOf(change)) {
      joined[joined.length - 1] = { ...last, oldEnd: change.oldEnd, newEnd: change.newEnd };
    } else joined.push(change);
  }
  return joined;
};

const sizeOf = ({ oldStart, oldEnd, newStart, newEnd }: Change): number =>
  Math.max(oldEnd - oldStart, newEnd - newStart);

const solidLength = (text: string): number => text.replace(/\s+/gu, '').length;

type Bag = ReadonlyMap<string, number>;

const bagOf = (line: string): Bag => {
  const bag = new Map<string, number>();
  for (const each of tokensOf(line.slice(0, maxMarkedCharacters))) {
    if (each.trim() !== '') bag.set(each, (bag.get(each) ?? 0) + each.length);
  }
  return bag;
};

/** From 0 to 1: how much of two lines is the same, in characters; 0 also for what is too little to make a pair. */
const likeness = (left: Bag, right: Bag): number => {
  let [common, total] = [0, 0];
  for (const [each, size] of left) {
    common += Math.min(size, right.get(each) ?? 0);
    total += size;
  }
  for (const size of right.values()) total += size;
  const share = total === 0 ? 0 : (2 * common) / total;
  return share < leastInCommon ? 0 : share;
};
