import { memo } from 'preact/compat';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { DiffLine } from '../../../actors/model/review/unified-diff.ts';
import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import { visibleLine } from '../../session/text/visible.ts';
import { createLineMarks } from '../model/line-looks.ts';
import { lineOfRow, type Row, type Side } from '../model/rows.ts';
import type { FileEntry } from '../state/file-entry.ts';
import { type ReviewScope, useReview } from '../state/review-context.ts';
import type { Cursor } from '../state/review-cursor.ts';
import { FileBody } from './file-body.tsx';
import { FileHead } from './file-head.tsx';
import { FoldRow } from './fold-row.tsx';
import { LineRow, PairRow } from './line-rows.tsx';
import { ThreadsRow } from './threads-row.tsx';
import type { WhoseLine } from './whose-cell.tsx';

export type FileSectionProps = {
  readonly entry: FileEntry;
  readonly top: number;
  readonly height: number;
  /** The rows that are drawn: from the first up to, and without, the second. */
  readonly from: number;
  readonly to: number;
};

/** Heights that differ by less are the same. */
const samePixels = 0.5;

/** One file: its head, and of its rows those in sight. Where others stand is nothing to it. */
export const FileSection = memo(({ entry, top, height, from, to }: FileSectionProps) => {
  const { cursor, whose } = useReview();
  const element = useRef<HTMLDivElement>(null);
  const rows = entry.rows.value;
  const offsets = entry.offsets.value;
  const shown = rows.slice(from, to);
  const here = cursor.cursor.value?.path === entry.path ? cursor.cursor.value : null;

  const measure = (): void => {
    const found = new Map<number, number>();
    // Of those that are drawn: a file can have 200,000.
    const indexByKey = new Map(shown.map((row, index) => [row.key, from + index]));
    const now = entry.offsets.peek();
    for (const child of element.current?.children ?? []) {
      const key = child instanceof HTMLElement ? child.dataset.key : undefined;
      const index = key === undefined ? undefined : indexByKey.get(key);
      if (key === undefined || index === undefined) continue;
      const real = child.getBoundingClientRect().height;
      if (Math.abs(real - ((now[index + 1] ?? 0) - (now[index] ?? 0))) > samePixels) found.set(index, real);
    }
    if (found.size > 0) entry.measure(found);
  };
  useLayoutEffect(measure);

  // A picture that has come, words that are being written.
  const varying = shown.filter(({ kind }) => kind === 'threads' || kind === 'body').map(({ key }) => key);
  useEffect(() => {
    if (varying.length === 0) return;
    const observer = new ResizeObserver(measure);
    for (const child of element.current?.querySelectorAll(':scope > .varies') ?? []) observer.observe(child);
    return () => observer.disconnect();
  }, [varying.join(), from]);

  // Not by a transform: what is sticky would not know of it.
  const style = { top: `${top}px`, height: `${height}px` };
  return (
    <section class="review-file" aria-label={visibleLine(entry.path)} data-path={entry.path} style={style}>
      <FileHead entry={entry} hasCursor={here !== null && here.key === null} />
      {!entry.isFolded.value && (
        // biome-ignore lint/a11y/useSemanticElements: a group of lines, not of fields
        <div
          ref={element}
          class={whose.isShown.value ? 'review-lines with-whose' : 'review-lines'}
          role="group"
          aria-label={`Changes of ${visibleLine(entry.path)}`}
          style={{ paddingTop: `calc(0.1875rem + ${offsets[from] ?? 0}px)` }}
        >
          <Rows entry={entry} rows={shown} all={rows} cursor={here} />
        </div>
      )}
    </section>
  );
});

type RowsProps = {
  readonly entry: FileEntry;
  readonly rows: readonly Row[];
  readonly all: readonly Row[];
  readonly cursor: Cursor | null;
};

const Rows = ({ entry, rows, all, cursor }: RowsProps) => {
  const scope = useReview();
  const body = entry.body.value;
  const file = body.kind === 'lines' ? body.file : null;
  const marksOf = useMemo(() => (file === null ? null : createLineMarks(file)), [file]);
  const anchor = scope.cursor.anchor.value;
  const hung = scope.comments.hung.value.get(entry.path) ?? [];
  if (file === null || marksOf === null) {
    return (
      <div class="varies" data-key="body">
        <FileBody entry={entry} />
      </div>
    );
  }
  const isBeside = scope.layout.value === 'side';
  const whoseIs = whoseCells(scope, entry);
  const chosen = chosenRows(all, cursor, anchor);

  /** The side on which a row is chosen, or is spoken of by a comment on several lines. */
  const rangeOf = (row: Row): Side | null => {
    if (chosen !== null && anchor !== null && chosen.has(row.key)) return anchor.side;
    for (const { side, from, to } of hung) {
      if (from === to) continue;
      const index = row.kind === 'pair' && side === 'before' ? row.left : lineOfRow(row);
      const number = index === null ? null : (file.lines[index]?.[side] ?? null);
      if (number !== null && number >= from && number <= to) return side;
    }
    return null;
  };

  return (
    <>
      {rows.map((row) => {
        const cursorHere = cursor?.key === row.key ? cursor.side : null;
        const key = row.key;
        switch (row.kind) {
          case 'line': {
            const line = file.lines[row.line];
            if (line === undefined) return null;
            const inRange = rangeOf(row);
            const props = { entry, rowKey: key, index: row.line, line, marksOf, cursor: cursorHere, inRange };
            return <LineRow key={key} {...props} whose={whoseIs(line)} />;
          }
          case 'pair': {
            const props = { entry, rowKey: key, left: row.left, right: row.right, lines: file.lines, marksOf };
            const cell = whoseIs(row.right === null ? undefined : file.lines[row.right]);
            return <PairRow key={key} {...props} whose={cell} cursor={cursorHere} inRange={rangeOf(row)} />;
          }
          case 'fold':
            return <FoldRow key={key} entry={entry} rowKey={key} piece={row.piece} hasCursor={cursorHere !== null} />;
          case 'threads':
            return <ThreadsRow key={key} entry={entry} row={row} isBeside={isBeside} />;
          case 'note':
            return (
              <div key={key} class="code-line line-note" data-key={key}>
                <span class="line-text">{row.text}</span>
              </div>
            );
          default:
            return null;
        }
      })}
    </>
  );
};

/** Of one row after the other: whose its line is, written where that is not the same as of the row before. */
const whoseCells = ({ whose }: ReviewScope, entry: FileEntry): ((line: DiffLine | undefined) => WhoseLine) => {
  if (!whose.isShown.value) return () => 'hidden';
  const found = whose.of(entry).value;
  let last: BlamedLines | null = null;
  return (line) => {
    const block = line?.after == null || found.kind !== 'found' ? null : found.reasons.of(line.after);
    const begins = block !== null && block !== last;
    if (block !== null) last = block;
    return begins ? block : 'as_above';
  };
};

/** The keys of the rows between the cursor and the other end of what is chosen. */
const chosenRows = (rows: readonly Row[], cursor: Cursor | null, anchor: Cursor | null): ReadonlySet<string> | null => {
  if (cursor === null || anchor === null || anchor.path !== cursor.path || anchor.key === cursor.key) return null;
  const [first = 0, last = 0] = [cursor.key, anchor.key]
    .map((key) => rows.findIndex((row) => row.key === key))
    .sort((one, other) => one - other);
  return new Set(rows.slice(Math.max(0, first), last + 1).map(({ key }) => key));
};
