import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { ContentPart } from '../../actors/protocol/facts/content-part.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { PromptPart } from '../../actors/protocol/gateway/prompt-part.ts';
import { imageTypeOf } from './image-type.ts';

/**
 * What was given with a prompt, as the log keeps it: images whole, files by their path in the folder that the agent works
 * in. Raises `input.invalid` for bytes that are not the image they are called.
 */
export const partsOfPrompt = (given: readonly PromptPart[]): ContentPart[] =>
  given.map((part) => (part.type === 'image' ? imagePart(part) : linkPart(part)));

const imagePart = ({ mimeType, data }: Extract<PromptPart, { type: 'image' }>): ContentPart => {
  const bytes = Buffer.from(data, 'base64');
  if (imageTypeOf(bytes) !== mimeType) {
    throw new ThroughlineError('input.invalid', `what is called ${mimeType} is no such image`, {
      hint: 'give a PNG, JPEG, GIF or WebP image',
    });
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { type: 'image', mimeType, bytes: bytes.byteLength, sha256, data };
};

const linkPart = ({ path }: Extract<PromptPart, { type: 'file' }>): ContentPart => ({
  type: 'link',
  uri: path,
  name: posix.basename(path),
});
