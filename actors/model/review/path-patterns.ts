/** Whether paths are among those that patterns name, as `.gitignore` has them. */

/**
 * Makes the question of a list of patterns; of those that fit a path the last one counts, and `!` takes out again. What
 * is in a folder that fits is meant as well, and cannot be taken out. Each question takes time in proportion to the
 * lengths of pattern and path alone.
 *
 * @example
 * const isMeant = pathPatterns(['src/', '*.md', '!CHANGELOG.md']);
 * isMeant('src/deep/a.ts') // => true
 * isMeant('docs/CHANGELOG.md') // => false
 */
export const pathPatterns = (patterns: readonly string[]): ((path: string) => boolean) => {
  const read = patterns.flatMap((pattern) => readPattern(pattern) ?? []);
  return (path) => {
    const names = path.split('/');
    return names.some((_, at) => {
      const [above, isFolder] = [names.slice(0, at + 1), at + 1 < names.length];
      return read.findLast((pattern) => fits(pattern, above, isFolder))?.isTakenOut === false;
    });
  };
};

type Token = { readonly any: true } | ((character: string) => boolean);

type Pattern = {
  readonly isTakenOut: boolean;
  readonly ofFolders: boolean;
  /** Null stands for any number of folders. */
  readonly names: readonly (readonly Token[] | null)[];
};

const readPattern = (line: string): Pattern | null => {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return null;
  const isTakenOut = text.startsWith('!');
  const whole = isTakenOut ? text.slice(1) : text;
  const ofFolders = whole.endsWith('/');
  const path = whole.replace(/\/$/u, '');
  const names = path.replace(/^\//u, '').split('/');
  // Without a slash within it, it is a name that is found in any folder.
  const rooted = path.includes('/') ? names : ['**', ...names];
  // What is in a folder is not the folder itself.
  const inside = rooted.at(-1) === '**' ? [...rooted, '*'] : rooted;
  return { isTakenOut, ofFolders, names: inside.map((name) => (name === '**' ? null : tokensOf(name))) };
};

const fits = ({ names, ofFolders }: Pattern, path: readonly string[], isFolder: boolean): boolean => {
  if (ofFolders && !isFolder) return false;
  const isName = (name: (typeof names)[number], text: string): boolean =>
    name !== null && fitsAll(name, [...text], (token) => 'any' in token, isCharacter);
  return fitsAll(names, path, (name) => name === null, isName);
};

const isCharacter = (token: Token, character: string): boolean => typeof token === 'function' && token(character);

/** One after the other, where a wildcard is any number; it goes back to the last wildcard alone, which is enough. */
const fitsAll = <Part, Item>(
  parts: readonly Part[],
  items: readonly Item[],
  isWildcard: (part: Part) => boolean,
  isOne: (part: Part, item: Item) => boolean,
): boolean => {
  let [at, item] = [0, 0];
  let back: { readonly part: number; item: number } | null = null;
  while (item < items.length) {
    const [part, found] = [parts[at], items[item]];
    if (part !== undefined && isWildcard(part)) {
      back = { part: at, item };
      at += 1;
    } else if (part !== undefined && found !== undefined && isOne(part, found)) {
      at += 1;
      item += 1;
    } else if (back === null) return false;
    else {
      back.item += 1;
      [at, item] = [back.part + 1, back.item];
    }
  }
  return parts.slice(at).every(isWildcard);
};

const tokensOf = (name: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (const [, escaped, set, one] of name.matchAll(/\\(.)|\[((?:[!^])?\]?[^\]]*)\]|(.)/gsu)) {
    if (set !== undefined) tokens.push(oneOf(set));
    else if (one === '*') tokens.push({ any: true });
    else if (one === '?') tokens.push(() => true);
    else tokens.push((character) => character === (escaped ?? one));
  }
  return tokens;
};

/** `a-z_`, or with `!` in front whatever is none of them. */
const oneOf = (set: string): Token => {
  const isNot = /^[!^]/u.test(set);
  const ranges = [...(isNot ? set.slice(1) : set).matchAll(/(.)-(.)|(.)/gsu)].map(
    ([, from, to, one]) => [from ?? one ?? '', to ?? one ?? ''] as const,
  );
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNot;
};
