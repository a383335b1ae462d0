import { plainLine } from './plain-text.ts';

const longestName = 48;
const longestSlug = 32;

/**
 * A session's name out of its prompt: the first sentence, cut at a word.
 * @example
 * suggestedName('Write tests for greet. Then run them.') // => 'Write tests for greet'
 */
export const suggestedName = (prompt: string): string => {
  const line = plainLine(prompt.trimStart().split('\n', 1)[0] ?? '');
  const sentence = /^.*?[.!?](?=\s|$)/u.exec(line)?.[0]?.replace(/[.!?]+$/u, '') ?? line;
  if ([...sentence].length <= longestName) return sentence;
  const cut = [...sentence].slice(0, longestName - 1).join('');
  return `${cut.replace(/\s+\S*$/u, '').trimEnd()}…`;
};

/**
 * The part of a branch that tells what it is for: `write-tests-for-greet`.
 * @example
 * branchSlug('Write tests for “greet”') // => 'write-tests-for-greet'
 */
export const branchSlug = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLocaleLowerCase('en')
    .replace(/[^a-z0-9]+/gu, '-')
    .slice(0, longestSlug)
    .replace(/^-|-$/gu, '');
