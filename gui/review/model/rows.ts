/** What of a file is drawn below one another: unified, or side by side. */
import type { DiffLine } from '../../../actors/model/review/unified-diff.ts';
import { pairLines } from '../../../actors/model/review/word-marks.ts';
import type { FileLines } from './file-lines.ts';
import type { Piece, Span } from './folds.ts';

export type Side = 'before' | 'after';

/** A row has a key that stays when others come or go around it. */
export type Row =
  | { readonly kind: 'line'; readonly key: string; readonly line: number }
  /** Side by side; null where that side has no line. */
  | { readonly kind: 'pair'; readonly key: string; readonly left: number | null; readonly right: number | null }
  | { readonly kind: 'fold'; readonly key: string; readonly piece: Exclude<Piece, { readonly kind: 'lines' }> }
  /** What is said of the lines: that a file has no line end at its end, no colours, or more than is here. */
  | { readonly kind: 'note'; readonly key: string; readonly text: string }
  /** What is shown in place of lines: a picture, a size, that it is on its way. */
  | { readonly kind: 'body'; readonly key: string }
  /** Comments, and one that is being written, below the line they end at. */
  | { readonly kind: 'threads'; readonly key: string; readonly line: number; readonly side: Side };

/** What stands below a line, by its index: on each side at most one row of threads. */
export type ThreadPlaces = ReadonlyMap<number, readonly Side[]>;

export const rowsOf = (
  file: FileLines,
  pieces: readonly Piece[],
  threads: ThreadPlaces,
  layout: 'unified' | 'side',
): readonly Row[] => {
  const rows: Row[] = [];
  for (const piece of pieces) {
    if (piece.kind !== 'lines') {
      const key = piece.kind === 'fold' ? `fold ${piece.span[0]}` : `gap ${piece.at}`;
      rows.push({ kind: 'fold', key, piece });
    } else if (layout === 'unified') addUnified(rows, file.lines, piece.span, threads);
    else addPairs(rows, file.lines, piece.span, threads);
  }
  return rows;
};

const addUnified = (rows: Row[], lines: readonly DiffLine[], [from, to]: Span, threads: ThreadPlaces): void => {
  for (let line = from; line < to; line += 1) {
    const isNote = lines[line]?.kind === 'note';
    rows.push(isNote ? noteAt(lines, line) : { kind: 'line', key: `line ${line}`, line });
    addThreads(rows, line, threads);
  }
};

const noteAt = (lines: readonly DiffLine[], line: number): Row => ({
  kind: 'note',
  key: `note ${line}`,
  text: lines[line]?.text ?? '',
});

const addThreads = (rows: Row[], line: number | null, threads: ThreadPlaces): void => {
  if (line === null) return;
  for (const side of threads.get(line) ?? [])
    rows.push({ kind: 'threads', key: `threads ${line} ${side}`, line, side });
};

const addPairs = (rows: Row[], lines: readonly DiffLine[], [from, to]: Span, threads: ThreadPlaces): void => {
  for (let at = from; at < to; ) {
    const line = lines[at];
    if (line?.kind === 'note') {
      rows.push(noteAt(lines, at));
      at += 1;
    } else if (line?.kind === 'context') {
      rows.push({ kind: 'pair', key: `line ${at}`, left: at, right: at });
      addThreads(rows, at, threads);
      at += 1;
    } else {
      const change = changeAt(lines, at, to);
      for (const [left, right] of besideOneAnother(lines, change)) {
        rows.push({ kind: 'pair', key: `line ${left ?? right}`, left, right });
        addThreads(rows, left, threads);
        addThreads(rows, right, threads);
      }
      for (const note of change.notes) rows.push(noteAt(lines, note));
      at = change.end;
    }
  }
};

export type Change = {
  /** Indices of its lines. */
  readonly removed: readonly number[];
  readonly added: readonly number[];
  readonly notes: readonly number[];
  /** The index after its last line. */
  readonly end: number;
};

/** The change that begins at a line: what was there, and what stands in its place. */
export const changeAt = (lines: readonly DiffLine[], from: number, until = lines.length): Change => {
  const [removed, added, notes]: [number[], number[], number[]] = [[], [], []];
  let end = from;
  for (; end < until; end += 1) {
    const kind = lines[end]?.kind;
    if (kind === 'removed' && added.length > 0) break;
    if (kind === 'removed') removed.push(end);
    else if (kind === 'added') added.push(end);
    else if (kind === 'note') notes.push(end);
    else break;
  }
  return { removed, added, notes, end: Math.max(end, from + 1) };
};

/** Where the change of a line begins: a run of lines that differ can be several, each what was there and then what is. */
export const changeStart = (lines: readonly DiffLine[], line: number): number => {
  let from = line;
  const backOver = (kind: DiffLine['kind']): void => {
    while (lines[from - 1]?.kind === kind || lines[from - 1]?.kind === 'note') from -= 1;
  };
  if (lines[line]?.kind === 'added') backOver('added');
  backOver('removed');
  return from;
};

/** Of a longer file it would be waited for what became what: its lines stand side by side as they come. */
const mostLinesPaired = 20_000;

/** Lines that became one another stand side by side, and those between them as they come. */
const besideOneAnother = (
  lines: readonly DiffLine[],
  { removed, added }: Change,
): readonly (readonly [left: number | null, right: number | null])[] => {
  const textsOf = (indices: readonly number[]): readonly string[] => indices.map((index) => lines[index]?.text ?? '');
  const rows: [number | null, number | null][] = [];
  let [left, right] = [0, 0];
  const fillTo = (leftEnd: number, rightEnd: number): void => {
    while (left < leftEnd || right < rightEnd) {
      rows.push([
        left < leftEnd ? (removed[left++] ?? null) : null,
        right < rightEnd ? (added[right++] ?? null) : null,
      ]);
    }
  };
  const pairs = lines.length > mostLinesPaired ? [] : pairLines(textsOf(removed), textsOf(added));
  for (const [i, j] of pairs) {
    fillTo(i, j);
    fillTo(i + 1, j + 1);
  }
  fillTo(removed.length, added.length);
  return rows;
};

/** The line of a row that its cursor stands on: side by side the right one, where there is one. */
export const lineOfRow = (row: Row): number | null => {
  switch (row.kind) {
    case 'line':
      return row.line;
    case 'pair':
      return row.right ?? row.left;
    default:
      return null;
  }
};
