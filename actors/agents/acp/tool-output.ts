/**
 * A tool's output as it comes: in pieces, or anew and longer each time. Keeps of it what will be stored, and knows what
 * of it was logged already, so that progress tells only what is new.
 */
import { createHash } from 'node:crypto';
import { type BoundedText, createBoundedText } from '../../model/run/bounded-text.ts';
import type { StoredText } from '../../protocol/facts/events.ts';

export type ToolOutput = {
  readonly append: (text: string) => void;
  /** The agent sent the whole output, in place of all it sent before. */
  readonly replace: (text: string) => void;
  /** Whether there is something that was not logged yet. */
  readonly hasNews: () => boolean;
  /** What was not logged yet, which then counts as logged. */
  readonly takeNews: () => StoredText;
  readonly isEmpty: () => boolean;
  /** The output as it stands; null when there is none. */
  readonly stored: () => StoredText | null;
};

/** Beyond this many times what there is, and a little that is always free, only the result is logged. */
const timesLogged = 1.5;
const freeCharacters = 16_384;

export const createToolOutput = (maxBytes: number): ToolOutput => {
  let whole: BoundedText = createBoundedText(maxBytes);
  let news: BoundedText = createBoundedText(maxBytes);
  let characters = 0;
  let digest = digestOf('');
  let logged = { characters: 0, sha256: digest.copy().digest('hex') };
  /** What was logged as progress in all, and whether that is enough: an output may be drawn anew for ever. */
  let charactersLogged = 0;
  let isSpent = false;

  const logsProgress = (): boolean => !isSpent;

  const append = (text: string): void => {
    whole.append(text);
    if (!logsProgress()) return;
    news.append(text);
    characters += text.length;
    digest.update(text, 'utf16le');
  };

  return {
    append,
    replace: (text) => {
      const beginsAsLogged = digestOf(text.slice(0, logged.characters)).digest('hex') === logged.sha256;
      if (!beginsAsLogged) logged = { characters: 0, sha256: digestOf('').digest('hex') };
      whole = createBoundedText(maxBytes);
      whole.append(text);
      if (!logsProgress()) return;
      news = createBoundedText(maxBytes);
      news.append(text.slice(logged.characters));
      characters = text.length;
      digest = digestOf(text);
    },
    hasNews: () => logsProgress() && !news.isEmpty(),
    takeNews: () => {
      charactersLogged += characters - logged.characters;
      // For good: what is not taken in as news any more would be missing from later ones.
      isSpent = charactersLogged >= Math.min(maxBytes, timesLogged * characters + freeCharacters);
      logged = { characters, sha256: digest.copy().digest('hex') };
      const stored = news.stored();
      news = createBoundedText(maxBytes);
      return stored;
    },
    isEmpty: () => whole.isEmpty(),
    stored: () => (whole.isEmpty() ? null : whole.stored()),
  };
};

// Over UTF-16 units, because a piece may end in the middle of a character.
const digestOf = (text: string) => createHash('sha256').update(text, 'utf16le');
