import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { DiscardedEntry } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import type { Colours } from '../invocation/terminal.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { dayTime } from './clock-time.ts';
import { table } from './table.ts';

/** The discarded work, a line each; on a narrow terminal where it is from stands below. */
export const discardedTable = (
  entries: readonly DiscardedEntry[],
  { colours, columns }: { readonly colours: Colours; readonly columns: number },
): string => {
  const isNarrow = columns < 80;
  const words = Math.max(16, Math.floor((columns - (isNarrow ? 44 : 42)) / (isNarrow ? 1 : 2)));
  const heads = ['HOLDS'.padStart(9), 'WHAT', ...(isNarrow ? [] : ['FROM']), 'KEPT UNTIL', 'ID'];
  const rows = entries.flatMap((entry): (readonly string[] | string)[] => {
    const from = truncate(fromWords(entry), isNarrow ? columns - 4 : words);
    return [
      [
        holdsWords(entry).padStart(9),
        truncate(sanitiseLine(entry.words), words),
        ...(isNarrow ? [] : [from]),
        entry.until === null ? 'deleted' : dayTime(entry.until),
        sanitiseLine(entry.name),
      ],
      ...(isNarrow ? [colours.dim(`           ${from}`)] : []),
    ];
  });
  return table([heads.map((head) => colours.dim(head)), ...rows]);
};

const holdsWords = ({ files, lines }: DiscardedEntry): string => {
  if (files === null) return 'commits';
  return files === 1 && lines !== null && lines > 0 ? counted(lines, 'line') : counted(files, 'file');
};

const fromWords = ({ sessionName, isThere, repository }: DiscardedEntry): string => {
  if (sessionName === null) return sanitiseLine(repository);
  return `${sanitiseLine(sessionName)}${isThere ? '' : ' (removed)'}`;
};
