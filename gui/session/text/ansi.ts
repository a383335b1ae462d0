/**
 * What a terminal would make of a tool's output, as far as it is harmless: colours become classes. Everything else a
 * terminal can be told (titles, links, the clipboard, moving about) is left out.
 */
import { visibleText } from './visible.ts';

export type AnsiPiece = { readonly text: string; readonly classes: string };

type Style = { colour: number | null; bold: boolean; dim: boolean; italic: boolean; underline: boolean };

const plain = (): Style => ({ colour: null, bold: false, dim: false, italic: false, underline: false });

// OSC, DCS, SOS, PM and APC run to their terminator; CSI to its final byte; others are two or three bytes. No part can
// run over the beginning of the next one, so a flood of beginnings costs no more than its length.
const escapeSequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0080-\u009f]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|\u001b[ -/]*[0-~]/gu;

/** The output in pieces of one look each; their texts hold no control characters but `\n` and `\t`. */
export const ansiPieces = (output: string): readonly AnsiPiece[] => {
  const pieces: AnsiPiece[] = [];
  let style = plain();
  let from = 0;
  const push = (text: string): void => {
    if (text === '') return;
    const classes = classesOf(style);
    const last = pieces.at(-1);
    if (last?.classes === classes) pieces[pieces.length - 1] = { classes, text: last.text + visibleText(text) };
    else pieces.push({ classes, text: visibleText(text) });
  };
  const text = withoutOverwritten(output);
  for (const match of text.matchAll(escapeSequence)) {
    push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') style = styled(style, match[1] ?? '');
  }
  push(text.slice(from));
  return pieces;
};

/** The output as plain text, without any look. */
export const withoutAnsi = (output: string): string =>
  visibleText(withoutOverwritten(output).replace(escapeSequence, ''));

/** A line that a terminal wrote over, as progress bars do, ends as it was last written. */
const withoutOverwritten = (text: string): string =>
  text.includes('\r')
    ? text
        .replace(/\r+\n/gu, '\n')
        .split('\n')
        .map((line) => line.slice(line.replace(/\r+$/u, '').lastIndexOf('\r') + 1).replace(/\r+$/u, ''))
        .join('\n')
    : text;

const styled = (before: Style, parameters: string): Style => {
  let style = { ...before };
  const codes = parameters === '' ? [0] : parameters.split(/[;:]/u).map(Number);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) style = plain();
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 22) [style.bold, style.dim] = [false, false];
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code >= 30 && code <= 37) style.colour = code - 30;
    else if (code >= 90 && code <= 97) style.colour = code - 90;
    else if (code === 39) style.colour = null;
    // 256 colours and true colours have no name in a theme: they are passed over with their parameters.
    else if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : 4;
  }
  return style;
};

const colourNames = ['faint', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

const classesOf = ({ colour, bold, dim, italic, underline }: Style): string =>
  [
    colour === null ? '' : `ansi-${colourNames[colour] ?? 'white'}`,
    bold ? 'ansi-bold' : '',
    dim ? 'ansi-dim' : '',
    italic ? 'ansi-italic' : '',
    underline ? 'ansi-underline' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
