import { useState } from 'preact/hooks';
import type { StoredText } from '../../../actors/protocol/facts/events.ts';
import { excerptOf, sizeText } from '../text/excerpt.ts';
import { PlainText } from '../text/plain-text.tsx';
import { NotKept } from './not-kept.tsx';

const bounds = { headLines: 16, tailLines: 8, characters: 4000 };

type OutputProps = {
  readonly output: StoredText;
  readonly label: string;
  /** Every character is shown, and none is obeyed: for what goes in, and is read before it is allowed. */
  readonly asIs?: boolean;
};

/** What goes into a tool or comes out of it: whole when it is short, otherwise its beginning and end until more is asked for. */
export const Output = ({ output, label, asIs = false }: OutputProps) => {
  const [whole, setWhole] = useState(false);
  const text = output.text.replace(/^\n+|\s+$/gu, '');
  if (text === '') return null;
  const excerpt = excerptOf(text, bounds);
  const isCut = excerpt.hiddenCharacters > 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
    <div class="output" role="group" aria-label={label}>
      <PlainText text={whole ? text : excerpt.head.trimEnd()} asIs={asIs} />
      {isCut && !whole && (
        <>
          <button type="button" class="output-more" onClick={() => setWhole(true)}>
            {excerpt.hiddenLines > 1
              ? `${excerpt.hiddenLines.toLocaleString()} more lines`
              : `${excerpt.hiddenCharacters.toLocaleString()} more characters`}
          </button>
          <PlainText text={excerpt.tail} asIs={asIs} />
        </>
      )}
      {isCut && whole && (
        <button type="button" class="text-button" onClick={() => setWhole(false)}>
          Show less
        </button>
      )}
      {asIs && <NotKept of={output} />}
      {!asIs && output.truncated && (
        <p class="output-size">{sizeText(output.truncated.bytes)} in all. The log keeps the beginning and the end.</p>
      )}
    </div>
  );
};
