/**
 * What an agent or a repository wrote is hostile to a terminal: it may move the cursor, rename the window, write to the
 * clipboard, or show one thing and mean another. Everything that is not our own text passes through here first.
 */

// A complete escape sequence goes as a whole; what is left of a broken one loses its control characters below.
// No part can run over the beginning of the next one, so a flood of beginnings costs no more than its length.
// OSC, DCS, SOS, PM and APC run to their terminator (BEL or ST); CSI to its final byte; others are two or three bytes.
const escapeSequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0080-\u009f]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; \t (9) and \n (a) stay
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu;

// Left-to-right and right-to-left marks, embeddings, overrides and isolates; zero-width and invisible characters;
// tags and the supplementary variation selectors, which can smuggle whole sentences.
const invisible = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

// These choose between a picture's plain and its coloured form.
const pictureForms = new Set(['\ufe0e', '\ufe0f']);

// A joiner between two pictures is how many emoji are spelt; anywhere else it hides something.
const joinerInEmoji = /(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})/u;

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/**
 * Text of several lines that is safe to print: keeps `\n` and `\t`; removes escape sequences and control characters;
 * shows bidirectional and zero-width characters as visible escapes such as `\u{202e}`.
 * @example
 * sanitise('\u001b[31mred\u001b[0m') // => 'red'
 * sanitise('a\u202eb') // => 'a\\u{202e}b'
 */
export const sanitise = (text: string): string =>
  withoutHidden(text.replace(escapeSequence, '').replace(lineEnd, '\n').replace(controls, ''));

/**
 * The same with nothing left out: escape sequences and control characters, too, are shown as escapes such as `\u{1b}`.
 * For what somebody is to decide on, where a sequence may hold the half of a command.
 */
export const visibly = (text: string): string => withoutHidden(text.replace(lineEnd, '\n').replace(controls, escaped));

const lineEnd = /\r\n?|[\u2028\u2029]/gu;

const withoutHidden = (text: string): string =>
  text.replace(invisible, (character, offset: number, whole: string) => {
    if (pictureForms.has(character)) return character;
    if (character !== '\u200d') return escaped(character);
    const around = whole.slice(Math.max(0, offset - 4), offset + 3);
    return joinerInEmoji.test(around) ? character : escaped(character);
  });

/**
 * The same on one line: white space, line ends included, becomes single spaces.
 * @example
 * sanitiseLine('  two\n\tlines ') // => 'two lines'
 */
export const sanitiseLine = (text: string): string => sanitise(text).replace(/\s+/gu, ' ').trim();

// By hand: a regular expression that looks for an end tries every beginning, and hostile text has many.
export const withoutLeadingNewlines = (text: string): string => {
  let start = 0;
  while (text[start] === '\n') start += 1;
  return text.slice(start);
};

export const withoutTrailingNewlines = (text: string): string => {
  let end = text.length;
  while (text[end - 1] === '\n') end -= 1;
  return text.slice(0, end);
};

/**
 * What an agent or a program said, with a bar before each line that begins like one of ours: a request for approval, an
 * answer, an ending. So what is said cannot pass for what is. `atLineStart` is whether the text begins a line.
 * @example
 * asSaid('✓ allowed', true) // => '│ ✓ allowed'
 * asSaid('it is done ✓', true) // => 'it is done ✓'
 */
export const asSaid = (text: string, atLineStart: boolean): string =>
  text.replace(ownLine, (line, space: string, mark: string, offset: number) =>
    offset === 0 && !atLineStart ? line : `${space}│ ${mark}`,
  );

// Our marks, and those that look like them.
const ownLine = /^([^\S\n]*)([?？⁇❓❔✓✔✅✗✘■◼▪❯❱›↻])/gmu;
