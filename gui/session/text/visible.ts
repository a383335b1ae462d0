/**
 * Makes what would hide or reorder text visible. An agent's output can hold characters that nobody sees and that change
 * what everybody reads: these are shown as escapes such as `\u{202e}`.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about; \t and \n stay
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu;

// Bidirectional marks, embeddings, overrides and isolates; zero-width characters; tags and variation selectors.
const invisible = /[\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu;

/** These choose between a picture's plain and its coloured form. */
const pictureForms = new Set(['\ufe0e', '\ufe0f']);

// A joiner between two pictures is how many emoji are spelt; anywhere else it hides something.
const joinerInEmoji = /(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})/u;

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text of several lines with nothing hidden in it. Line ends become `\n`. */
export const visibleText = (text: string): string =>
  text
    .replace(/\r\n?/gu, '\n')
    .replace(controls, escaped)
    .replace(invisible, (character, offset: number, whole: string) => {
      if (pictureForms.has(character)) return character;
      if (character !== '\u200d') return escaped(character);
      return joinerInEmoji.test(whole.slice(Math.max(0, offset - 4), offset + 3)) ? character : escaped(character);
    });

/** The same on one line. */
export const visibleLine = (text: string): string => visibleText(text).replace(/\s+/gu, ' ').trim();

/** One line of at most so many characters; the last is an ellipsis if it was cut. */
export const shortLine = (text: string, maxCharacters: number): string => {
  // Only the beginning is looked at: a hostile line can have fifty million characters.
  const line = visibleLine(text.slice(0, maxCharacters * 4));
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters - 1).trimEnd()}…`;
};
