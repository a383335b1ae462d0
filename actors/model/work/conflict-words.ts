/** What conflicts in a file, in a few words. Pure. */

export type LinesInConflict = {
  readonly ours: { readonly from: number; readonly to: number };
  readonly theirs: { readonly from: number; readonly to: number };
};

const maxRanges = 3;

/** `kind` is git's word for it; `lines` are those of the branch (`ours`) and of the session (`theirs`). */
export const conflictWords = (kind: string, lines: readonly LinesInConflict[]): string => {
  if (kind.startsWith('submodule')) return 'both move the submodule';
  switch (kind) {
    case 'contents':
    case 'content':
    case 'add/add':
      return lineWords(lines) ?? 'both change it';
    case 'binary':
      return 'both change it, and it is binary';
    case 'modify/delete':
      return 'one side changes it, the other deletes it';
    case 'rename/delete':
      return 'one side renames it, the other deletes it';
    case 'rename/rename':
      return 'each side renames it differently';
    case 'rename/add':
      return 'one side renames to it, the other adds it';
    case 'file/directory':
      return 'a file on one side, a folder on the other';
    case 'distinct modes':
      return 'a file of another kind on each side';
    case 'file location':
      return 'one side adds it to a folder that the other renames';
    default:
      return kind.replaceAll('/', ' against ');
  }
};

const lineWords = (lines: readonly LinesInConflict[]): string | null => {
  const [first] = lines;
  if (first === undefined) return null;
  const shown = lines.slice(0, maxRanges);
  const more = lines.length > maxRanges ? ` and ${lines.length - maxRanges} more places` : '';
  const isSame = shown.every(({ ours, theirs }) => ours.from === theirs.from && ours.to === theirs.to);
  if (isSame) return `both change ${shown.map(({ ours }) => rangeWords(ours)).join(', ')}${more}`;
  return `its ${shown.map(({ theirs }) => rangeWords(theirs)).join(', ')} against ${shown.map(({ ours }) => rangeWords(ours)).join(', ')} there${more}`;
};

const rangeWords = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  to <= from ? `line ${from}` : `lines ${from}–${to}`;
