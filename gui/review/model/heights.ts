/** Where rows and files stand in a scroll of which only what is in sight is drawn. Lengths are in CSS pixels. */

/** Where each of the rows begins, and behind the last where all end. */
export const offsetsOf = (heights: ArrayLike<number>): Float64Array => {
  const offsets = new Float64Array(heights.length + 1);
  for (let at = 0; at < heights.length; at += 1) offsets[at + 1] = (offsets[at] ?? 0) + (heights[at] ?? 0);
  return offsets;
};

/** The row at a height; the last one below the end. */
export const indexAt = (offsets: Float64Array, height: number): number => {
  let [low, high] = [0, Math.max(0, offsets.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= height) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** How many columns of a terminal's kind a line takes, with tabs of four. */
export const columnsOf = (text: string): number => {
  if (!text.includes('\t')) return text.length;
  let columns = 0;
  for (const character of text) columns += character === '\t' ? 4 - (columns % 4) : character.length;
  return columns;
};

/** How many lines it breaks into where there is room for so many columns: an estimate, which a measure replaces. */
export const brokenLines = (text: string, room: number): number =>
  text.length * 4 <= room ? 1 : Math.max(1, Math.ceil(columnsOf(text) / Math.max(8, room)));
