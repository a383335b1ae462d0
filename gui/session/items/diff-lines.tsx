import { useState } from 'preact/hooks';
import type { DiffHunk, DiffLine } from '../../../actors/model/review/unified-diff.ts';
import { classes } from '../../components/classes.ts';
import { visibleText } from '../text/visible.ts';

const linesAtFirst = 80;
const linesPerStep = 800;
const charactersAtFirst = 2000;
const charactersPerStep = 50_000;

const marks: Readonly<Record<DiffLine['kind'], string>> = { added: '+', removed: '−', context: ' ', note: '\\' };
const words: Readonly<Record<DiffLine['kind'], string>> = { added: 'added', removed: 'removed', context: '', note: '' };

/** Hunks of a unified diff with their line numbers; a long one is shown in steps. */
export const DiffLines = ({ hunks, label }: { readonly hunks: readonly DiffHunk[]; readonly label: string }) => {
  const [shown, setShown] = useState(linesAtFirst);
  const total = hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  let left = shown;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of lines, not of fields
    <div class="diff" role="group" aria-label={label}>
      {hunks.map((hunk, index) => {
        if (left <= 0) return null;
        const lines = hunk.lines.slice(0, left);
        left -= lines.length;
        return (
          <div class="diff-hunk" key={hunk.heading}>
            {index > 0 && <div class="diff-gap">{hunk.heading}</div>}
            {lines.map((line) => (
              <Line key={`${line.kind}${line.before}:${line.after}`} line={line} />
            ))}
          </div>
        );
      })}
      {total > shown && (
        <button type="button" class="output-more" onClick={() => setShown(shown + linesPerStep)}>
          {(total - shown).toLocaleString()} more lines
        </button>
      )}
    </div>
  );
};

/** A line is shown in steps, too: one alone can be megabytes long. */
const LineText = ({ text }: { readonly text: string }) => {
  const [shown, setShown] = useState(charactersAtFirst);
  return (
    <>
      {visibleText(text.slice(0, shown))}
      {text.length > shown && (
        <button type="button" class="text-button" onClick={() => setShown(shown + charactersPerStep)}>
          … {(text.length - shown).toLocaleString()} more characters
        </button>
      )}
    </>
  );
};

const Line = ({ line }: { readonly line: DiffLine }) => (
  <div class={classes('diff-line', `diff-${line.kind}`)}>
    <span class="diff-number" aria-hidden="true">
      {line.before ?? ''}
    </span>
    <span class="diff-number" aria-hidden="true">
      {line.after ?? ''}
    </span>
    <span class="diff-mark" aria-hidden="true">
      {marks[line.kind]}
    </span>
    <span class="diff-text">
      {words[line.kind] !== '' && <span class="visually-hidden">{words[line.kind]}: </span>}
      <LineText text={line.text} />
    </span>
  </div>
);
