import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { tryGit } from './command/run-git.ts';
import { listWorktrees } from './list-worktrees.ts';
import { inRepository, type Repository } from './repository.ts';

/** The commit of a branch; null where there is no such branch. */
export const branchTip = async (repository: Repository, branch: string): Promise<string | null> => {
  const argv = ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`];
  const found = await tryGit({ ...inRepository(repository), arguments: argv });
  return found.exitCode === 0 ? found.stdout.trim() : null;
};

/** Raises `worktree.exists` where a worktree has the branch checked out: git lets one branch be in one worktree only. */
export const checkNotCheckedOut = async (repository: Repository, branch: string): Promise<void> => {
  const [main, ...others] = await listWorktrees(repository);
  const found = [main, ...others].find((each) => each?.branch === branch);
  if (found === undefined) return;
  throw new ThroughlineError('worktree.exists', `branch ${branch} is checked out in ${found.path}`, {
    hint:
      found === main
        ? 'check out another branch there, or work in it with --no-worktree'
        : `take that worktree up: --worktree ${found.path}`,
  });
};

/** Where two commits parted; the second itself where they have nothing in common. */
export const mergeBaseOf = async (repository: Repository, base: string, commit: string): Promise<string> => {
  const found = await tryGit({ ...inRepository(repository), arguments: ['merge-base', base, commit] });
  return found.exitCode === 0 ? found.stdout.trim() : commit;
};
