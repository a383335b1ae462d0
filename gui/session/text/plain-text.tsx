import { useMemo, useState } from 'preact/hooks';
import { ansiPieces } from './ansi.ts';
import { chunksOf } from './excerpt.ts';

const chunkCharacters = 16_000;
const chunksAtFirst = 8;

/** Text as it was written, terminal colours as classes, drawn in pieces so that megabytes do not freeze the window. */
export const PlainText = ({ text }: { readonly text: string }) => {
  const [shown, setShown] = useState(chunksAtFirst);
  const chunks = useMemo(() => chunksOf(text, chunkCharacters), [text]);
  const left = chunks.slice(shown).reduce((sum, chunk) => sum + chunk.length, 0);
  return (
    <>
      <pre class="plain-text">
        {chunks.slice(0, shown).map((chunk, index) => (
          <Chunk key={index} text={chunk} />
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

const Chunk = ({ text }: { readonly text: string }) => {
  const pieces = useMemo(() => ansiPieces(text), [text]);
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
