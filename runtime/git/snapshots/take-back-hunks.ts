import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';

/**
 * A change of lines from one text to another, as a diff counts it: lines from 1; where a side has none, its start is the
 * line before.
 */
export type Hunk = {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
};

/**
 * Reads the head of a hunk. Raises `input.invalid` for what is none.
 * @example
 * readHunkHead('@@ -3 +3,2 @@ const a') // => { oldStart: 3, oldLines: 1, newStart: 3, newLines: 2 }
 */
export const readHunkHead = (text: string): Hunk => {
  const found = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/.exec(text);
  if (found === null) {
    throw new ThroughlineError('input.invalid', `${JSON.stringify(text.slice(0, 80))} is not the head of a change`, {
      hint: 'give it as the diff has it: @@ -3,2 +3,4 @@',
    });
  }
  const [, oldStart, oldLines = '1', newStart, newLines = '1'] = found;
  return {
    oldStart: Number(oldStart),
    oldLines: Number(oldLines),
    newStart: Number(newStart),
    newLines: Number(newLines),
  };
};

/** The same change, the other way round. */
export const reverseHunk = ({ oldStart, oldLines, newStart, newLines }: Hunk): Hunk => ({
  oldStart: newStart,
  oldLines: newLines,
  newStart: oldStart,
  newLines: oldLines,
});

/** The heads in a diff of one file. */
export const hunksIn = (patch: string): readonly Hunk[] =>
  patch
    .split('\n')
    .filter((line) => line.startsWith('@@ -'))
    .map(readHunkHead);

/**
 * Of a diff without context those changes that lie in what is asked for, which may have context around it and hold
 * several; null where one of the asked holds none, or only a part of one.
 */
export const hunksWithin = (hunks: readonly Hunk[], asked: readonly Hunk[]): readonly Hunk[] | null => {
  const within = asked.map((around) => {
    const chosen = hunks.filter((hunk) => isIn(hunk, around));
    const isCut = hunks.some((hunk) => !chosen.includes(hunk) && meets(hunk, around));
    return isCut ? [] : chosen;
  });
  if (within.some((chosen) => chosen.length === 0)) return null;
  return hunks.filter((hunk) => within.some((chosen) => chosen.includes(hunk)));
};

/**
 * The second text with some of its changes taken back: all of them give the first text, none the second, in whatever
 * order they are named. `hunks` are those of a diff between the two, or some of them.
 * @example
 * takeBackHunks('a\nb\n', 'a\nB\nc\n', [{ oldStart: 2, oldLines: 1, newStart: 2, newLines: 2 }]) // => 'a\nb\n'
 */
export const takeBackHunks = (before: string, after: string, hunks: readonly Hunk[]): string => {
  const [oldLines, newLines] = [linesOf(before), linesOf(after)];
  const result: string[] = [];
  let taken = 0;
  for (const hunk of hunks.toSorted((one, other) => newSide(one).from - newSide(other).from)) {
    const [from, into] = [oldSide(hunk), newSide(hunk)];
    result.push(...newLines.slice(taken, into.from), ...oldLines.slice(from.from, from.to));
    taken = into.to;
  }
  result.push(...newLines.slice(taken));
  return result.join('');
};

type Lines = { readonly from: number; readonly to: number };

const side = (start: number, lines: number): Lines => {
  const from = lines === 0 ? start : start - 1;
  return { from, to: from + lines };
};
const oldSide = ({ oldStart, oldLines }: Hunk): Lines => side(oldStart, oldLines);
const newSide = ({ newStart, newLines }: Hunk): Lines => side(newStart, newLines);

const holds = (outer: Lines, inner: Lines): boolean => outer.from <= inner.from && inner.to <= outer.to;
const overlaps = (one: Lines, other: Lines): boolean => one.from < other.to && other.from < one.to;
const meets = (hunk: Hunk, around: Hunk): boolean =>
  overlaps(oldSide(hunk), oldSide(around)) || overlaps(newSide(hunk), newSide(around));
const isIn = (hunk: Hunk, around: Hunk): boolean =>
  holds(oldSide(around), oldSide(hunk)) && holds(newSide(around), newSide(hunk));

/** The lines with their ends: the last one may have none. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
