import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';

type Row = Pick<DashboardRow, 'worktree' | 'work'>;

/** The branch that a session's worktree really had when it was looked at last: agents and people rename and switch them. */
export const shownBranch = ({ worktree, work }: Row): string | null =>
  work.snapshots > 0 ? work.branch : worktree.branch;

/** The same in words, as `fix/login, begun as throughline/login-4b1e07`. */
export const branchWords = (row: Row): string | null => {
  const [now, then] = [shownBranch(row), row.worktree.branch];
  if (then === null) return now;
  return now === then ? now : `${now ?? 'no branch is checked out'}, begun as ${then}`;
};
