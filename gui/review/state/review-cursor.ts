/** The line that the keyboard stands on, the lines chosen with it, and the ways from there: by line, change and file. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { DiffLine } from '../../../actors/model/review/unified-diff.ts';
import { lineOfRow, type Row, type Side } from '../model/rows.ts';
import type { FileEntry } from './file-entry.ts';
import type { LineRange } from './review-source.ts';

/** A row of a file, by its key; null is the file's head. */
export type Cursor = { readonly path: string; readonly key: string | null; readonly side: Side };

/** Where the scroll is to go, once for each request. */
export type ScrollTarget = {
  readonly path: string;
  readonly key: string | null;
  readonly align: 'near' | 'top' | 'upper';
};

export type Direction = 1 | -1;

export type ReviewCursorState = {
  readonly cursor: ReadonlySignal<Cursor | null>;
  /** The other end of the lines that are chosen; null: the cursor's line alone. */
  readonly anchor: ReadonlySignal<Cursor | null>;
  readonly target: ReadonlySignal<ScrollTarget | null>;
  readonly place: (
    cursor: Cursor,
    options?: { readonly extends?: boolean; readonly align?: ScrollTarget['align'] },
  ) => void;
  readonly step: (direction: Direction, extend: boolean) => void;
  readonly toSide: (side: Side) => void;
  readonly toFile: (direction: Direction) => void;
  readonly toChange: (direction: Direction) => Promise<void>;
  /** The lines that are chosen, to be spoken of. */
  readonly chosen: () => (LineRange & { readonly path: string; readonly quote: string }) | null;
  readonly entry: () => FileEntry | null;
  /** How many changes there are in all, and which one the cursor is at or behind; null while not all are known. */
  readonly changeCount: () => { readonly at: number; readonly of: number } | null;
};

const isStop = ({ kind }: Row): boolean => kind === 'line' || kind === 'pair' || kind === 'fold';

/** The first row, from one on in a direction, that the cursor can stand on. */
const nextStop = (rows: readonly Row[], from: number, direction: Direction): Row | undefined => {
  let at = from;
  for (let row = rows[at]; row !== undefined && !isStop(row); row = rows[at]) at += direction;
  return rows[at];
};

export const sideOfLine = ({ after }: DiffLine): Side => (after === null ? 'before' : 'after');

export const createReviewCursor = (
  listed: ReadonlySignal<readonly FileEntry[]>,
  inSightFirst: () => Cursor | null,
): ReviewCursorState => {
  const cursor = signal<Cursor | null>(null);
  const anchor = signal<Cursor | null>(null);
  const target = signal<ScrollTarget | null>(null);

  const rowsOf = (entry: FileEntry | undefined): readonly Row[] =>
    entry === undefined || entry.isFolded.peek() || entry.body.peek().kind !== 'lines' ? [] : entry.rows.peek();
  const fileIndex = (path: string | undefined): number => listed.peek().findIndex((entry) => entry.path === path);
  const entry = (): FileEntry | null => listed.peek()[fileIndex(cursor.peek()?.path)] ?? null;
  const linesOf = (of: FileEntry | null): readonly DiffLine[] => {
    const body = of?.body.peek();
    return body?.kind === 'lines' ? body.file.lines : [];
  };

  const place: ReviewCursorState['place'] = (next, { extends: extend = false, align = 'near' } = {}) => {
    const before = cursor.peek();
    if (!extend) anchor.value = null;
    else if (before?.path === next.path) anchor.value ??= before;
    cursor.value = next;
    target.value = { path: next.path, key: next.key, align };
  };

  /** A row's side: what was chosen where both have a line, otherwise the one that has. */
  const sideOn = (row: Row, of: FileEntry, wanted: Side): Side => {
    const lines = linesOf(of);
    if (row.kind === 'pair') return row.left === null ? 'after' : row.right === null ? 'before' : wanted;
    const line = row.kind === 'line' ? lines[row.line] : undefined;
    return line === undefined ? 'after' : sideOfLine(line);
  };

  const toRow = (of: FileEntry, row: Row | undefined, extend: boolean, align?: ScrollTarget['align']): void => {
    const side = row === undefined ? 'after' : sideOn(row, of, cursor.peek()?.side ?? 'after');
    place(
      { path: of.path, key: row?.key ?? null, side },
      { extends: extend, ...(align === undefined ? {} : { align }) },
    );
  };

  const step = (direction: Direction, extend: boolean): void => {
    const from = cursor.peek() ?? inSightFirst();
    if (from === null) return;
    if (cursor.peek() === null) {
      place(from);
      return;
    }
    const file = fileIndex(from.path);
    const here = listed.peek()[file];
    if (here === undefined) return;
    const rows = rowsOf(here);
    const row = nextStop(rows, rows.findIndex(({ key }) => key === from.key) + direction, direction);
    if (row !== undefined) toRow(here, row, extend);
    // A choice of lines stays in its file.
    else if (extend) return;
    else if (direction === -1 && from.key !== null) toRow(here, undefined, false);
    else stepInto(listed.peek()[file + direction], direction);
  };

  /** Into another file: from above by its head, from below by its last line. */
  const stepInto = (of: FileEntry | undefined, direction: Direction): void => {
    if (of === undefined) return;
    const rows = rowsOf(of);
    toRow(of, direction === 1 ? undefined : nextStop(rows, rows.length - 1, -1), false);
  };

  const changeRows = (of: FileEntry): readonly Row[] => {
    const body = of.body.peek();
    if (body.kind !== 'lines') return [];
    const firsts = new Set(body.file.changes);
    return rowsOf(of).filter((row) => {
      if (row.kind === 'pair') return [row.left, row.right].some((line) => line !== null && firsts.has(line));
      return row.kind === 'line' && firsts.has(row.line);
    });
  };

  /** The line that a change has to be behind, or before: that of the cursor. */
  const rowIndex = (of: FileEntry, key: string | null): number => rowsOf(of).findIndex((row) => row.key === key);

  const toChange = async (direction: Direction): Promise<void> => {
    const files = listed.peek();
    const from = cursor.peek() ?? inSightFirst();
    const start = Math.max(0, fileIndex(from?.path));
    for (let file = start; file >= 0 && file < files.length; file += direction) {
      const of = files[file];
      if (of === undefined) return;
      if (of.isFolded.peek()) continue;
      await of.load();
      const here = file === start ? rowIndex(of, from?.key ?? null) : direction === 1 ? -1 : Number.POSITIVE_INFINITY;
      const found = changeRows(of).filter((row) => {
        const at = rowsOf(of).indexOf(row);
        return direction === 1 ? at > here : at < here;
      });
      const row = direction === 1 ? found[0] : found.at(-1);
      // A file that has no lines is a change by itself.
      const isOneItself = of.body.peek().kind === 'none' && file !== start;
      if (row !== undefined || isOneItself) return toRow(of, row, false, 'upper');
    }
  };

  return {
    cursor,
    anchor,
    target,
    place,
    step,
    toSide: (side) => {
      const now = cursor.peek();
      if (now !== null) cursor.value = { ...now, side };
    },
    toFile: (direction) => {
      const files = listed.peek();
      const from = cursor.peek() ?? inSightFirst();
      const at = fileIndex(from?.path);
      const next = files[direction === -1 && from?.key !== null ? at : at + direction];
      if (next !== undefined) toRow(next, undefined, false, 'top');
    },
    toChange,
    chosen: () => {
      const of = entry();
      const now = cursor.peek();
      if (of === null || now === null) return null;
      const rows = rowsOf(of);
      const lines = linesOf(of);
      const [first, last] = [now.key, anchor.peek()?.key ?? now.key]
        .map((key) => rows.findIndex((row) => row.key === key))
        .sort((one, other) => one - other);
      if (first === undefined || last === undefined || first < 0) return null;
      const { side } = anchor.peek() ?? now;
      const inRange = rows.slice(first, last + 1).flatMap((row): readonly DiffLine[] => {
        const line = row.kind === 'pair' && side === 'before' ? row.left : lineOfRow(row);
        const found = line === null ? undefined : lines[line];
        return found === undefined || found[side] === null ? [] : [found];
      });
      const [from, to] = [inRange[0]?.[side] ?? null, inRange.at(-1)?.[side] ?? null];
      if (from === null || to === null) return null;
      return { path: of.path, side, from, to, quote: inRange.map(({ text }) => text).join('\n') };
    },
    entry,
    changeCount: () => {
      const files = listed.value;
      let [before, all] = [0, 0];
      const now = cursor.value;
      let isBehind = now === null;
      for (const of of files) {
        const body = of.body.value;
        if (body.kind === 'none') all += 1;
        else if (body.kind !== 'lines') return null;
        else all += body.file.changes.length;
        if (isBehind) continue;
        if (of.path !== now?.path) {
          before = all;
          continue;
        }
        isBehind = true;
        if (body.kind === 'none') before = all;
        else {
          const row = of.rows.value.find(({ key }) => key === now.key);
          const line = row === undefined ? -1 : (lineOfRow(row) ?? -1);
          before += body.file.changes.filter((first) => first <= line).length;
        }
      }
      return all === 0 ? null : { at: before, of: all };
    },
  };
};
