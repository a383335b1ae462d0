/** Files below one another in one scroll, each with a head and rows: where what stands. Lengths are in CSS pixels. */
import { indexAt } from './heights.ts';

/** A file as far as its height goes; without rows it is folded. */
export type FileShape = { readonly offsets: Float64Array | null };

/** What is around the rows of each file. */
export type FrameSizes = {
  /** Above each file. */
  readonly gap: number;
  readonly head: number;
  readonly border: number;
  /** Above and below the rows. */
  readonly padding: number;
};

export type ScrollLayout = {
  readonly shapes: readonly FileShape[];
  /** Where each file's gap begins, and where the last file ends. */
  readonly tops: Float64Array;
  readonly sizes: FrameSizes;
};

/** A place in the scroll: a file, one of its rows (or null for its head), and how far into it. */
export type ScrollPlace = { readonly file: number; readonly row: number | null; readonly into: number };

export const scrollLayout = (shapes: readonly FileShape[], sizes: FrameSizes): ScrollLayout => {
  const tops = new Float64Array(shapes.length + 1);
  for (const [at, shape] of shapes.entries()) tops[at + 1] = (tops[at] ?? 0) + sizes.gap + heightOf(shape, sizes);
  return { shapes, tops, sizes };
};

/** A file's own height: with its borders, and without the gap above it. */
export const heightOf = ({ offsets }: FileShape, { head, border, padding }: FrameSizes): number =>
  2 * border + head + (offsets === null ? 0 : 2 * padding + (offsets.at(-1) ?? 0));

/** Where a file begins, below its gap. */
export const topOfFile = ({ tops, sizes }: ScrollLayout, file: number): number => (tops[file] ?? 0) + sizes.gap;

/** Where a file's rows begin. */
const topOfRows = (layout: ScrollLayout, file: number): number =>
  topOfFile(layout, file) + layout.sizes.border + layout.sizes.head + layout.sizes.padding;

export const topOf = (layout: ScrollLayout, { file, row, into }: ScrollPlace): number => {
  const offsets = layout.shapes[file]?.offsets ?? null;
  if (row === null || offsets === null) return topOfFile(layout, file) + into;
  return topOfRows(layout, file) + (offsets[Math.min(row, offsets.length - 1)] ?? 0) + into;
};

export const placeAt = (layout: ScrollLayout, height: number): ScrollPlace => {
  const file = indexAt(layout.tops, height);
  const offsets = layout.shapes[file]?.offsets ?? null;
  const inRows = height - topOfRows(layout, file);
  if (offsets === null || inRows < 0) return { file, row: null, into: height - topOfFile(layout, file) };
  const row = indexAt(offsets, inRows);
  return { file, row, into: inRows - (offsets[row] ?? 0) };
};

export type FileInSight = {
  readonly file: number;
  /** The rows to draw: from the first up to, and without, the second. */
  readonly from: number;
  readonly to: number;
};

/** Rows come and go by so many, so that not each pixel of a scroll draws anew. */
const rowsAtOnce = 16;

/** What is to be drawn of a stretch of the scroll. */
export const inSight = (layout: ScrollLayout, from: number, to: number): readonly FileInSight[] => {
  const found: FileInSight[] = [];
  if (layout.shapes.length === 0) return found;
  for (let file = indexAt(layout.tops, from); file < layout.shapes.length; file += 1) {
    if ((layout.tops[file] ?? 0) > to) break;
    const offsets = layout.shapes[file]?.offsets ?? null;
    const rows = offsets === null ? 0 : offsets.length - 1;
    if (offsets === null || rows === 0) {
      found.push({ file, from: 0, to: 0 });
      continue;
    }
    const top = topOfRows(layout, file);
    const first = indexAt(offsets, from - top);
    const last = indexAt(offsets, to - top);
    found.push({
      file,
      from: first - (first % rowsAtOnce),
      to: Math.min(rows, last - (last % rowsAtOnce) + rowsAtOnce),
    });
  }
  return found;
};

export const isSameSight = (one: readonly FileInSight[], other: readonly FileInSight[]): boolean =>
  one.length === other.length &&
  one.every(({ file, from, to }, index) => {
    const there = other[index];
    return there?.file === file && there.from === from && there.to === to;
  });
