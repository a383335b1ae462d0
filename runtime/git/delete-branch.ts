import { isBranchName } from './branch-name.ts';
import { runGit, tryGit } from './command/run-git.ts';
import { listWorktrees } from './list-worktrees.ts';
import { inRepository, type Repository } from './repository.ts';

export type DeleteBranch = 'if-merged' | 'never' | 'always';

export type BranchFate =
  | { readonly kind: 'absent' }
  | { readonly kind: 'kept'; readonly commit: string; readonly why: 'asked' | 'commits' | 'checked out' }
  /** `commit` is where it was: `git branch <name> <commit>` brings it back for as long as git keeps such commits. */
  | { readonly kind: 'deleted'; readonly commit: string };

/**
 * Deletes a branch whose worktree is gone, or keeps it. With `if-merged` it is kept when it has commits that neither the
 * base nor any other branch (remote ones included) has. A branch that another worktree is on is always kept.
 *
 * Raises what `runGit` raises.
 */
export const settleBranch = async (options: {
  readonly repository: Repository;
  readonly branch: string | null;
  readonly baseCommit: string;
  readonly deleteBranch: DeleteBranch;
}): Promise<BranchFate> => {
  const { repository, branch, baseCommit, deleteBranch } = options;
  // What is no name that we make or take was not made by us.
  if (branch === null || !isBranchName(branch)) return { kind: 'absent' };
  const call = inRepository(repository);
  const ref = `refs/heads/${branch}`;
  const tip = await tryGit({ ...call, arguments: ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`] });
  if (tip.exitCode !== 0) return { kind: 'absent' };
  const commit = tip.stdout.trim();

  if (deleteBranch === 'never') return { kind: 'kept', commit, why: 'asked' };
  if ((await listWorktrees(repository)).some((worktree) => worktree.branch === branch)) {
    return { kind: 'kept', commit, why: 'checked out' };
  }
  if (deleteBranch === 'if-merged') {
    const others = ['--not', baseCommit, `--exclude=${branch}`, '--branches', '--remotes', '--'];
    const own = await runGit({
      ...call,
      arguments: ['rev-list', '--ignore-missing', '--max-count=1', commit, ...others],
    });
    if (own.trim() !== '') return { kind: 'kept', commit, why: 'commits' };
  }
  // The old value makes git refuse when someone has committed to it since.
  await runGit({ ...call, arguments: ['update-ref', '-d', '--', ref, commit] });
  return { kind: 'deleted', commit };
};
