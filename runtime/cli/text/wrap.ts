import { displayWidth } from './display-width.ts';

/**
 * Plain text as lines of at most `columns`, broken between words, and within one that is longer. Its own line ends stay.
 * @example
 * wrap('two short words', 9) // => ['two short', 'words']
 */
export const wrap = (text: string, columns: number): string[] => {
  const width = Math.max(1, columns);
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let last = '';
    for (const word of line.split(' ').flatMap((each) => pieces(each, width))) {
      const longer = last === '' ? word : `${last} ${word}`;
      if (displayWidth(longer) <= width) last = longer;
      else {
        lines.push(last);
        last = word;
      }
    }
    return [...lines, last];
  });
};

const pieces = (word: string, width: number): readonly string[] => {
  // One with colours in it stays whole: cut in their midst it would be no colour any more.
  if (displayWidth(word) <= width || word.includes('\u001b')) return [word];
  const found: string[] = [''];
  for (const character of word) {
    const last = found.at(-1) ?? '';
    if (last !== '' && displayWidth(last + character) > width) found.push(character);
    else found[found.length - 1] = last + character;
  }
  return found;
};
