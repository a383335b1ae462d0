import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionHandle } from '../../../actors/reader/session-queries.ts';
import { tryGit } from '../../git/command/run-git.ts';
import { inWorktree, openWorktree } from '../../git/open-worktree.ts';
import { inRepository, inspectRepository, type Repository } from '../../git/repository.ts';

/** The repository of a session, and the branch that its folder really has. */
export type SessionBranch = { readonly repository: Repository; readonly branch: string };

/**
 * Agents and people rename and switch branches, so the folder is asked. A worktree that is gone has the branch that the
 * log says.
 *
 * Raises `push.no_branch` where none is checked out, and what git raises.
 */
export const branchOfSession = async ({ state }: Pick<SessionHandle, 'state'>): Promise<SessionBranch> => {
  const repository = await inspectRepository(state.repository);
  const found = state.usesWorktree ? await inItsWorktree(repository, state) : repository.headBranch;
  if (found !== null) return { repository, branch: found };
  throw new ThroughlineError('push.no_branch', 'no branch is checked out where the session works', {
    hint: 'make one there: git switch -c NAME',
  });
};

const inItsWorktree = async (
  repository: Repository,
  { worktreePath: path, branch }: SessionHandle['state'],
): Promise<string | null> => {
  const worktree = path === null ? null : await openWorktree({ repository, path }).catch(() => null);
  if (worktree === null) return branch;
  const call = { ...inWorktree(worktree), arguments: ['symbolic-ref', '--quiet', '--short', 'HEAD'] };
  const head = await tryGit(call);
  return head.exitCode === 0 ? head.stdout.trim() : null;
};

/** Whether the repository has a branch of this name. */
export const hasBranch = async (repository: Repository, branch: string): Promise<boolean> => {
  const argv = ['show-ref', '--verify', '--quiet', '--', `refs/heads/${branch}`];
  return (await tryGit({ ...inRepository(repository), arguments: argv })).exitCode === 0;
};
