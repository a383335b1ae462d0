import { memo } from 'preact/compat';
import type { DiffLine } from '../../../actors/model/review/unified-diff.ts';
import { classes } from '../../components/classes.ts';
import type { LineMarks } from '../model/line-looks.ts';
import type { Side } from '../model/rows.ts';
import type { FileEntry } from '../state/file-entry.ts';
import { LineText } from './line-text.tsx';
import { WhoseCell, type WhoseLine } from './whose-cell.tsx';

const marks: Readonly<Record<DiffLine['kind'], string>> = { added: '+', removed: '−', context: '', note: '\\' };
const words: Readonly<Record<DiffLine['kind'], string>> = {
  added: 'added: ',
  removed: 'removed: ',
  context: '',
  note: '',
};

type Look = {
  /** Which side the cursor stands on; null when it stands elsewhere. */
  readonly cursor: Side | null;
  /** The side of the lines that are chosen or spoken of, if this is one of them. */
  readonly inRange: Side | null;
};

export type LineRowProps = Look & {
  readonly entry: FileEntry;
  readonly rowKey: string;
  readonly index: number;
  readonly line: DiffLine;
  readonly marksOf: (line: number) => LineMarks;
  readonly whose: WhoseLine;
};

/** A line of the file as it was, as it is, or both. Drawn anew when it is another: others come and go around it. */
export const LineRow = memo(({ entry, rowKey, index, line, marksOf, whose, cursor, inRange }: LineRowProps) => {
  const side: Side = line.after === null ? 'before' : 'after';
  const found = marksOf(index);
  return (
    <div
      class={classes('code-line', `line-${line.kind}`, inRange !== null && 'in-range', cursor !== null && 'has-cursor')}
      data-key={rowKey}
      title={found.isTooLong ? 'Words not marked: the line is too long' : undefined}
    >
      <WhoseCell whose={whose} />
      <LineNumber of={line} side="before" />
      <LineNumber of={line} side="after" />
      <Text entry={entry} index={index} line={line} side={side} marks={found} />
    </div>
  );
});

export type PairRowProps = Look & {
  readonly entry: FileEntry;
  readonly rowKey: string;
  readonly left: number | null;
  readonly right: number | null;
  readonly lines: readonly DiffLine[];
  readonly marksOf: (line: number) => LineMarks;
  readonly whose: WhoseLine;
};

/** The line as it was, and beside it as it is. */
export const PairRow = memo(({ entry, rowKey, left, right, lines, marksOf, whose, cursor, inRange }: PairRowProps) => (
  <div class="pair" data-key={rowKey}>
    <WhoseCell whose={whose} />
    <Half entry={entry} index={left} lines={lines} marksOf={marksOf} side="before" cursor={cursor} inRange={inRange} />
    <Half entry={entry} index={right} lines={lines} marksOf={marksOf} side="after" cursor={cursor} inRange={inRange} />
  </div>
));

type HalfProps = Look & {
  readonly entry: FileEntry;
  readonly index: number | null;
  readonly lines: readonly DiffLine[];
  readonly marksOf: (line: number) => LineMarks;
  readonly side: Side;
};

const Half = ({ entry, index, lines, marksOf, side, cursor, inRange }: HalfProps) => {
  const line = index === null ? undefined : lines[index];
  if (index === null || line === undefined) return <div class="code-line line-none" />;
  const found = marksOf(index);
  return (
    <div
      class={classes('code-line', `line-${line.kind}`, inRange === side && 'in-range', cursor === side && 'has-cursor')}
      data-side={side}
      title={found.isTooLong ? 'Words not marked: the line is too long' : undefined}
    >
      <LineNumber of={line} side={side} />
      <Text entry={entry} index={index} line={line} side={side} marks={found} />
    </div>
  );
};

/** The lines are counted for the eyes; who hears them hears their numbers when the cursor comes to them. */
const LineNumber = ({ of, side }: { readonly of: DiffLine; readonly side: Side }) => (
  <span class="line-number" data-side={side} aria-hidden="true">
    {of[side] ?? ''}
  </span>
);

type TextProps = {
  readonly entry: FileEntry;
  readonly index: number;
  readonly line: DiffLine;
  readonly side: Side;
  readonly marks: LineMarks;
};

const Text = ({ entry, index, line, side, marks: found }: TextProps) => (
  <>
    <span class="line-mark" aria-hidden="true">
      {marks[line.kind]}
    </span>
    <span class="line-text">
      {words[line.kind] !== '' && <span class="visually-hidden">{words[line.kind]}</span>}
      <LineText entry={entry} line={index} text={line.text} side={side} marks={found} />
    </span>
  </>
);
