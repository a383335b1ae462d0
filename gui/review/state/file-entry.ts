/** One file of a review as it is looked at: its lines when they are there, what of them is shown, and how high that is. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import { type FileLines, fileLines } from '../model/file-lines.ts';
import { piecesOf, type Span } from '../model/folds.ts';
import { brokenLines, offsetsOf } from '../model/heights.ts';
import { languageOf } from '../model/languages.ts';
import { type Row, rowsOf, type Side, type ThreadPlaces } from '../model/rows.ts';
import { type SideText, sideText } from '../model/side-text.ts';
import type { Colours } from './colours.ts';
import type { LineRange } from './review-source.ts';

/** Larger texts have no colours. */
const plainFromCharacters = 500_000;

export type FileBody =
  | { readonly kind: 'wanting' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** `isWhole`: from its first line to its last. `cut`: not even all of its changes. */
  | { readonly kind: 'lines'; readonly file: FileLines; readonly isWhole: boolean; readonly cut: boolean }
  /** There are no lines to show: a mode, a rename, a binary file, a text that is too large. */
  | { readonly kind: 'none'; readonly why: 'binary' | 'same' | 'too_large' };

/** What text is drawn with, in CSS pixels and columns. */
export type TextMetrics = {
  readonly rem: number;
  readonly lineHeight: number;
  /** How many columns a line has, unified and side by side. */
  readonly room: number;
  readonly roomBeside: number;
};

/** What a comment, or one that is being written, hangs on. */
export type Hung = LineRange & { readonly key: string };

export type FileEntry = {
  readonly path: string;
  readonly file: Signal<ReviewFile>;
  readonly body: ReadonlySignal<FileBody>;
  readonly isFolded: Signal<boolean>;
  readonly rows: ReadonlySignal<readonly Row[]>;
  /** Where each row begins, and where the last one ends. */
  readonly offsets: ReadonlySignal<Float64Array>;
  readonly lineOf: (side: Side, number: number) => number | null;
  readonly sides: ReadonlySignal<Readonly<Record<Side, SideText>>>;
  readonly colours: ReadonlySignal<Readonly<Record<Side, Uint32Array | null>>>;
  readonly reveal: (span: Span) => void;
  /** Takes the heights that rows really have, by their indices. */
  readonly measure: (heights: ReadonlyMap<number, number>) => void;
  readonly load: () => Promise<void>;
  readonly close: () => void;
};

export type FileEntryDependencies = {
  readonly layout: ReadonlySignal<'unified' | 'side'>;
  readonly metrics: ReadonlySignal<TextMetrics>;
  /** What hangs on lines of files, by path. */
  readonly hung: ReadonlySignal<ReadonlyMap<string, readonly Hung[]>>;
  /** A file's patch with so many lines around its changes; with null, the whole file. */
  readonly fetchPatch: (file: ReviewFile, context: number | null) => Promise<RouteAnswer<'reviewPatch'>>;
  readonly colourText: Colours['ofText'];
};

const fewLines = 3;
const isTooLong = ({ text }: Pick<SideText, 'text'>): boolean => text.length > plainFromCharacters;
const plainRow: Row = { kind: 'note', key: 'plain', text: 'Plain: too large for colours' };
const cutRow: Row = { kind: 'note', key: 'cut', text: 'There is more: the changes are too long to be shown whole' };
const bodyRow: readonly Row[] = [{ kind: 'body', key: 'body' }];
const noNumbers: Readonly<Record<Side, ReadonlyMap<number, number>>> = { before: new Map(), after: new Map() };
const noColours: Readonly<Record<Side, Uint32Array | null>> = { before: null, after: null };
const noText: SideText = { text: '', starts: new Int32Array() };

export const createFileEntry = (first: ReviewFile, dependencies: FileEntryDependencies): FileEntry => {
  const { layout, metrics, hung, fetchPatch, colourText } = dependencies;
  const { path } = first;
  const file = signal(first);
  const body = signal<FileBody>({ kind: 'wanting' });
  const revealed = signal<readonly Span[]>([]);
  let measured = { room: '', heights: new Map<string, number>() };
  /** How often something was measured: of 200,000 rows only those are changed that are another than was expected. */
  const measures = signal(0);
  const colours = signal(noColours);
  const closing = new AbortController();

  const numbers = computed(() => {
    const shown = body.value;
    if (shown.kind !== 'lines') return noNumbers;
    const found = { before: new Map<number, number>(), after: new Map<number, number>() };
    for (const [index, { before, after }] of shown.file.lines.entries()) {
      if (before !== null) found.before.set(before, index);
      if (after !== null) found.after.set(after, index);
    }
    return found;
  });
  const lineOf = (side: Side, number: number): number | null => numbers.value[side].get(number) ?? null;

  const sides = computed(() => {
    const shown = body.value;
    if (shown.kind !== 'lines') return { before: noText, after: noText };
    return { before: sideText(shown.file.lines, 'before'), after: sideText(shown.file.lines, 'after') };
  });

  /** The line that something hangs below; of lines that are not here, the nearest that is. */
  const lineBelow = ({ side, to }: Hung, { lines }: FileLines): number | null => {
    const line = lineOf(side, to);
    if (line !== null || lines.length === 0) return line;
    let nearest = 0;
    for (const [index, known] of lines.entries()) if ((known[side] ?? Number.POSITIVE_INFINITY) <= to) nearest = index;
    return nearest;
  };

  const isPlain = ({ isWhole }: Extract<FileBody, { readonly kind: 'lines' }>): boolean =>
    languageOf(path) !== null && (!isWhole || Object.values(sides.value).some(isTooLong));

  const rows = computed((): readonly Row[] => {
    const shown = body.value;
    if (shown.kind !== 'lines') return bodyRow;
    const threads = new Map<number, Side[]>();
    const seen: Span[] = [...revealed.value];
    for (const each of hung.value.get(path) ?? []) {
      const line = lineBelow(each, shown.file);
      if (line === null) continue;
      const sidesHere = threads.get(line) ?? [];
      if (!sidesHere.includes(each.side)) threads.set(line, [...sidesHere, each.side]);
      // What is spoken of is seen, with the lines around it.
      seen.push([(lineOf(each.side, each.from) ?? line) - fewLines, line + fewLines + 1]);
    }
    const lines = rowsOf(shown.file, piecesOf(shown.file, seen), threads satisfies ThreadPlaces, layout.value);
    return [...(isPlain(shown) ? [plainRow] : []), ...lines, ...(shown.cut ? [cutRow] : [])];
  });

  const room = computed(() => `${layout.value} ${metrics.value.room} ${metrics.value.rem}`);
  /** What each row is high: as it was measured where there is so much room, else as it is to be expected. */
  const heights = computed((): Float64Array => {
    const shown = body.value;
    const lines = shown.kind === 'lines' ? shown.file.lines : [];
    const drawnWith = metrics.value;
    const known = measured.room === room.value ? measured.heights : null;
    const estimate = estimateOf(file.value, drawnWith);
    return Float64Array.from(
      rows.value,
      (row) => known?.get(row.key) ?? (row.kind === 'body' ? estimate : rowHeight(row, lines, drawnWith)),
    );
  });
  const offsets = computed((): Float64Array => {
    measures.value;
    return offsetsOf(heights.value);
  });

  const colour = async (shown: FileBody): Promise<void> => {
    colours.value = noColours;
    const language = languageOf(path);
    if (shown.kind !== 'lines' || language === null || !shown.isWhole) return;
    for (const side of ['after', 'before'] as const) {
      const { text } = sides.peek()[side];
      if (text === '' || isTooLong({ text })) continue;
      const ranges = await colourText(text, language);
      // Meanwhile another text may have taken its place.
      if (ranges === null || body.peek() !== shown || closing.signal.aborted) return;
      colours.value = { ...colours.peek(), [side]: ranges };
    }
  };

  const show = (next: FileBody): void => {
    body.value = next;
    void colour(next);
  };

  /** The whole file; of one that is too long for that its changes, with some lines around them. */
  const fetchBody = async (context: number | null): Promise<FileBody> => {
    const patch = await fetchPatch(file.peek(), context);
    if (patch.binary) return { kind: 'none', why: 'binary' };
    if (patch.cut && context === null) return fetchBody(fewLines);
    const lines = fileLines(patch.text, context);
    if (lines.lines.length > 0) return { kind: 'lines', file: lines, isWhole: context === null, cut: patch.cut };
    return { kind: 'none', why: patch.tooLarge || patch.cut ? 'too_large' : 'same' };
  };

  const fetchAndShow = async (): Promise<void> => {
    try {
      const next = await fetchBody(null);
      if (!closing.signal.aborted) show(next);
    } catch (error) {
      if (!closing.signal.aborted) body.value = { kind: 'failed', error };
    }
  };

  return {
    path,
    file,
    body,
    isFolded: signal(first.viewed === 'yes'),
    rows,
    offsets,
    lineOf,
    sides,
    colours,
    reveal: (span) => {
      revealed.value = [...revealed.peek(), span];
    },
    measure: (found) => {
      if (measured.room !== room.peek()) measured = { room: room.peek(), heights: new Map() };
      for (const [index, height] of found) {
        const row = rows.peek()[index];
        if (row === undefined) continue;
        measured.heights.set(row.key, height);
        heights.peek()[index] = height;
      }
      measures.value += 1;
    },
    load: async () => {
      const { kind } = body.peek();
      if (kind !== 'wanting' && kind !== 'failed') return;
      if (hasNoLines(file.peek())) {
        body.value = { kind: 'none', why: file.peek().additions === null ? 'binary' : 'same' };
        return;
      }
      body.value = { kind: 'loading' };
      await fetchAndShow();
    },
    close: () => closing.abort(),
  };
};

/** Binary and large files are compared by their sizes; of a rename or a mode alone there are no lines. */
const hasNoLines = ({ additions, deletions, oldBlob, newBlob }: ReviewFile): boolean =>
  additions === null || (additions === 0 && deletions === 0) || oldBlob === newBlob;

/** The height of what is not there yet: as many lines as were added and taken out, and some around them. */
const estimateOf = (file: ReviewFile, { lineHeight, rem }: TextMetrics): number => {
  if (file.additions === null) return 14 * rem;
  if (hasNoLines(file)) return 2.5 * rem;
  return Math.max(2, file.additions + (file.deletions ?? 0) + (file.kind === 'added' ? 0 : 2 * fewLines)) * lineHeight;
};

const rowHeight = (row: Row, lines: FileLines['lines'], { lineHeight, rem, room, roomBeside }: TextMetrics): number => {
  const brokenAt = (line: number | null, columns: number): number =>
    line === null ? 1 : brokenLines(lines[line]?.text ?? '', columns);
  switch (row.kind) {
    case 'line':
      return brokenAt(row.line, room) * lineHeight;
    case 'pair':
      return Math.max(brokenAt(row.left, roomBeside), brokenAt(row.right, roomBeside)) * lineHeight;
    case 'note':
      return lineHeight;
    case 'fold':
      return 1.875 * rem;
    default:
      return 6 * rem;
  }
};
