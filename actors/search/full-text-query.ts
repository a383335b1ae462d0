/**
 * What a person typed as a query of FTS5. Every word is quoted, so nothing of it is ever syntax; words that are not in
 * quotes match the words that begin with them.
 */
const maxTerms = 16;
/** A word of one character begins too many others to be worth the wait. */
const minPrefixCharacters = 2;

/** Null when there is no word in the text: then nothing matches. */
export const fullTextQuery = (text: string): string | null => {
  const terms: string[] = [];
  for (const [, phrase, word] of text.replaceAll('\0', ' ').matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    const term = phrase ?? word ?? '';
    if (!hasWord.test(term)) continue;
    const isPrefix = word !== undefined && [...word].length >= minPrefixCharacters;
    terms.push(`"${term.replaceAll('"', '""')}"${isPrefix ? '*' : ''}`);
    if (terms.length === maxTerms) break;
  }
  return terms.length === 0 ? null : terms.join(' AND ');
};

// What the tokenizer takes for part of a word; a term of punctuation alone would match nothing.
const hasWord = /[\p{L}\p{N}\p{Co}]/u;
