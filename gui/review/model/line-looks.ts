/** What a line of a file looks like: which of its words changed, and its colours as code. */
import type { DiffLine } from '../../../actors/model/review/unified-diff.ts';
import { pairLines, wordMarks } from '../../../actors/model/review/word-marks.ts';
import { type FileLines, isChange } from './file-lines.ts';
import { indexAt } from './heights.ts';
import type { CodeRange, TextRange } from './marked-text.ts';
import { changeAt } from './rows.ts';

export type LineMarks = { readonly marks: readonly TextRange[]; readonly isTooLong: boolean };

const unmarked: LineMarks = { marks: [], isTooLong: false };

/** Finds the marks of a file's lines, those of a change when one of its lines is asked for. */
export const createLineMarks = ({ lines, changes }: FileLines): ((line: number) => LineMarks) => {
  const starts = Float64Array.from([...changes, lines.length]);
  const found = new Map<number, LineMarks>();

  const markChange = (from: number): number => {
    const { removed, added, end } = changeAt(lines, from);
    for (const line of [...removed, ...added]) found.set(line, unmarked);
    for (const [left, right] of pairLines(textsOf(lines, removed), textsOf(lines, added))) {
      const [before, after] = [removed[left] ?? 0, added[right] ?? 0];
      const words = wordMarks(lines[before]?.text ?? '', lines[after]?.text ?? '');
      const isTooLong = words.kind === 'too_long';
      const isMarked = words.kind === 'marked';
      found.set(before, { marks: isMarked ? words.before : [], isTooLong });
      found.set(after, { marks: isMarked ? words.after : [], isTooLong });
    }
    return end;
  };

  return (line) => {
    const known = found.get(line);
    if (known !== undefined) return known;
    const text = lines[line];
    if (text === undefined || !isChange(text) || changes.length === 0) return unmarked;
    // A run of lines that differ can be several changes, one behind the other.
    for (let from = starts[indexAt(starts, line)] ?? 0; from <= line; ) from = markChange(from);
    return found.get(line) ?? unmarked;
  };
};

const textsOf = (lines: readonly DiffLine[], indices: readonly number[]): readonly string[] =>
  indices.map((index) => lines[index]?.text ?? '');

/** The colours of a stretch of a text, of all ranges of it (`from, to, look` each, in order). */
export const codeRangesIn = (
  ranges: Uint32Array,
  from: number,
  to: number,
  looks: readonly string[],
): readonly CodeRange[] => {
  let [low, high] = [0, ranges.length / 3];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle * 3 + 1] ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  const found: CodeRange[] = [];
  for (let at = low * 3; at < ranges.length && (ranges[at] ?? 0) < to; at += 3) {
    const look = looks[ranges[at + 2] ?? 0] ?? '';
    found.push([Math.max(0, (ranges[at] ?? 0) - from), Math.min(to, ranges[at + 1] ?? 0) - from, look]);
  }
  return found;
};
