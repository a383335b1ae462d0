import { endingLine } from '../../actors/protocol/facts/run-ending.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';

/** The word that shows what is in the archive; without it none of that is listed. */
export const archivedWord = 'archived';

/** The rows that have every word of the text somewhere a person can see it. No text shows all that is not archived. */
export const filterRows = (rows: readonly DashboardRow[], text: string): readonly DashboardRow[] => {
  const words = text.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  const hides = !words.includes(archivedWord) && rows.some(({ work }) => work.archived);
  const listed = hides ? rows.filter(({ work }) => !work.archived) : rows;
  if (words.length === 0) return listed;
  return listed.filter((row) => {
    const haystack = seen(row);
    return words.every((word) => haystack.includes(word));
  });
};

const seen = (row: DashboardRow): string =>
  [
    row.name,
    row.status,
    row.agent,
    row.worktree.branch,
    row.work.branch,
    row.repository,
    row.restored ? 'restored' : null,
    row.work.archived ? archivedWord : null,
    row.pendingApprovals > 0 ? 'approval waits' : null,
    endingLine(row),
    row.id,
  ]
    .filter((part) => part !== null)
    .join('\n')
    .toLocaleLowerCase();
