/** A file's patch as a person reads it at a terminal: numbers of both sides, words marked, comments below their lines. */
import type { DiffHunk, DiffLine, FileDiff } from '../../../actors/model/review/unified-diff.ts';
import { type Mark, pairLines, wordMarks } from '../../../actors/model/review/word-marks.ts';
import type { PlacedComment } from '../../../actors/protocol/gateway/review-routes.ts';
import type { Colours } from '../invocation/terminal.ts';
import { displayWidth } from '../text/display-width.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';
import { clockTime } from './clock-time.ts';
import { placeWords, stateWords } from './review-words.ts';

const maxLineCharacters = 2_000;
const tab = '    ';

type Look = { readonly columns: number; readonly colours: Colours };
type Piece = { readonly text: string; readonly marked: boolean };

/** The lines of a patch, each with its line end; nothing in them can move the cursor. */
export const patchLines = (diff: FileDiff, comments: readonly PlacedComment[], look: Look): string => {
  const numberWidth = Math.max(3, ...diff.hunks.map((hunk) => String(lastNumberOf(hunk)).length));
  const left = new Set(comments);
  const lines: string[] = [];
  let shownUntil = 0;
  for (const hunk of diff.hunks) {
    const first = hunk.lines.find(({ before }) => before !== null)?.before ?? shownUntil + 1;
    const folded = first - shownUntil - 1;
    if (folded > 0) lines.push(look.colours.dim(`${' '.repeat(2 * numberWidth + 3)}⋯ ${unchanged(folded)}`));
    const marks = marksOf(hunk.lines);
    hunk.lines.forEach((line, index) => {
      lines.push(...drawn(line, marks.get(index) ?? [], numberWidth, look));
      for (const comment of left) {
        if (!endsAt(comment, line)) continue;
        left.delete(comment);
        lines.push(...commentBox(comment, numberWidth, look));
      }
    });
    shownUntil = lastBeforeOf(hunk) ?? shownUntil;
  }
  for (const comment of left) lines.push(...commentBox(comment, numberWidth, look));
  return lines.map((line) => `${line}\n`).join('');
};

const unchanged = (lines: number): string => (lines === 1 ? 'one unchanged line' : `${lines} unchanged lines`);

const lastBeforeOf = ({ lines }: DiffHunk): number | null =>
  lines.findLast(({ before }) => before !== null)?.before ?? null;

const lastNumberOf = (hunk: DiffHunk): number =>
  Math.max(lastBeforeOf(hunk) ?? 0, hunk.lines.findLast(({ after }) => after !== null)?.after ?? 0);

const endsAt = ({ side, lines }: PlacedComment, line: DiffLine): boolean =>
  lines !== null && (side === 'before' ? line.before : line.after) === lines.to;

/** The words that differ, by the indexes of their lines: those of a block of removed lines and the added ones after it. */
const marksOf = (lines: readonly DiffLine[]): ReadonlyMap<number, readonly Mark[]> => {
  const marks = new Map<number, readonly Mark[]>();
  for (let at = 0; at < lines.length; ) {
    const removed = runOf(lines, at, 'removed');
    const added = runOf(lines, at + removed.length, 'added');
    for (const [from, to] of pairLines(removed, added)) {
      const [before, after] = [at + from, at + removed.length + to];
      const found = wordMarks(removed[from] ?? '', added[to] ?? '');
      if (found.kind !== 'marked') continue;
      marks.set(before, found.before);
      marks.set(after, found.after);
    }
    at += Math.max(1, removed.length + added.length);
  }
  return marks;
};

const runOf = (lines: readonly DiffLine[], from: number, kind: DiffLine['kind']): readonly string[] => {
  const run: string[] = [];
  for (let at = from; lines[at]?.kind === kind; at += 1) run.push(lines[at]?.text ?? '');
  return run;
};

const drawn = (line: DiffLine, marks: readonly Mark[], numberWidth: number, look: Look): readonly string[] => {
  const { colours, columns } = look;
  const number = (value: number | null): string => String(value ?? '').padStart(numberWidth);
  const gutter = `${number(line.before)} ${number(line.after)} `;
  if (line.kind === 'note') return [colours.dim(`${' '.repeat(gutter.length)}  ${sanitiseLine(line.text)}`)];
  const sign = line.kind === 'added' ? '+' : line.kind === 'removed' ? '−' : ' ';
  const colour = line.kind === 'added' ? colours.green : line.kind === 'removed' ? colours.red : String;
  const rows = rowsOf(piecesOf(line.text, marks), Math.max(20, columns - gutter.length - 2));
  return rows.map((row, index) => {
    const text = row.map((piece) => colour(piece.marked ? colours.underline(piece.text) : piece.text)).join('');
    const margin = index === 0 ? `${colours.dim(gutter)}${colour(sign)} ` : ' '.repeat(gutter.length + 2);
    return (margin + text).trimEnd();
  });
};

const piecesOf = (line: string, marks: readonly Mark[]): readonly Piece[] => {
  const text = line.slice(0, maxLineCharacters);
  const pieces: Piece[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    pieces.push({ text: text.slice(at, start), marked: false }, { text: text.slice(start, end), marked: true });
    at = end;
  }
  pieces.push({ text: text.slice(at), marked: false });
  if (line.length > text.length)
    pieces.push({ text: ` … ${line.length - text.length} characters more`, marked: false });
  // A carriage return is no end of a line here: it is shown.
  return pieces.map((piece) => ({ ...piece, text: harmless(piece.text) })).filter(({ text: shown }) => shown !== '');
};

const harmless = (text: string): string =>
  sanitise(text.replaceAll('\r', '␍')).replaceAll('\t', tab).replaceAll('\n', '␊');

/** The pieces in rows of so many columns. */
const rowsOf = (pieces: readonly Piece[], columns: number): readonly (readonly Piece[])[] => {
  const rows: Piece[][] = [[]];
  let width = 0;
  for (const { text, marked } of pieces) {
    let kept = '';
    for (const character of text) {
      const wide = displayWidth(character);
      if (width + wide > columns) {
        rows.at(-1)?.push({ text: kept, marked });
        rows.push([]);
        [kept, width] = ['', 0];
      }
      kept += character;
      width += wide;
    }
    rows.at(-1)?.push({ text: kept, marked });
  }
  return rows;
};

const commentBox = (comment: PlacedComment, numberWidth: number, { columns, colours }: Look): readonly string[] => {
  const margin = ' '.repeat(2 * numberWidth + 2);
  const room = Math.max(20, columns - margin.length - 2);
  const said = comment.text.split('\n').flatMap((line) => wrap(sanitiseLine(line), room));
  const state = `${placeWords(comment)} · ${stateWords(comment)} · ${clockTime(comment.at)}`;
  return [
    `${margin}${colours.cyan('┌')} ${colours.dim(sanitiseLine(state))}`,
    ...said.map((line) => `${margin}${colours.cyan('│')} ${line}`),
    `${margin}${colours.cyan('└')} ${colours.dim(comment.commentId.slice(0, 13))}`,
  ];
};
