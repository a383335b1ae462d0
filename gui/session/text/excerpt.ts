/** What of a long output is shown at first: its beginning and its end. */

export type Excerpt = {
  readonly head: string;
  /** Empty when the head is all. */
  readonly tail: string;
  readonly hiddenLines: number;
  readonly hiddenCharacters: number;
};

export type ExcerptBounds = {
  readonly headLines: number;
  readonly tailLines: number;
  /** Of each part: a line alone can be megabytes long. */
  readonly characters: number;
};

/** The first and last lines of a text, whole when it is short. Costs what is shown and one pass that counts lines. */
export const excerptOf = (text: string, bounds: ExcerptBounds): Excerpt => {
  const headEnd = Math.min(lineEnd(text, bounds.headLines), bounds.characters, text.length);
  const tailStart = Math.max(lineStart(text, bounds.tailLines), text.length - bounds.characters, headEnd);
  if (tailStart <= headEnd) return { head: text, tail: '', hiddenLines: 0, hiddenCharacters: 0 };
  const hidden = text.slice(headEnd, tailStart);
  const hiddenLines = countLines(hidden);
  return { head: text.slice(0, headEnd), tail: text.slice(tailStart), hiddenLines, hiddenCharacters: hidden.length };
};

/** The text in pieces of whole lines (or of so many characters, if a line is longer): each is drawn by itself. */
export const chunksOf = (text: string, maxCharacters: number): readonly string[] => {
  const chunks: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = from + maxCharacters;
    const newline = end >= text.length ? text.length : text.lastIndexOf('\n', end) + 1;
    const until = newline > from ? newline : end;
    chunks.push(text.slice(from, until));
    from = until;
  }
  return chunks;
};

export const countLines = (text: string): number => {
  if (text === '') return 0;
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
};

/** `512 bytes`, `3.4 kB`, `52.4 MB`. */
export const sizeText = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(1)} GB`;
};

const lineEnd = (text: string, lines: number): number => {
  let at = -1;
  for (let line = 0; line < lines; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return text.length;
  }
  return at + 1;
};

const lineStart = (text: string, lines: number): number => {
  let at = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let line = 0; line < lines; line += 1) {
    at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
    if (at === -1) return 0;
  }
  return at + 1;
};
