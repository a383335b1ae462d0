import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';
import { type DrawableImage, drawableImage } from '../state/drawable-image.ts';
import { plainLine } from '../state/plain-text.ts';
import { Button } from './button.tsx';

/** A picture that goes along with a prompt. */
export type AttachedImage = DrawableImage & {
  readonly name: string;
  readonly bytes: number;
  readonly data: string;
};

export type AttachedImages = {
  readonly images: ReadonlySignal<readonly AttachedImage[]>;
  /** Takes what was pasted, dropped or chosen, as far as it is pictures and there is room for them. */
  readonly attach: (files: readonly File[]) => Promise<void>;
  readonly remove: (image: AttachedImage) => void;
  readonly clear: () => void;
};

const mostImages = 10;
/** What the runtime takes of one prompt, over all its images. */
const mostBytes = 6 * 1024 * 1024;

/** The pictures of one prompt. `refuse` is told what could not be taken, in a sentence. */
export const useAttachedImages = (refuse: (why: string) => void): AttachedImages => {
  const images = useSignal<readonly AttachedImage[]>([]);
  return useMemo(() => {
    const attachOne = async (file: File): Promise<void> => {
      const taken = images.value.reduce((sum, { bytes }) => sum + bytes, 0);
      const name = plainLine(file.name) || 'Pasted image';
      if (images.value.length >= mostImages) return refuse(`A prompt takes ${mostImages} images at most.`);
      if (taken + file.size > mostBytes)
        return refuse(`${name} is too large: the images of a prompt have 6 MiB in all.`);
      const data = await base64Of(file);
      const image = drawableImage(data);
      if (image === null) return refuse(`${name} is no PNG, JPEG, GIF or WebP that can be shown.`);
      images.value = [...images.value, { ...image, name, bytes: file.size, data }];
    };
    return Object.freeze({
      images,
      attach: async (files) => {
        for (const file of files) await attachOne(file);
      },
      remove: (image) => {
        images.value = images.value.filter((one) => one !== image);
      },
      clear: () => {
        images.value = [];
      },
    } satisfies AttachedImages);
  }, []);
};

/** The files among what is pasted or dropped. */
export const filesIn = (transfer: DataTransfer | null): readonly File[] => [...(transfer?.files ?? [])];

/** The pictures of a prompt as it is sent. */
export const imageParts = (images: readonly AttachedImage[]) =>
  images.map(({ mimeType, data }) => ({ type: 'image' as const, mimeType, data }));

const base64Of = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/u, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

/** What is attached, to be looked at and taken off again. */
export const AttachedImageList = ({ attached }: { readonly attached: AttachedImages }) =>
  attached.images.value.length === 0 ? null : (
    <ul class="attached" aria-label="Attached images">
      {attached.images.value.map((image) => (
        <li key={image.address} class="attached-image">
          <img src={image.address} alt="" width={image.width} height={image.height} />
          <span class="attached-words">
            <span class="one-line">{image.name}</span>
            <span class="quiet numbers">
              {image.width.toLocaleString()} × {image.height.toLocaleString()} ·{' '}
              {Math.ceil(image.bytes / 1000).toLocaleString()} kB
            </span>
          </span>
          <Button look="bare" icon="close" label={`Remove ${image.name}`} onClick={() => attached.remove(image)} />
        </li>
      ))}
    </ul>
  );

/** Chooses pictures from the disk. */
export const AttachButton = ({
  attached,
  class: look,
}: {
  readonly attached: AttachedImages;
  readonly class?: string;
}) => {
  const id = useId();
  return (
    <>
      <input
        id={id}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        accept="image/png,image/jpeg,image/gif,image/webp"
        multiple
        onChange={({ currentTarget }) => {
          void attached.attach([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <Button
        look="bare"
        icon="add"
        label="Attach images"
        {...(look === undefined ? {} : { class: look })}
        onClick={() => document.getElementById(id)?.click()}
      />
    </>
  );
};
