/**
 * Text of an agent, a repository or an older database as it may be shown. What steers a display instead of being read
 * (control characters, terminal colours, overrides of the reading direction, invisible characters that hide a
 * difference) is taken out. It is still text: it goes into text nodes, never into HTML.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be found
const terminalSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be found
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu;
// Marks, embeddings, overrides and isolates of direction; zero-width space; word joiner and invisible operators; BOM;
// interlinear annotation. The zero-width joiners stay: scripts and emoji need them.
const steering = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;
// Tags hide text, but for the few behind a black flag that spell which country in a country it is.
const tags = /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f})|[\u{e0000}-\u{e007f}]/gu;
const loneSurrogate = /[\ud800-\udfff]/gu;

/** Nearly every text there is: looked at once instead of five times, which a screen full of rows feels. */
const ordinary = /^[\n\u0020-\u007e]*$/u;
const ordinaryLine = /^(?:[\u0021-\u007e]+(?: [\u0021-\u007e]+)*)?$/u;

/** Several lines, as they may be shown. */
export const plainText = (text: string): string => (ordinary.test(text) ? text : withoutSteering(text));

const withoutSteering = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(terminalSequence, '')
    .replace(control, '')
    .replace(steering, '')
    .replace(tags, '$1')
    .replace(loneSurrogate, '\ufffd');

/**
 * One line: white space is folded.
 * @example
 * plainLine('two\n lines\u202e') // => 'two lines'
 */
export const plainLine = (text: string): string => (ordinaryLine.test(text) ? text : folded(plainText(text)));

const folded = (text: string): string => text.replace(/[\s\u2028\u2029]+/gu, ' ').trim();
