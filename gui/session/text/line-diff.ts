/** The lines by which two texts differ, as hunks with some lines around them. */
import type { DiffHunk, DiffLine } from './unified-diff.ts';

const contextLines = 3;
/** Beyond this many edits the search would take too long: what differs is then shown as taken out and put in. */
const maxEdits = 1500;

export type LineDiff = { readonly hunks: readonly DiffHunk[]; readonly added: number; readonly removed: number };

/** Compares two texts line by line. `before` is null for a new file. */
export const lineDiff = (before: string | null, after: string): LineDiff => {
  const [left, right] = [linesOf(before ?? ''), linesOf(after)];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const shortest = Math.min(left.length, right.length) - start;
  while (end < shortest && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const middle = changedLines(left.slice(start, left.length - end), right.slice(start, right.length - end));
  const from = Math.max(0, start - contextLines);
  const kinds: readonly Step[] = [
    ...Array.from({ length: start - from }, (): Step => 'context'),
    ...middle,
    ...Array.from({ length: Math.min(end, contextLines) }, (): Step => 'context'),
  ];
  const lines = numbered(kinds, left, right, from);
  return {
    hunks: hunksOf(lines),
    added: middle.filter((step) => step === 'added').length,
    removed: middle.filter((step) => step === 'removed').length,
  };
};

type Step = 'context' | 'added' | 'removed';

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/u, '').split('\n'));

/** Myers' greedy algorithm: the shortest way from one list to the other. */
const changedLines = (left: readonly string[], right: readonly string[]): readonly Step[] => {
  const replaced = (): readonly Step[] => [...left.map((): Step => 'removed'), ...right.map((): Step => 'added')];
  if (left.length === 0 || right.length === 0) return replaced();
  const most = Math.min(left.length + right.length, maxEdits);
  const offset = most + 1;
  const furthest = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(furthest.slice(offset - edits - 1, offset + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = goesDown(furthest, offset + diagonal, diagonal, edits);
      let x = down ? (furthest[offset + diagonal + 1] ?? 0) : (furthest[offset + diagonal - 1] ?? 0) + 1;
      let y = x - diagonal;
      while (x < left.length && y < right.length && left[x] === right[y]) [x, y] = [x + 1, y + 1];
      furthest[offset + diagonal] = x;
      if (x >= left.length && y >= right.length) return wayBack(trace, left.length, right.length);
    }
  }
  return replaced();
};

const goesDown = (furthest: Int32Array, at: number, diagonal: number, edits: number): boolean =>
  diagonal === -edits || (diagonal !== edits && (furthest[at - 1] ?? 0) < (furthest[at + 1] ?? 0));

const wayBack = (trace: readonly Int32Array[], leftLength: number, rightLength: number): readonly Step[] => {
  const steps: Step[] = [];
  let [x, y] = [leftLength, rightLength];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const furthest = trace[edits] ?? new Int32Array();
    const diagonal = x - y;
    // Each trace holds the diagonals from -edits - 1 to edits + 1.
    const at = diagonal + edits + 1;
    const down = goesDown(furthest, at, diagonal, edits);
    const previousX = down ? (furthest[at + 1] ?? 0) : (furthest[at - 1] ?? 0);
    const previousY = previousX - (down ? diagonal + 1 : diagonal - 1);
    while (x > previousX && y > previousY && x > 0 && y > 0) {
      steps.push('context');
      [x, y] = [x - 1, y - 1];
    }
    if (edits === 0) break;
    steps.push(down ? 'added' : 'removed');
    [x, y] = [previousX, previousY];
  }
  return steps.reverse();
};

const numbered = (
  steps: readonly Step[],
  left: readonly string[],
  right: readonly string[],
  from: number,
): readonly DiffLine[] => {
  let [before, after] = [from, from];
  return steps.map((kind): DiffLine => {
    if (kind === 'removed') return { kind, text: left[before] ?? '', before: ++before, after: null };
    if (kind === 'added') return { kind, text: right[after] ?? '', before: null, after: ++after };
    const text = left[before] ?? '';
    return { kind, text, before: ++before, after: ++after };
  });
};

/** Cuts where more lines are the same than the context around two changes shows. */
const hunksOf = (lines: readonly DiffLine[]): readonly DiffHunk[] => {
  const changed = lines.flatMap((line, index) => (line.kind === 'context' ? [] : [index]));
  const hunks: DiffHunk[] = [];
  for (let at = 0; at < changed.length; ) {
    const first = changed[at] ?? 0;
    let last = first;
    while (at < changed.length && (changed[at] ?? 0) - last <= 2 * contextLines + 1) {
      last = changed[at] ?? last;
      at += 1;
    }
    const cut = lines.slice(Math.max(0, first - contextLines), last + contextLines + 1);
    hunks.push({ heading: headingOf(cut), lines: cut });
  }
  return hunks;
};

const headingOf = (lines: readonly DiffLine[]): string => {
  const [before, after] = [lines.filter((line) => line.before !== null), lines.filter((line) => line.after !== null)];
  return `@@ -${before[0]?.before ?? 0},${before.length} +${after[0]?.after ?? 0},${after.length} @@`;
};
