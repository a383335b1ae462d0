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

const joinerInEmoji = /(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})/u;

/**
 * Scripts in which joiners are letters: Persian and its neighbours, and those of India, where they choose a form. They
 * stand between letters of them; anywhere else they hide something.
 */
const joining = ['Arabic', 'Syriac', 'Nko', 'Mongolian', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya']
  .concat(['Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar', 'Tibetan', 'Balinese', 'Javanese'])
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const joinerInScript = new RegExp(`(?<=[${joining}])[\u200c\u200d](?=[${joining}])`, 'gu');

/** The flags of countries in a country: a black flag, a few letters as tags, and the end of these. */
const flagOfTags = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}/gu;

/** What is written with characters that nobody sees, and hides nothing. */
const spelt = [flagOfTags, joinerInScript];

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text of several lines with nothing hidden in it. Line ends become `\n`. */
export const visibleText = (text: string): string => {
  if (ordinary.test(text)) return text;
  const plain = text.replace(/\r\n?/gu, '\n').replace(controls, escaped);
  const kept = new Set<number>();
  for (const spelling of spelt) {
    for (const { 0: whole, index } of plain.matchAll(spelling)) {
      for (let at = index; at < index + whole.length; at += 1) kept.add(at);
    }
  }
  return plain.replace(invisible, (character, offset: number) => {
    if (pictureForms.has(character) || kept.has(offset)) return character;
    if (character !== '\u200d') return escaped(character);
    return joinerInEmoji.test(plain.slice(Math.max(0, offset - 4), offset + 3)) ? character : escaped(character);
  });
};

/** Nearly every text there is: looked at once. */
const ordinary = /^[\t\n\u0020-\u007e]*$/u;

/** The same on one line. */
export const visibleLine = (text: string): string => visibleText(text).replace(/\s+/gu, ' ').trim();

/** One line of at most so many characters; the last is an ellipsis if it was cut. */
export const shortLine = (text: string, maxCharacters: number): string => {
  // Only the beginning is looked at: a hostile line can have fifty million characters.
  const line = visibleLine(text.slice(0, maxCharacters * 4));
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters - 1).trimEnd()}…`;
};
