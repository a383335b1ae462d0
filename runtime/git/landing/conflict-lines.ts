/** Which lines of a file conflict, from the blob that git leaves with markers in it. Pure. */

/** A range of lines, from 1; `to` is before `from` where a side has none. */
export type LineRange = { readonly from: number; readonly to: number };
export type ConflictLines = { readonly ours: LineRange; readonly theirs: LineRange };

const maxRanges = 100;

/** The ranges on both sides; none for text without markers. At most 100. */
export const conflictLines = (text: string): readonly ConflictLines[] => {
  const ranges: ConflictLines[] = [];
  let [ours, theirs] = [1, 1];
  let open: { readonly ours: number; readonly theirs: number } | null = null;
  let side: 'both' | 'ours' | 'base' | 'theirs' = 'both';
  for (const line of text.split('\n')) {
    if (side === 'both' && line.startsWith('<<<<<<< ')) {
      open = { ours, theirs };
      side = 'ours';
    } else if (side === 'ours' && line.startsWith('||||||| ')) side = 'base';
    else if ((side === 'ours' || side === 'base') && /^=======\r?$/.test(line)) side = 'theirs';
    else if (side === 'theirs' && open !== null && line.startsWith('>>>>>>> ')) {
      ranges.push({ ours: { from: open.ours, to: ours - 1 }, theirs: { from: open.theirs, to: theirs - 1 } });
      if (ranges.length >= maxRanges) return ranges;
      side = 'both';
    } else {
      if (side === 'both' || side === 'ours') ours += 1;
      if (side === 'both' || side === 'theirs') theirs += 1;
    }
  }
  return ranges;
};
