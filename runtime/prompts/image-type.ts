import type { imageTypes } from '../../actors/protocol/gateway/prompt-part.ts';

type ImageType = (typeof imageTypes)[number];

/**
 * What kind of image these bytes begin as; null for none that models read.
 * @example
 * imageTypeOf(Buffer.from('GIF89a…')) // => 'image/gif'
 * imageTypeOf(Buffer.from('<svg>')) // => null
 */
export const imageTypeOf = (bytes: Buffer): ImageType | null => {
  const begins = (text: string, at = 0): boolean => bytes.toString('latin1', at, at + text.length) === text;
  if (begins('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (begins('\xff\xd8\xff')) return 'image/jpeg';
  if (begins('GIF87a') || begins('GIF89a')) return 'image/gif';
  return begins('RIFF') && begins('WEBP', 8) ? 'image/webp' : null;
};
