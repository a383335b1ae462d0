import { ThroughlineError } from '../../actors/protocol/facts/error.ts';

/**
 * Splits a command line into words as a shell does: by white space, with '…', "…" and backslashes. Nothing is expanded
 * and no shell runs, so `$HOME`, `*` and `;` are just characters.
 * Raises `input.invalid` for a quote that is not closed or a backslash with nothing after it.
 * @example
 * splitWords("my-agent --name 'two words' $HOME") // => ['my-agent', '--name', 'two words', '$HOME']
 */
export const splitWords = (line: string): string[] => {
  const words: string[] = [];
  // Null between words; a word can be empty, as '' is.
  let word: string | null = null;
  let quote: "'" | '"' | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    if (character === '\\' && quote !== "'" && (quote === null || next === '"' || next === '\\')) {
      if (next === '') throw unfinished(line, 'a backslash with nothing after it');
      word = (word ?? '') + next;
      at += 1;
    } else if (quote !== null) {
      if (character === quote) quote = null;
      else word = (word ?? '') + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) throw unfinished(line, `a ${quote} that is not closed`);
  if (word !== null) words.push(word);
  return words;
};

const unfinished = (line: string, what: string): ThroughlineError =>
  new ThroughlineError('input.invalid', `the command line ${line} has ${what}`, {
    hint: "quote words with spaces as in acp:my-agent --name 'two words'",
  });
