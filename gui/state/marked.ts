import { plainText } from './plain-text.ts';

export type MarkedPart = { readonly text: string; readonly isMatch: boolean };

/**
 * A text in parts, those that were found told from the rest. Places outside of it, or overlapping, do no harm.
 * @example
 * marked('the log', [[4, 7]]) // => [{ text: 'the ', isMatch: false }, { text: 'log', isMatch: true }]
 */
export const marked = (
  text: string,
  matches: readonly (readonly [start: number, end: number])[],
): readonly MarkedPart[] => {
  const parts: MarkedPart[] = [];
  let at = 0;
  const add = (end: number, isMatch: boolean): void => {
    // Cleaned in parts: the places count the characters of the text as it was found.
    if (end > at) parts.push({ text: plainText(text.slice(at, end)), isMatch });
    at = Math.max(at, end);
  };
  for (const [start, end] of [...matches].sort(([left], [right]) => left - right)) {
    add(Math.min(start, text.length), false);
    add(Math.min(end, text.length), true);
  }
  add(text.length, false);
  return parts;
};
