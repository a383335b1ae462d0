import { displayWidth } from './display-width.ts';

/**
 * Text in lines of at most `columns`, broken at spaces, each with the indent before it (the first with its own); a word
 * that is longer than a line stands on one of its own.
 * @example
 * wrapped('one two three', 9, '  ') // => ['  one two', '  three']
 */
export const wrapped = (text: string, columns: number, indent = '', first = indent): readonly string[] => {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && displayWidth(line) + 1 + displayWidth(word) > columns) {
      lines.push(line);
      line = indent + word;
    } else {
      line += isEmpty ? word : ` ${word}`;
    }
    isEmpty = false;
  }
  return [...lines, line];
};
