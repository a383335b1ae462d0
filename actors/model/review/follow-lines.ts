/** Where the lines that a comment is about are now: by what stands in them, not by their number. */
import { type Change, sequenceDiff } from './sequence-diff.ts';

/** Lines `from` to `to` of a file, both included, from 1. */
export type LineRange = { readonly from: number; readonly to: number };

export type Followed =
  /** They are there as they were, perhaps at another place. */
  | ({ readonly kind: 'same' } & LineRange)
  /** Others stand in their place. */
  | ({ readonly kind: 'changed' } & LineRange)
  /** They are gone; `nearest` is the line that they stood before, or the file's last one; 0 in an empty file. */
  | { readonly kind: 'gone'; readonly nearest: number };

/** Files that differ by more lines than that are looked through for the lines themselves only. */
const maxLineEdits = 2_000;

/** Files with more lines are not followed through: the answer is as if everything in them were other. */
const maxLines = 500_000;

/** The text's lines, without their ends. */
export const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/u, '').split('\n'));

/** Follows the ranges through one comparison. A range outside of the file is taken as far as the file goes. */
export const followLines = (
  before: readonly string[],
  after: readonly string[],
  ranges: readonly LineRange[],
): readonly Followed[] => {
  const isComparable = before.length <= maxLines && after.length <= maxLines;
  const changes = isComparable ? sequenceDiff(before, after, maxLineEdits) : null;
  return ranges.map((range) => {
    const start = Math.min(Math.max(range.from - 1, 0), before.length);
    const end = Math.min(Math.max(range.to, start), before.length);
    const untouched = changes === null ? null : shifted(changes, start, end);
    if (untouched !== null) return { kind: 'same', ...toRange(untouched, untouched + end - start) };
    const moved = isComparable ? movedTo(before, after, start, end) : null;
    if (moved !== null) return { kind: 'same', ...toRange(moved, moved + end - start) };
    return replacedBy(changes ?? [wholly(before, after)], after.length, start, end);
  });
};

/**
 * Where quoted lines stand in a file of which nobody has the earlier content any more: at the one place that has them.
 * Null where there is none, or several, or they say too little to be known by.
 */
export const findQuote = (lines: readonly string[], quote: readonly string[]): LineRange | null => {
  if (lines.length > maxLines || !isTelling(quote)) return null;
  const at = onePlaceOf(lines, quote);
  return at === null ? null : toRange(at, at + quote.length);
};

const toRange = (start: number, end: number): LineRange => ({ from: start + 1, to: end });

const wholly = (before: readonly string[], after: readonly string[]): Change => ({
  oldStart: 0,
  oldEnd: before.length,
  newStart: 0,
  newEnd: after.length,
});

/** Where the items `[start, end)` begin now, if no change touches them; none of no items is ever untouched. */
const shifted = (changes: readonly Change[], start: number, end: number): number | null => {
  if (start >= end) return null;
  let shift = 0;
  for (const change of changes) {
    if (change.oldStart >= end) break;
    if (change.oldEnd > start) return null;
    shift = change.newEnd - change.oldEnd;
  }
  return start + shift;
};

/** Where the lines stand, if they stand at one place only, before and after: then they were moved there. */
const movedTo = (before: readonly string[], after: readonly string[], start: number, end: number): number | null => {
  const quote = before.slice(start, end);
  if (!isTelling(quote)) return null;
  const place = onePlaceOf(after, quote);
  return place !== null && onePlaceOf(before, quote) !== null ? place : null;
};

/** Lines of a bracket or nothing are no content to be known by. */
const isTelling = (lines: readonly string[]): boolean => lines.some((line) => /[\p{L}\p{N}]/u.test(line));

/** Where the lines begin, from 0, in the file that has them once; else null. */
const onePlaceOf = (lines: readonly string[], quote: readonly string[]): number | null => {
  const [first] = quote;
  let found: number | null = null;
  for (let at = 0; first !== undefined && at + quote.length <= lines.length; at += 1) {
    if (lines[at] !== first || !quote.every((line, index) => lines[at + index] === line)) continue;
    if (found !== null) return null;
    found = at;
  }
  return found;
};

/** What stands now where the lines stood: within a change the line at the same place of it, as far as it goes. */
const replacedBy = (changes: readonly Change[], newLength: number, start: number, end: number): Followed => {
  const placeOf = (at: number, isEnd: boolean): number => {
    let shift = 0;
    for (const { oldStart, oldEnd, newStart, newEnd } of changes) {
      if (isEnd ? oldStart >= at : oldStart > at) break;
      if (isEnd ? at <= oldEnd : at < oldEnd) {
        if (isEnd && at === oldEnd) return newEnd;
        return Math.min(newStart + at - oldStart, isEnd ? newEnd : Math.max(newStart, newEnd - 1));
      }
      shift = newEnd - oldEnd;
    }
    return at + shift;
  };
  const from = placeOf(start, false);
  const until = Math.max(placeOf(end, true), from);
  return from < until
    ? { kind: 'changed', ...toRange(from, until) }
    : { kind: 'gone', nearest: Math.min(from + 1, newLength) };
};
