/** One change of a file's lines by its head, as a diff without context writes it: how it is named where it is put back. */
import type { DiffLine } from '../../../actors/model/review/unified-diff.ts';
import { isChange } from './file-lines.ts';

/** The head of the change that a line is in, as `@@ -5 +5,2 @@`; null for a line that is the same on both sides. */
export const changeHunk = (lines: readonly DiffLine[], line: number): string | null => {
  if (!isIn(lines[line])) return null;
  let from = line;
  while (isIn(lines[from - 1])) from -= 1;
  const side = { before: { last: 0, count: 0 }, after: { last: 0, count: 0 } };
  // What a side has none of stands behind the line before it.
  side.before.last = lines.slice(0, from).findLast(({ before }) => before !== null)?.before ?? 0;
  side.after.last = lines.slice(0, from).findLast(({ after }) => after !== null)?.after ?? 0;
  for (let at = from; isIn(lines[at]); at += 1) {
    if (lines[at]?.kind === 'removed') side.before.count += 1;
    if (lines[at]?.kind === 'added') side.after.count += 1;
  }
  return `@@ -${range(side.before)} +${range(side.after)} @@`;
};

/** That a line has no end is said within the change. */
const isIn = (line: DiffLine | undefined): boolean => line !== undefined && (isChange(line) || line.kind === 'note');

const range = ({ last, count }: { readonly last: number; readonly count: number }): string => {
  const start = count === 0 ? last : last + 1;
  return count === 1 ? `${start}` : `${start},${count}`;
};
