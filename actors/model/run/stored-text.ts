import { createHash } from 'node:crypto';
import type { StoredText } from '../../protocol/facts/events.ts';
import { leftOutLine } from '../../protocol/facts/input-text.ts';

/**
 * A text as the log keeps it: whole up to `maxBytes` of UTF-8, otherwise its head (three quarters) and tail (one) with
 * a line between them that says what is missing, and the whole's size and SHA-256.
 * @example
 * storedText('short', 1_000) // => { text: 'short' }
 * storedText('0123456789', 8).text // => '012345\n… 2 bytes left out …\n89'
 * storedText('0123456789', 8).truncated?.bytes // => 10
 */
export const storedText = (text: string, maxBytes: number): StoredText => {
  // A character has at most three bytes per UTF-16 unit, so most texts need not be encoded to be measured.
  if (text.length * 3 <= maxBytes) return { text };
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.byteLength <= maxBytes) return { text };
  return truncatedText({
    head: headOf(bytes, maxBytes),
    tail: tailOf(bytes, maxBytes),
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
};

/** What is kept of the beginning of a text that is too long: whole characters only. */
export const headOf = (bytes: Buffer, maxBytes: number): string => {
  let end = Math.min(bytes.byteLength, Math.floor(maxBytes * 0.75));
  // A character that the cut goes through is left out: its first byte is the last that is no continuation.
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end).toString('utf8');
};

/** What is kept of the end of a text that is too long: whole characters only. */
export const tailOf = (bytes: Buffer, maxBytes: number): string => {
  let from = Math.max(0, bytes.byteLength - Math.floor(maxBytes * 0.25));
  while (isContinuation(bytes[from])) from += 1;
  return bytes.subarray(from).toString('utf8');
};

/** The head and tail of a text whose whole had so many bytes. */
export const truncatedText = (parts: {
  readonly head: string;
  readonly tail: string;
  readonly bytes: number;
  readonly sha256: string;
}): StoredText => {
  const { head, tail, bytes, sha256 } = parts;
  const left = bytes - Buffer.byteLength(head) - Buffer.byteLength(tail);
  return { text: `${head}${leftOutLine(left)}${tail}`, truncated: { bytes, sha256 } };
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/**
 * A value as the log keeps it: as it is when its JSON is small enough, otherwise its JSON as bounded text.
 * @example
 * storedValue({ path: 'a.ts' }, 1_000) // => { path: 'a.ts' }
 * storedValue(['0123456789'], 8) // => { truncatedJson: storedText('["0123456789"]', 8) }
 */
export const storedValue = (value: unknown, maxBytes: number): unknown => {
  const json = jsonOf(value);
  if (json === null) return { unstorable: 'nested too deeply' };
  if (json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes) return value;
  return { truncatedJson: storedText(json, maxBytes) };
};

/** A value's JSON; null when it is nested too deeply for it. Reading has no such limit, so agents can send that. */
export const jsonOf = (value: unknown): string | null => {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return null;
  }
};
