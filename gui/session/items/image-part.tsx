import type { ComponentChild } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.tsx';
import { drawableImage } from '../../state/drawable-image.ts';

type ImagePartProps = {
  /** The picture's bytes in base64. */
  readonly data: string;
  /** What it is called where it can be seen and where not. */
  readonly name: string;
  /** What stands in its place when it cannot be drawn. */
  readonly otherwise: ComponentChild;
};

/** A picture, as large as there is room for; pressed, as large as the window. */
export const ImagePart = ({ data, name, otherwise }: ImagePartProps) => {
  const image = useMemo(() => drawableImage(data), [data]);
  const [isLarge, setLarge] = useState(false);
  if (image === null) return <>{otherwise}</>;
  const { address, width, height } = image;
  const words = `${name}, ${width.toLocaleString()} × ${height.toLocaleString()}`;
  return (
    <>
      <button type="button" class="image-part" title={`${words}: enlarge`} onClick={() => setLarge(true)}>
        <img src={address} alt={words} width={width} height={height} decoding="async" draggable={false} />
      </button>
      {isLarge && (
        <Dialog title={words} size="large" class="image-dialog" onClose={() => setLarge(false)}>
          <img src={address} alt={words} width={width} height={height} />
        </Dialog>
      )}
    </>
  );
};
