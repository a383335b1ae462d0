/** One side of a file as the text it is, as far as it is known, and where each line stands in it. */
import type { DiffLine } from '../../../actors/model/review/unified-diff.ts';
import type { Side } from './rows.ts';

export type SideText = {
  readonly text: string;
  /** Where each line begins, by its index; -1 for one that this side does not have. */
  readonly starts: Int32Array;
};

export const sideText = (lines: readonly DiffLine[], side: Side): SideText => {
  const starts = new Int32Array(lines.length).fill(-1);
  const parts: string[] = [];
  let at = 0;
  for (const [index, line] of lines.entries()) {
    if (line[side] === null) continue;
    starts[index] = at;
    parts.push(line.text);
    at += line.text.length + 1;
  }
  return { text: parts.join('\n'), starts };
};
