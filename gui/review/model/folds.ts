/** Which lines of a file are in sight: its changes with some lines around them, and what the reader has unfolded. */
import { type FileLines, isChange } from './file-lines.ts';

/** Lines from the first index up to, and without, the second. */
export type Span = readonly [from: number, to: number];

export type Piece =
  | { readonly kind: 'lines'; readonly span: Span }
  /** Lines that are the same on both sides, folded. */
  | { readonly kind: 'fold'; readonly span: Span; readonly enclosing: string }
  /** Lines that are not there yet. */
  | { readonly kind: 'gap'; readonly at: number; readonly count: number | null; readonly enclosing: string };

export const contextLines = 3;
/** What one press of a fold's button shows; a fold of no more is unfolded whole. */
export const unfoldStep = 20;
/** Fewer are not worth a fold, which has a height of its own. */
const leastFolded = 3;

/** A file in pieces, from its first line to its last. `revealed` is unfolded, whatever it is. */
export const piecesOf = (file: FileLines, revealed: readonly Span[]): readonly Piece[] => {
  const { lines, gaps } = file;
  const isShown = shownLines(file, revealed);
  const pieces: Piece[] = [];
  const gapAt = (at: number): void => {
    const gap = gaps.get(at);
    if (gap !== undefined) pieces.push({ kind: 'gap', at, ...gap });
  };
  for (let from = 0; from < lines.length; ) {
    gapAt(from);
    let to = from + 1;
    while (to < lines.length && isShown[to] === isShown[from] && !gaps.has(to)) to += 1;
    const span: Span = [from, to];
    if (isShown[from] === 1 || to - from < leastFolded) addLines(pieces, span);
    else pieces.push({ kind: 'fold', span, enclosing: enclosingLine(file, span) });
    from = to;
  }
  gapAt(lines.length);
  return pieces;
};

const addLines = (pieces: Piece[], [from, to]: Span): void => {
  const last = pieces.at(-1);
  if (last?.kind === 'lines' && last.span[1] === from)
    pieces[pieces.length - 1] = { kind: 'lines', span: [last.span[0], to] };
  else pieces.push({ kind: 'lines', span: [from, to] });
};

const shownLines = ({ lines }: FileLines, revealed: readonly Span[]): Uint8Array => {
  const shown = new Uint8Array(lines.length);
  let shownUpTo = 0;
  for (const [index, line] of lines.entries()) {
    if (!isChange(line)) continue;
    shownUpTo = Math.max(shownUpTo, index - contextLines);
    const end = Math.min(lines.length, index + contextLines + 1);
    shown.fill(1, shownUpTo, end);
    shownUpTo = end;
  }
  for (const [from, to] of revealed) shown.fill(1, Math.max(0, from), to);
  return shown;
};

/** How far back a line is looked for that what follows a fold stands in. */
const mostLinesBack = 400;

const enclosingLine = ({ lines }: FileLines, [from, to]: Span): string => {
  const next = lines[to]?.text ?? '';
  const indent = next.trim() === '' ? Number.POSITIVE_INFINITY : indentOf(next);
  for (let at = to - 1; at >= Math.max(from, to - mostLinesBack); at -= 1) {
    const text = lines[at]?.text ?? '';
    if (/^\s*[\p{L}_$@#<]/u.test(text) && (indentOf(text) < indent || indentOf(text) === 0)) return text.trim();
  }
  return '';
};

const indentOf = (text: string): number => text.length - text.trimStart().length;

/** What is unfolded when a fold's button is pressed: at its beginning, at its end, or all of it. */
export const revealedBy = ([from, to]: Span, where: 'start' | 'end' | 'all'): Span => {
  if (where === 'all' || to - from <= unfoldStep) return [from, to];
  return where === 'start' ? [from, from + unfoldStep] : [to - unfoldStep, to];
};
