/** Where two sequences differ: of lines, of words, of anything that can be compared. */

/** Items `[oldStart, oldEnd)` of the one became `[newStart, newEnd)` of the other; one of them may be empty, never both. */
export type Change = {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
};

/**
 * The shortest way from one sequence to the other (Myers' greedy algorithm), as its changes in order; between two of them
 * the items are the same. Null when it takes more than `maxEdits` items taken out and put in: the time and the memory grow
 * with the square of that number.
 * @example
 * sequenceDiff(['a', 'b', 'c'], ['a', 'x', 'c'], 10) // => [{ oldStart: 1, oldEnd: 2, newStart: 1, newEnd: 2 }]
 */
export const sequenceDiff = (
  before: readonly string[],
  after: readonly string[],
  maxEdits: number,
): readonly Change[] | null => {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const shortest = Math.min(before.length, after.length) - start;
  while (end < shortest && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const [oldLength, newLength] = [before.length - start - end, after.length - start - end];
  if (oldLength === 0 && newLength === 0) return [];
  const whole: Change = { oldStart: start, oldEnd: start + oldLength, newStart: start, newEnd: start + newLength };
  if (oldLength === 0 || newLength === 0) return [whole];

  const [left, right] = numbered(before, after, whole);
  const most = Math.min(oldLength + newLength, maxEdits);
  const offset = most + 1;
  const furthest = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    // Each holds the diagonals from -edits - 1 to edits + 1.
    trace.push(furthest.slice(offset - edits - 1, offset + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = goesDown(furthest, offset + diagonal, diagonal, edits);
      let x = down ? (furthest[offset + diagonal + 1] ?? 0) : (furthest[offset + diagonal - 1] ?? 0) + 1;
      let y = x - diagonal;
      while (x < oldLength && y < newLength && left[x] === right[y]) [x, y] = [x + 1, y + 1];
      furthest[offset + diagonal] = x;
      if (x >= oldLength && y >= newLength) return wayBack(trace, oldLength, newLength, start);
    }
  }
  return null;
};

/** The items that differ as numbers, the same for equal ones: numbers are compared faster than texts. */
const numbered = (
  before: readonly string[],
  after: readonly string[],
  { oldStart, oldEnd, newStart, newEnd }: Change,
) => {
  const numbers = new Map<string, number>();
  const number = (item: string): number => {
    const known = numbers.get(item) ?? numbers.size;
    numbers.set(item, known);
    return known;
  };
  return [
    Int32Array.from(before.slice(oldStart, oldEnd), number),
    Int32Array.from(after.slice(newStart, newEnd), number),
  ] as const;
};

const goesDown = (furthest: Int32Array, at: number, diagonal: number, edits: number): boolean =>
  diagonal === -edits || (diagonal !== edits && (furthest[at - 1] ?? 0) < (furthest[at + 1] ?? 0));

const wayBack = (
  trace: readonly Int32Array[],
  oldLength: number,
  newLength: number,
  start: number,
): readonly Change[] => {
  const changes: Change[] = [];
  let [x, y] = [oldLength, newLength];
  // What the change that is being gathered ends with; it grows backwards while no item is kept in between.
  let until: readonly [x: number, y: number] | null = null;
  const close = (): void => {
    if (until === null) return;
    const [oldEnd, newEnd] = until;
    changes.push({ oldStart: start + x, oldEnd: start + oldEnd, newStart: start + y, newEnd: start + newEnd });
    until = null;
  };
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const furthest = trace[edits] ?? new Int32Array();
    const diagonal = x - y;
    const at = diagonal + edits + 1;
    const down = goesDown(furthest, at, diagonal, edits);
    const previousX = down ? (furthest[at + 1] ?? 0) : (furthest[at - 1] ?? 0);
    const previousY = previousX - (down ? diagonal + 1 : diagonal - 1);
    const kept =
      edits === 0 ? Math.min(x, y) : Math.min(x - previousX - (down ? 0 : 1), y - previousY - (down ? 1 : 0));
    if (kept > 0) {
      close();
      [x, y] = [x - kept, y - kept];
    }
    if (edits === 0) break;
    until ??= [x, y];
    [x, y] = [previousX, previousY];
  }
  close();
  return changes.reverse();
};
