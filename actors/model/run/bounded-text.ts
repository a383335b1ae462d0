import { createHash, type Hash } from 'node:crypto';
import type { StoredText } from '../../protocol/facts/events.ts';
import { headOf, tailOf, truncatedText } from './stored-text.ts';

/** A text that grows piece by piece. It takes no more memory than what is stored of it, however long it gets. */
export type BoundedText = {
  readonly append: (text: string) => void;
  /** As `storedText` gives it for the whole. */
  readonly stored: () => StoredText;
  readonly isEmpty: () => boolean;
};

type Kept =
  | { readonly kind: 'whole'; readonly text: string; readonly bytes: number }
  | { readonly kind: 'cut'; readonly head: string; readonly hash: Hash; readonly tail: string; readonly bytes: number };

/**
 * An empty one, of which at most `maxBytes` of UTF-8 are kept.
 * @example
 * const output = createBoundedText(1_000);
 * output.append('two ');
 * output.append('pieces');
 * output.stored() // => { text: 'two pieces' }
 */
export const createBoundedText = (maxBytes: number): BoundedText => {
  let kept: Kept = { kind: 'whole', text: '', bytes: 0 };
  // Half of a character whose other half may come with the next piece.
  let half = '';

  const grown = (from: Kept, text: string): Kept => {
    const bytes = from.bytes + Buffer.byteLength(text);
    if (from.kind === 'whole') {
      const whole = from.text + text;
      if (bytes <= maxBytes) return { kind: 'whole', text: whole, bytes };
      const encoded = Buffer.from(whole, 'utf8');
      const hash = createHash('sha256').update(encoded);
      return { kind: 'cut', head: headOf(encoded, maxBytes), hash, tail: lastCharacters(whole), bytes };
    }
    return { ...from, hash: from.hash.update(text, 'utf8'), tail: lastCharacters(from.tail + text), bytes };
  };

  // A character has a byte at least, so this many hold the last `maxBytes` bytes. Cutting now and then is enough.
  const lastCharacters = (text: string): string => (text.length > 2 * maxBytes ? ownCopy(text.slice(-maxBytes)) : text);

  return {
    append: (text) => {
      const joined = half + text;
      half = /[\ud800-\udbff]$/.exec(joined)?.[0] ?? '';
      kept = grown(kept, half === '' ? joined : joined.slice(0, -1));
    },
    stored: () => {
      const own: Kept = kept.kind === 'cut' ? { ...kept, hash: kept.hash.copy() } : kept;
      const all = half === '' ? own : grown(own, half);
      if (all.kind === 'whole') return { text: all.text };
      const { head, hash, tail, bytes } = all;
      return truncatedText({
        head,
        tail: tailOf(Buffer.from(tail, 'utf8'), maxBytes),
        bytes,
        sha256: hash.digest('hex'),
      });
    },
    isEmpty: () => kept.bytes === 0 && half === '',
  };
};

/** The same text without the memory of the longer one that it was cut from. */
const ownCopy = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
