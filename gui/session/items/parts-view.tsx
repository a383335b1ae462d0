import { inputText } from '../../../actors/protocol/facts/input-text.ts';
import { Icon } from '../../components/icon.tsx';
import type { Part } from '../model/part.ts';
import { sizeText } from '../text/excerpt.ts';
import { OutwardLink } from '../text/outward-link.tsx';
import { shortLine } from '../text/visible.ts';
import { ImagePart } from './image-part.tsx';
import { Output } from './output.tsx';

type PartsViewProps = {
  readonly parts: readonly Part[];
  /** Who shows them. */
  readonly by: 'agent' | 'you';
  /** Every character is shown, and none is obeyed: for what is read before it is allowed. */
  readonly asIs?: boolean;
};

/** What is shown beside words: pictures as such, whatever cannot be shown by its name and size. */
export const PartsView = ({ parts, by, asIs = false }: PartsViewProps) =>
  parts.length === 0 ? null : (
    <div class="parts">
      {parts.map((part, index) => (
        <PartView key={index} part={part} by={by} asIs={asIs} />
      ))}
    </div>
  );

type PartViewProps = Required<Omit<PartsViewProps, 'parts'>> & { readonly part: Part };

const PartView = ({ part, by, asIs }: PartViewProps) => {
  switch (part.kind) {
    case 'text':
      return <Output output={part.text} label="Text" asIs={asIs} />;
    case 'image': {
      const what = `Image from ${by === 'you' ? 'you' : 'the agent'}`;
      const notShown = <NotShown what="Image" {...part} />;
      return part.data === null ? notShown : <ImagePart data={part.data} name={what} otherwise={notShown} />;
    }
    case 'audio':
      return <NotShown what="Audio" {...part} />;
    case 'link':
      return (
        <p class="part-line">
          <Icon name="document" />
          <span>
            {part.name !== null && part.name !== part.uri && (
              <strong>{shortLine(part.name, maxNameCharacters)} </strong>
            )}
            <OutwardLink address={part.uri} />
            {part.bytes !== null && <span class="quiet"> {sizeText(part.bytes)}</span>}
            {part.description !== null && (
              <span class="quiet"> {shortLine(part.description, maxDescriptionCharacters)}</span>
            )}
          </span>
        </p>
      );
    case 'resource':
      return (
        <figure class="part-resource">
          <figcaption class="part-line">
            <Icon name="document" />
            <OutwardLink address={part.uri} />
          </figcaption>
          {part.text === null ? (
            <NotShown what="Resource" mimeType={part.mimeType} bytes={part.bytes} uri={null} />
          ) : (
            <Output output={part.text} label={`Resource ${shortLine(part.uri, maxNameCharacters)}`} asIs={asIs} />
          )}
        </figure>
      );
    case 'terminal':
      return <NotShown what="Terminal" mimeType={part.terminalId} bytes={null} uri={null} />;
    case 'unknown':
      return (
        <figure class="part-resource">
          <figcaption class="part-line">
            <Icon name="help" />
            <span>Of a kind this version does not know: {shortLine(part.name, maxNameCharacters)}</span>
          </figcaption>
          <Output output={inputText(part.value)} label="As the agent sent it" asIs={asIs} />
        </figure>
      );
  }
};

const maxNameCharacters = 200;
const maxDescriptionCharacters = 400;

type NotShownProps = {
  readonly what: string;
  readonly mimeType: string | null;
  readonly bytes: number | null;
  readonly uri: string | null;
};

/** What there is, where nobody can see or hear it here. */
const NotShown = ({ what, mimeType, bytes, uri }: NotShownProps) => (
  <p class="part-line">
    <Icon name="document" />
    <span>
      {[what, mimeType === null ? null : shortLine(mimeType, 80), bytes === null ? null : sizeText(bytes)]
        .filter((word) => word !== null)
        .join(', ')}
      {uri !== null && (
        <>
          {' '}
          <OutwardLink address={uri} />
        </>
      )}
    </span>
  </p>
);
