import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { WorktreeChanges } from '../../../actors/protocol/gateway/window.ts';
import { sanitiseLine } from '../text/sanitise.ts';

const maxFilesShown = 4;

/** What git says is different in a session's worktree: how many files, and the first of them. */
export const changesLine = ({ files, cut }: Pick<WorktreeChanges, 'files' | 'cut'>): string => {
  if (files.length === 0) return 'no file changed';
  const named = files.slice(0, maxFilesShown).map(({ path }) => sanitiseLine(path));
  const more = files.length > maxFilesShown ? ', …' : '';
  return `${cut ? 'more than ' : ''}${counted(files.length, 'file')} changed: ${named.join(', ')}${more}`;
};
