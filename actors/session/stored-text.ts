import { createHash } from 'node:crypto';
import type { StoredText } from '../protocol/events.ts';

/**
 * A text as the log keeps it: whole up to `maxBytes` of UTF-8, otherwise its head (three quarters) and tail (one) with
 * a line between them that says what is missing, and the whole's size and SHA-256.
 */
export const storedText = (text: string, maxBytes: number): StoredText => {
  // A character has at most three bytes per UTF-16 unit, so most texts need not be encoded to be measured.
  if (text.length * 3 <= maxBytes) return { text };
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.byteLength <= maxBytes) return { text };
  const head = wholeCharacters(bytes.subarray(0, Math.floor(maxBytes * 0.75)));
  const tailBytes = bytes.subarray(bytes.byteLength - Math.floor(maxBytes * 0.25));
  const tail = tailBytes.subarray(firstBoundary(tailBytes)).toString('utf8');
  const left = bytes.byteLength - Buffer.byteLength(head) - Buffer.byteLength(tail);
  return {
    text: `${head}\n… ${left} bytes left out …\n${tail}`,
    truncated: { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') },
  };
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

const firstBoundary = (bytes: Uint8Array): number => {
  let at = 0;
  while (isContinuation(bytes[at])) at += 1;
  return at;
};

const wholeCharacters = (bytes: Buffer): string => {
  let end = bytes.byteLength;
  while (end > 0 && isContinuation(bytes[end - 1])) end -= 1;
  // The last character may be whole: decoding with the boundary just before its first byte is safe either way.
  return bytes.subarray(0, Math.max(0, end - 1)).toString('utf8');
};

/** A value as the log keeps it: as it is when its JSON is small enough, otherwise its JSON as bounded text. */
export const storedValue = (value: unknown, maxBytes: number): unknown => {
  const json = JSON.stringify(value) ?? 'null';
  if (json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes) return value;
  return { truncatedJson: storedText(json, maxBytes) };
};
