/** The piece of a text around its first match. Pure. */
export type Excerpt = { readonly excerpt: string; readonly matches: [number, number][] };

export const matchBegin = '\u0001';
export const matchEnd = '\u0002';

const charactersBefore = 60;
const maxExcerptCharacters = 240;

/**
 * Takes a text whose matches stand between `matchBegin` and `matchEnd`. White space is folded, so an excerpt is one
 * line; what was left out at either side is an ellipsis.
 */
export const excerptOf = (marked: string): Excerpt => {
  const first = Math.max(marked.indexOf(matchBegin), 0);
  const begin = first <= charactersBefore ? 0 : wordBefore(marked, first - charactersBefore);
  const end = endOf(marked, begin);
  let excerpt = begin === 0 ? '' : '…';
  const matches: [number, number][] = [];
  let openedAt: number | null = null;
  for (const character of marked.slice(begin, end)) {
    if (character === matchBegin) openedAt = excerpt.length;
    else if (character === matchEnd) {
      if (openedAt !== null) matches.push([openedAt, excerpt.length]);
      openedAt = null;
    } else if (!/\s/u.test(character)) excerpt += character;
    else if (excerpt !== '' && !excerpt.endsWith(' ')) excerpt += ' ';
  }
  // The end of the excerpt may lie within a match.
  if (openedAt !== null && openedAt < excerpt.length) matches.push([openedAt, excerpt.length]);
  const trimmed = excerpt.trimEnd();
  return { excerpt: end < marked.length ? `${trimmed}…` : trimmed, matches };
};

/** The beginning of the word at or after a place, so that an excerpt does not begin within one. */
const wordBefore = (text: string, at: number): number => {
  const space = text.slice(at, at + charactersBefore).search(/\s/u);
  return space === -1 ? wholeCharacter(text, at) : at + space + 1;
};

const endOf = (text: string, begin: number): number =>
  begin + maxExcerptCharacters >= text.length ? text.length : wholeCharacter(text, begin + maxExcerptCharacters);

/** Not between the halves of a surrogate pair. */
const wholeCharacter = (text: string, at: number): number => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at;
};
