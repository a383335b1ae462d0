/**
 * What an agent shows beside plain text, as the log keeps it: each block of the protocol's content is one part, bounded
 * by size. What is too large for the log is known by its size and SHA-256.
 */
import * as z from 'zod';

/** Text as it is stored: whole, or its head and tail with the size and hash of what it was. */
export const storedText = z.object({
  text: z.string(),
  truncated: z.object({ bytes: z.number(), sha256: z.string() }).optional(),
});
export type StoredText = z.infer<typeof storedText>;

/** Bytes as they are stored: in base64 when there are few enough of them, and always their number and hash. */
const storedBytes = {
  mimeType: z.string().optional(),
  bytes: z.number(),
  sha256: z.string(),
  data: z.string().optional(),
  uri: z.string().optional(),
} as const;

const known = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: storedText }),
  z.looseObject({ type: z.literal('image'), ...storedBytes }),
  z.looseObject({ type: z.literal('audio'), ...storedBytes }),
  /** A resource that is only pointed at. */
  z.looseObject({
    type: z.literal('link'),
    uri: z.string(),
    name: z.string().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    mimeType: z.string().optional(),
    bytes: z.number().optional(),
  }),
  /** A resource with its content: text, or bytes. */
  z.looseObject({
    type: z.literal('resource'),
    uri: z.string(),
    mimeType: z.string().optional(),
    text: storedText.optional(),
    bytes: z.number().optional(),
    sha256: z.string().optional(),
    data: z.string().optional(),
  }),
  /** The output of a command in a terminal of ours. */
  z.looseObject({ type: z.literal('terminal'), terminalId: z.string() }),
  /** A block of a kind that this program does not know, as the agent sent it. */
  z.looseObject({ type: z.literal('unknown'), name: z.string(), value: z.unknown() }),
]);

/** A part; one of a kind that only a newer program knows is read as unknown. */
export const contentPart = known.or(
  z.looseObject({ type: z.string() }).transform((part) => ({ type: 'unknown' as const, name: part.type, value: part })),
);
export type ContentPart = z.infer<typeof contentPart>;
