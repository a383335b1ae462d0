import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import { Button } from '../../components/button.tsx';
import { sizeText } from '../../session/text/excerpt.ts';
import { type DrawableImage, drawableImage } from '../../state/drawable-image.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { sizeChange } from '../model/change-words.ts';
import type { FileEntry } from '../state/file-entry.ts';
import { useReview } from '../state/review-context.ts';

/** What stands in place of lines. */
export const FileBody = ({ entry }: { readonly entry: FileEntry }) => {
  const body = entry.body.value;
  const file = entry.file.value;
  switch (body.kind) {
    case 'failed':
      return (
        <div class="note-row">
          <p>{sentencesOf(body.error)}</p>
          <Button onClick={() => void entry.load()}>Try again</Button>
        </div>
      );
    case 'none':
      return file.picture && file.oldBlob !== file.newBlob ? (
        <Pictures file={file} />
      ) : (
        <p class="note-row">{noneWords(file, body.why)}</p>
      );
    default:
      return <div class="file-loading" aria-busy="true" />;
  }
};

const noneWords = (file: ReviewFile, why: 'binary' | 'same' | 'too_large'): string => {
  const size = sizeChange(file);
  if (why === 'too_large') return `Too large to be shown${size === null ? '' : `: ${size}`}.`;
  if (why === 'binary') return `A binary file${size === null ? '' : `: ${size}`}.`;
  if (file.kind === 'mode') return modeWords(file.oldMode, file.newMode);
  if (file.kind === 'renamed') return 'Its content is the same.';
  return file.kind === 'added' || file.kind === 'deleted' ? 'An empty file.' : 'Nothing that is shown differs.';
};

/** `100644` and `100755`, in words. */
const modeWords = (before: string, after: string): string => {
  const isProgram = (mode: string): boolean => mode === '100755';
  if (isProgram(after) && !isProgram(before)) return 'It can be run now: mode 100644 → 100755.';
  if (isProgram(before) && !isProgram(after)) return 'It can not be run any more: mode 100755 → 100644.';
  return `Mode ${before} → ${after}.`;
};

const Pictures = ({ file }: { readonly file: ReviewFile }) => {
  const { picturesOver } = useReview();
  const share = useSignal(50);
  const isOver = picturesOver.value && file.oldBlob !== null && file.newBlob !== null;
  return (
    <div class={isOver ? 'pictures is-over' : 'pictures'} style={isOver ? { '--share': `${share.value}%` } : undefined}>
      <Picture title="Before" blob={file.oldBlob} bytes={file.oldBytes} />
      <Picture title="After" blob={file.newBlob} bytes={file.newBytes} />
      {isOver && (
        <input
          type="range"
          aria-label="How much of the picture after is shown"
          value={share.value}
          onInput={({ currentTarget }) => {
            share.value = Number(currentTarget.value);
          }}
        />
      )}
    </div>
  );
};

type PictureProps = { readonly title: string; readonly blob: string | null; readonly bytes: number | undefined };

/** A picture as it was, or as it is. What it is its own bytes say; what is none is told of by its size. */
const Picture = ({ title, blob, bytes }: PictureProps) => {
  const { source } = useReview();
  const picture = useSignal<DrawableImage | null | 'loading'>('loading');
  useEffect(() => {
    let isWanted = blob !== null;
    if (blob === null) return;
    source
      .blob(blob)
      .then(base64Of)
      .then(drawableImage)
      .catch(() => null)
      .then((found) => {
        if (isWanted) picture.value = found;
      });
    return () => {
      isWanted = false;
    };
  }, [source, blob, picture]);
  if (blob === null) return null;
  const shown = picture.value;
  const size = bytes === undefined ? null : sizeText(bytes);
  if (shown === 'loading') return <figure class="file-loading" aria-busy="true" />;
  return (
    <figure>
      {shown === null ? (
        <p class="note-row">No picture that can be shown.</p>
      ) : (
        <div class="picture-ground">
          <img src={shown.address} width={shown.width} height={shown.height} alt={title} />
        </div>
      )}
      <figcaption class="numbers">
        <b>{title}</b>{' '}
        {[shown === null ? null : `${shown.width.toLocaleString()} × ${shown.height.toLocaleString()} px`, size]
          .filter((part) => part !== null)
          .join(' · ')}
      </figcaption>
    </figure>
  );
};

const base64Of = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/u, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
