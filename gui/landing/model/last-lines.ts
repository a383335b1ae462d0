/** The end of an output, and how much of it is above. */
export type LastLines = { readonly text: string; readonly above: number };

/**
 * The last lines of a text, without blank ones at its end.
 * @example
 * lastLines('one\ntwo\nthree\n', 2) // => { text: 'two\nthree', above: 1 }
 */
export const lastLines = (text: string, most: number): LastLines => {
  const lines = text.trimEnd().split('\n');
  const above = Math.max(0, lines.length - most);
  return { text: lines.slice(above).join('\n'), above };
};
