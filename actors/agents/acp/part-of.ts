/** A block of an agent's content as the part that the log keeps of it. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { storedText, storedValue } from '../../model/run/stored-text.ts';
import type { ContentPart } from '../../protocol/facts/content-part.ts';

const maxUriBytes = 4_096;
const maxWordsBytes = 2_048;
const maxNameCharacters = 100;
/** Pictures are seldom as small as texts are: their base64 may have this many times the bound of a text. */
const dataTimesText = 4;

/** An optional text; one that is none costs itself. */
const words = z
  .string()
  .transform((text) => storedText(text, maxWordsBytes).text)
  .optional()
  .catch(undefined);
const uri = z.string().transform((text) => storedText(text, maxUriBytes).text);
const optionalUri = uri.optional().catch(undefined);

const blocks = {
  text: z.object({ text: z.string() }),
  bytes: z.object({ type: z.enum(['image', 'audio']), data: z.string(), mimeType: words, uri: optionalUri }),
  resource_link: z.object({
    uri,
    name: words,
    title: words,
    description: words,
    mimeType: words,
    size: z.number().optional().catch(undefined),
  }),
  resource: z.object({
    resource: z.object({ uri, mimeType: words, text: z.string().optional(), blob: z.string().optional() }),
  }),
} as const;

const named = z.looseObject({ type: z.string() });

/**
 * The part that is kept of a content block, its texts bounded to `maxBytes` of UTF-8 and its base64 to four times that:
 * beyond it only the number and SHA-256 of the bytes are kept. What is no block of the protocol, as base64 that is none,
 * is an unknown part with the block itself, bounded. Null for nothing at all.
 * @example
 * partOf({ type: 'text', text: 'a' }, 1_000) // => { type: 'text', text: { text: 'a' } }
 * partOf({ type: 'hologram', depth: 3 }, 1_000) // => { type: 'unknown', name: 'hologram', value: { type: 'hologram', depth: 3 } }
 */
export const partOf = (block: unknown, maxBytes: number): ContentPart | null => {
  if (block === null || block === undefined) return null;
  const type = named.safeParse(block).data?.type ?? 'unnamed';
  return (
    knownPart(type, block, maxBytes) ?? {
      type: 'unknown',
      name: type.slice(0, maxNameCharacters),
      value: storedValue(block, maxBytes),
    }
  );
};

/** The part of a block of a kind we know that is as the protocol says; null for any other. */
const knownPart = (type: string, block: unknown, maxBytes: number): ContentPart | null => {
  switch (type) {
    case 'text': {
      const parsed = blocks.text.safeParse(block);
      return parsed.success ? { type: 'text', text: storedText(parsed.data.text, maxBytes) } : null;
    }
    case 'image':
    case 'audio': {
      const parsed = blocks.bytes.safeParse(block);
      if (!parsed.success) return null;
      const { data, ...rest } = parsed.data;
      const stored = storedBytes(data, maxBytes);
      return stored === null ? null : { ...rest, ...stored };
    }
    case 'resource_link': {
      const parsed = blocks.resource_link.safeParse(block);
      if (!parsed.success) return null;
      const { size, ...rest } = parsed.data;
      return { type: 'link', ...rest, ...(size === undefined ? {} : { bytes: size }) };
    }
    case 'resource': {
      const parsed = blocks.resource.safeParse(block);
      if (!parsed.success) return null;
      const { text, blob, ...rest } = parsed.data.resource;
      const stored = blob === undefined ? {} : storedBytes(blob, maxBytes);
      if (stored === null) return null;
      return {
        type: 'resource',
        ...rest,
        ...(text === undefined ? {} : { text: storedText(text, maxBytes) }),
        ...stored,
      };
    }
    default:
      return null;
  }
};

/** What is kept of bytes in base64; null when it is no base64. The text of it is never copied. */
const storedBytes = (
  data: string,
  maxBytes: number,
): { readonly bytes: number; readonly sha256: string; readonly data?: string } | null => {
  if (!isBase64(data)) return null;
  return {
    bytes: Buffer.byteLength(data, 'base64'),
    sha256: createHash('sha256').update(data, 'base64').digest('hex'),
    ...(data.length > dataTimesText * maxBytes ? {} : { data }),
  };
};

/** Padding may be left out, as some agents do; a single character at the end stands for no byte. */
const isBase64 = (text: string): boolean => {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && (text.length - padding) % 4 !== 1;
};
