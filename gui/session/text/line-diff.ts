/** The lines by which two texts differ, as hunks with some lines around them. */
import { linesOf } from '../../../actors/model/review/follow-lines.ts';
import { sequenceDiff } from '../../../actors/model/review/sequence-diff.ts';
import type { DiffHunk, DiffLine } from '../../../actors/model/review/unified-diff.ts';

const contextLines = 3;
/** Beyond this many edits the search would take too long: what differs is then shown as taken out and put in. */
const maxEdits = 1500;

export type LineDiff = { readonly hunks: readonly DiffHunk[]; readonly added: number; readonly removed: number };

/** Compares two texts line by line. `before` is null for a new file. */
export const lineDiff = (before: string | null, after: string): LineDiff => {
  const [left, right] = [linesOf(before ?? ''), linesOf(after)];
  const replaced = { oldStart: 0, oldEnd: left.length, newStart: 0, newEnd: right.length };
  const changes = sequenceDiff(left, right, maxEdits) ?? [replaced];
  const steps: Step[] = [];
  const add = (count: number, step: Step): void => {
    for (let index = 0; index < count; index += 1) steps.push(step);
  };
  let kept = 0;
  for (const { oldStart, oldEnd, newStart, newEnd } of changes) {
    add(oldStart - kept, 'context');
    add(oldEnd - oldStart, 'removed');
    add(newEnd - newStart, 'added');
    kept = oldEnd;
  }
  add(left.length - kept, 'context');
  return {
    hunks: hunksOf(numbered(steps, left, right)),
    added: steps.filter((step) => step === 'added').length,
    removed: steps.filter((step) => step === 'removed').length,
  };
};

type Step = 'context' | 'added' | 'removed';

const numbered = (steps: readonly Step[], left: readonly string[], right: readonly string[]): readonly DiffLine[] => {
  let [before, after] = [0, 0];
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
