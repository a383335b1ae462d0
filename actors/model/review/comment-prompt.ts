/** What an agent is told of a review: each comment with the file, its lines, the code it is about, and the words. */

export type CommentToSend = {
  readonly path: string;
  readonly side: 'before' | 'after';
  /** The lines of it as they were when it was written. */
  readonly from: number;
  readonly to: number;
  readonly quote: string;
  readonly text: string;
  /** Its lines as they are now; null when they are gone, or others stand in their place. */
  readonly now: { readonly path: string; readonly from: number; readonly to: number } | null;
};

/** All quotes of a prompt together have about so many characters at most, and each its share of that. */
const maxQuoted = 200_000;
const maxQuote = 4_000;
const maxQuotedLines = 60;

/**
 * The prompt that comments make. Whatever stands in a file or its name is fenced, so that it cannot be read as words of
 * the person: a fence is longer than any run of backticks in what it holds.
 * `words` go before them; empty ones are left out.
 */
export const commentPrompt = (comments: readonly CommentToSend[], words: string): string => {
  const files = new Set(comments.map(({ path }) => path)).size;
  const count = comments.length === 1 ? 'One comment' : `${comments.length} comments`;
  const place = files === 1 ? 'one file' : `${files} files`;
  const share = Math.min(maxQuote, Math.floor(maxQuoted / Math.max(1, comments.length)));
  const parts = comments.map((comment, index) => {
    const quote = shortened(comment.quote, share);
    const code = fenced(quote, languageOf(comment.path));
    return `${index + 1}. ${placeOf(comment)}\n\n${code}\n\n${comment.text.trim()}`;
  });
  const heading = `${count} on your changes, in ${place}. The quoted code is what each is about.`;
  return [...(words.trim() === '' ? [] : [words.trim()]), heading, ...parts].join('\n\n');
};

const placeOf = ({ path, side, from, to, now }: CommentToSend): string => {
  if (side === 'before') return `${named(path)}, ${linesAt(from, to)} before the changes:`;
  if (now === null) return `${named(path)}, ${linesAt(from, to)} when this was written; they have changed since:`;
  return `${named(now.path)}, ${linesAt(now.from, now.to)}:`;
};

const linesAt = (from: number, to: number): string => (from === to ? `line ${from}` : `lines ${from} to ${to}`);

/** A path as code; one with anything in it that could end that, or the line, as JSON. */
const named = (path: string): string =>
  /[`\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path)
    ? fencedWord(JSON.stringify(path).replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, escaped))
    : `\`${path}\``;

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/gu) ?? []).map((run) => run.length));

const fencedWord = (text: string): string => {
  const fence = '`'.repeat(longestRun(text) + 1);
  return `${fence} ${text} ${fence}`;
};

const fenced = (quote: string, language: string): string => {
  const fence = '`'.repeat(Math.max(3, longestRun(quote) + 1));
  return `${fence}${language}\n${quote}\n${fence}`;
};

/** The end of the file's name, where it is a plain word. */
const languageOf = (path: string): string => /\.([a-z0-9]{1,10})$/iu.exec(path)?.[1] ?? '';

/** The beginning and the end of what is long, and how much is left out between them. */
const shortened = (quote: string, maxCharacters: number): string => {
  const lines = quote.replace(/\n$/u, '').split('\n');
  const kept = lines.length > maxQuotedLines ? maxQuotedLines / 2 : null;
  const text =
    kept === null
      ? lines.join('\n')
      : [...lines.slice(0, kept), `[… ${lines.length - 2 * kept} lines …]`, ...lines.slice(-kept)].join('\n');
  if (text.length <= maxCharacters) return text;
  const half = Math.floor(maxCharacters / 2);
  return `${wellFormed(text.slice(0, half))}\n[… ${text.length - 2 * half} characters …]\n${wellFormed(text.slice(-half))}`;
};

/** Half a character at a cut is none. */
const wellFormed = (text: string): string => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/gu, '');
