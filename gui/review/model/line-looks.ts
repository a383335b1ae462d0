/** What a line of a file looks like: which of its words changed, and its colours as code. */
import type { DiffLine } from '../../../actors/model/review/unified-diff.ts';
import { pairLines, wordMarks } from '../../../actors/model/review/word-marks.ts';
import { type FileLines, isChange } from './file-lines.ts';
import type { CodeRange, TextRange } from './marked-text.ts';
import { changeAt, changeStart } from './rows.ts';

export type LineMarks = { readonly marks: readonly TextRange[]; readonly isTooLong: boolean };

const unmarked: LineMarks = { marks: [], isTooLong: false };

/** Finds the marks of a file's lines, each when it is asked for: what became what is found for a change at once. */
export const createLineMarks = ({ lines }: FileLines): ((line: number) => LineMarks) => {
  const found = new Map<number, LineMarks>();
  /** The line that one was before, or is now; -1: none. */
  const partners = new Int32Array(lines.length).fill(-1);
  const isPaired = new Uint8Array(lines.length);

  const pairChange = (from: number): void => {
    const { removed, added, end } = changeAt(lines, from);
    isPaired.fill(1, from, end);
    if (removed.length === 0 || added.length === 0) return;
    for (const [left, right] of pairLines(textsOf(lines, removed), textsOf(lines, added))) {
      const [before = -1, after = -1] = [removed[left], added[right]];
      partners[before] = after;
      partners[after] = before;
    }
  };

  const markPair = (line: number, partner: number): void => {
    const [before, after] = lines[line]?.kind === 'removed' ? [line, partner] : [partner, line];
    const words = wordMarks(lines[before]?.text ?? '', lines[after]?.text ?? '');
    const isTooLong = words.kind === 'too_long';
    const isMarked = words.kind === 'marked';
    found.set(before, { marks: isMarked ? words.before : [], isTooLong });
    found.set(after, { marks: isMarked ? words.after : [], isTooLong });
  };

  return (line) => {
    const text = lines[line];
    if (text === undefined || !isChange(text)) return unmarked;
    if (isPaired[line] === 0) pairChange(changeStart(lines, line));
    const partner = partners[line] ?? -1;
    if (partner >= 0 && !found.has(line)) markPair(line, partner);
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
