import { useState } from 'preact/hooks';
import { classes } from '../../components/classes.ts';
import { visibleText } from '../../session/text/visible.ts';
import { looks } from '../colours/code-emitter.ts';
import { codeRangesIn, type LineMarks } from '../model/line-looks.ts';
import { textPieces } from '../model/marked-text.ts';
import type { Side } from '../model/rows.ts';
import type { FileEntry } from '../state/file-entry.ts';

const charactersAtFirst = 2_000;
const charactersPerStep = 50_000;

export type LineTextProps = {
  readonly entry: FileEntry;
  readonly line: number;
  readonly text: string;
  readonly side: Side;
  readonly marks: LineMarks;
};

/** A line's text: harmless, in colours where there are any, its changed words marked. A long one comes in steps. */
export const LineText = ({ entry, line, text, side, marks }: LineTextProps) => {
  const [shown, setShown] = useState(charactersAtFirst);
  const ranges = entry.colours.value[side];
  const start = entry.sides.value[side].starts[line] ?? -1;
  const part = text.slice(0, shown);
  const colours = ranges === null || start < 0 ? [] : codeRangesIn(ranges, start, start + part.length, looks);
  const pieces = textPieces(part, colours, marks.marks);
  return (
    <>
      {pieces.map(({ text: piece, look, isMarked }, index) => {
        const written = visibleLineEnd(piece);
        return look === null && !isMarked ? (
          written
        ) : (
          <span key={index} class={classes(look !== null && `code-${look}`, isMarked && 'word')}>
            {written}
          </span>
        );
      })}
      {text.length > shown && (
        <button type="button" class="text-button" onClick={() => setShown(shown + charactersPerStep)}>
          … {(text.length - shown).toLocaleString()} more characters
        </button>
      )}
    </>
  );
};

/** What hides is made visible, and so is the line end of another system. */
const visibleLineEnd = (text: string): string =>
  text.includes('\r') ? visibleText(text.replaceAll('\r', '\u240d')) : visibleText(text);
