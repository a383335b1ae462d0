import { useMemo, useState } from 'preact/hooks';
import { ansiPieces } from './ansi.ts';
import { chunksOf } from './excerpt.ts';
import { visibleText } from './visible.ts';

const chunkCharacters = 16_000;
const chunksAtFirst = 8;

type PlainTextProps = {
  readonly text: string;
  /** Nothing in it is meant for a terminal: what would be obeyed or left out is shown. */
  readonly asIs?: boolean;
};

/** Text as it was written, terminal colours as classes, drawn in pieces so that megabytes do not freeze the window. */
export const PlainText = ({ text, asIs = false }: PlainTextProps) => {
  const [shown, setShown] = useState(chunksAtFirst);
  const chunks = useMemo(() => chunksOf(text, chunkCharacters), [text]);
  const left = chunks.slice(shown).reduce((sum, chunk) => sum + chunk.length, 0);
  return (
    <>
      <pre class="plain-text">
        {chunks.slice(0, shown).map((chunk, index) => (
          <Chunk key={index} text={chunk} asIs={asIs} />
        ))}
      </pre>
      {left > 0 && (
        <button type="button" class="text-button" onClick={() => setShown(shown + chunksAtFirst)}>
          Show more ({left.toLocaleString()} characters left)
        </button>
      )}
    </>
  );
};

const Chunk = ({ text, asIs }: Required<PlainTextProps>) => {
  const pieces = useMemo(() => (asIs ? [{ text: visibleText(text), classes: '' }] : ansiPieces(text)), [text, asIs]);
  return (
    <span class="plain-text-chunk">
      {pieces.map((piece, index) =>
        piece.classes === '' ? (
          piece.text
        ) : (
          <span key={index} class={piece.classes}>
            {piece.text}
          </span>
        ),
      )}
    </span>
  );
};
