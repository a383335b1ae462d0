/** A line in pieces of one look: its colours as code, and the words in it that changed. */

/** From the first character up to, and without, the second, in UTF-16 units. */
export type TextRange = readonly [from: number, to: number];
export type CodeRange = readonly [from: number, to: number, look: string];

export type TextPiece = { readonly text: string; readonly look: string | null; readonly isMarked: boolean };

/** The line cut where a colour or a mark begins or ends. Both lists are in order, and nothing in them overlaps. */
export const textPieces = (
  text: string,
  colours: readonly CodeRange[],
  marks: readonly TextRange[],
): readonly TextPiece[] => {
  const pieces: TextPiece[] = [];
  let [colour, mark] = [0, 0];
  for (let at = 0; at < text.length; ) {
    while ((colours[colour]?.[1] ?? Number.POSITIVE_INFINITY) <= at) colour += 1;
    while ((marks[mark]?.[1] ?? Number.POSITIVE_INFINITY) <= at) mark += 1;
    const [colourFrom, colourTo, look] = colours[colour] ?? [text.length, text.length, null];
    const [markFrom, markTo] = marks[mark] ?? [text.length, text.length];
    const isColoured = colourFrom <= at;
    const isMarked = markFrom <= at;
    const to = Math.min(isColoured ? colourTo : colourFrom, isMarked ? markTo : markFrom, text.length);
    pieces.push({ text: text.slice(at, to), look: isColoured ? look : null, isMarked });
    at = to;
  }
  return pieces;
};
