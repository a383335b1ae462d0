const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours take no room
const colour = /\u001b\[[0-9;]*m/gu;
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u;
const zero = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;

const graphemeWidth = (grapheme: string): number => (zero.test(grapheme) ? 0 : wide.test(grapheme) ? 2 : 1);

/**
 * How many columns text takes on a terminal; colours take none.
 * @example
 * displayWidth('naïve') // => 5
 * displayWidth('日本') // => 4
 */
export const displayWidth = (text: string): number => {
  let width = 0;
  for (const { segment } of graphemes.segment(text.replace(colour, ''))) width += graphemeWidth(segment);
  return width;
};

/**
 * Plain text cut to at most `columns`, with an ellipsis where it was cut.
 * @example
 * truncate('a long name', 7) // => 'a long…'
 */
export const truncate = (text: string, columns: number): string => {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
};
