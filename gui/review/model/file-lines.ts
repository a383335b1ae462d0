/** The lines of a changed file, as far as they are known: all of them, or those around its changes. */
import { type DiffLine, parseUnifiedDiff } from '../../../actors/model/review/unified-diff.ts';

export type Gap = {
  /** How many lines are left out; null where nobody has counted them, at the end of a file. */
  readonly count: number | null;
  /** What git says they are in. */
  readonly enclosing: string;
};

export type FileLines = {
  readonly lines: readonly DiffLine[];
  /** Lines that are not known, by the index of the line before which they stand. */
  readonly gaps: ReadonlyMap<number, Gap>;
  /** The first line of each change, a change being a run of lines that differ. */
  readonly changes: readonly number[];
};

const noLines: FileLines = { lines: [], gaps: new Map(), changes: [] };

/**
 * Reads the patch of one file. `context` is how many lines around a change were asked for; with null it was the whole
 * file, and nothing is missing.
 */
export const fileLines = (patch: string, context: number | null): FileLines => {
  const [file] = parseUnifiedDiff(patch);
  if (file === undefined) return noLines;
  const lines: DiffLine[] = [];
  const gaps = new Map<number, Gap>();
  let [before, after] = [1, 1];
  for (const hunk of file.hunks) {
    const first = hunk.lines[0];
    const missing =
      first === undefined ? 0 : Math.max((first.before ?? before) - before, (first.after ?? after) - after);
    if (missing > 0) gaps.set(lines.length, { count: missing, enclosing: enclosingIn(hunk.heading) });
    for (const line of hunk.lines) {
      lines.push(line);
      if (line.before !== null) before = line.before + 1;
      if (line.after !== null) after = line.after + 1;
    }
  }
  if (context !== null && endsInContext(lines, context)) gaps.set(lines.length, { count: null, enclosing: '' });
  return { lines, gaps, changes: changesOf(lines) };
};

const enclosingIn = (heading: string): string => /^@@[^@]*@@ ?(.*)$/u.exec(heading)?.[1] ?? '';

/** With as many lines after the last change as were asked for there may be more; with fewer the file has ended. */
const endsInContext = (lines: readonly DiffLine[], context: number): boolean =>
  lines.length > context && lines.slice(-context).every(({ kind }) => kind === 'context');

export const isChange = ({ kind }: DiffLine): boolean => kind === 'added' || kind === 'removed';

const changesOf = (lines: readonly DiffLine[]): readonly number[] => {
  const changes: number[] = [];
  let isInChange = false;
  for (const [index, line] of lines.entries()) {
    // That a line has no end is said of the line before it.
    if (line.kind === 'note') continue;
    const changed = isChange(line);
    if (changed && !isInChange) changes.push(index);
    isInChange = changed;
  }
  return changes;
};
