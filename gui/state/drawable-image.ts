/**
 * What a picture is, by its own first bytes: a name that an agent gave it proves nothing. Only raster formats that
 * browsers draw without running anything are known.
 */
import type { PromptPart } from '../../actors/protocol/gateway/prompt-part.ts';

/** The formats that a prompt may bring, too. */
export type DrawableType = Extract<PromptPart, { readonly type: 'image' }>['mimeType'];

/** A picture that may be drawn, and how large it is. */
export type DrawableImage = {
  readonly address: string;
  readonly mimeType: DrawableType;
  readonly width: number;
  readonly height: number;
};

/** What a file of a few kilobytes may blow up to when it is drawn: at four bytes a pixel, 160 MB. */
const maxPixels = 40_000_000;
/** What the page takes into its document at most. */
const maxCharacters = 16_000_000;
/** Where the size of a picture stands at the latest: behind a preview that a camera put in front. */
const headCharacters = 400_000;

type Size = { readonly width: number; readonly height: number };
type Format = { readonly begins: string; readonly sizeOf: (bytes: DataView) => Size | null };

/**
 * The address by which a picture can be drawn; null for whatever is none, is too large, or is of another kind than PNG,
 * JPEG, GIF and WebP.
 */
export const drawableImage = (base64: string): DrawableImage | null => {
  if (base64.length > maxCharacters || !/^[A-Za-z0-9+/]+={0,2}$/u.test(base64)) return null;
  const [mimeType, format] = formats.find(([, { begins }]) => base64.startsWith(begins)) ?? [];
  if (mimeType === undefined || format === undefined) return null;
  const size = sizeIn(base64, format);
  if (size === null || size.width * size.height === 0 || size.width * size.height > maxPixels) return null;
  return { address: `data:${mimeType};base64,${base64}`, mimeType, ...size };
};

const sizeIn = (base64: string, { sizeOf }: Format): Size | null => {
  try {
    const head = atob(base64.slice(0, headCharacters));
    return sizeOf(new DataView(Uint8Array.from(head, (character) => character.charCodeAt(0)).buffer));
  } catch {
    // It ends before it has said how large it is.
    return null;
  }
};

const sizeOfJpeg = (bytes: DataView): Size | null => {
  for (let at = 2; ; ) {
    if (bytes.getUint8(at) !== 0xff) return null;
    const marker = bytes.getUint8(at + 1);
    // The beginning of a frame, of which there are thirteen kinds; the others of that row are tables.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: bytes.getUint16(at + 7), height: bytes.getUint16(at + 5) };
    at += 2 + bytes.getUint16(at + 2);
  }
};

const uint24 = (bytes: DataView, at: number): number => bytes.getUint16(at, true) + bytes.getUint8(at + 2) * 0x1_00_00;

const sizeOfWebp = (bytes: DataView): Size | null => {
  const lossless = bytes.getUint32(21, true);
  switch (bytes.getUint32(12)) {
    case 0x56_50_38_58: // "VP8X"
      return { width: uint24(bytes, 24) + 1, height: uint24(bytes, 27) + 1 };
    case 0x56_50_38_4c: // "VP8L"
      return { width: (lossless & 0x3f_ff) + 1, height: ((lossless >> 14) & 0x3f_ff) + 1 };
    case 0x56_50_38_20: // "VP8 "
      return { width: bytes.getUint16(26, true) & 0x3f_ff, height: bytes.getUint16(28, true) & 0x3f_ff };
    default:
      return null;
  }
};

/** By how their base64 begins. */
const formats: readonly (readonly [DrawableType, Format])[] = [
  [
    'image/png',
    { begins: 'iVBORw0KGgo', sizeOf: (bytes) => ({ width: bytes.getUint32(16), height: bytes.getUint32(20) }) },
  ],
  ['image/jpeg', { begins: '/9j/', sizeOf: sizeOfJpeg }],
  [
    'image/gif',
    {
      begins: 'R0lGOD',
      sizeOf: (bytes) => ({ width: bytes.getUint16(6, true), height: bytes.getUint16(8, true) }),
    },
  ],
  ['image/webp', { begins: 'UklGR', sizeOf: sizeOfWebp }],
];
