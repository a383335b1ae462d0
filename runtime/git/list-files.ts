import { gitFailure, tryGit } from './command/run-git.ts';
import { inWorktree, openWorktree } from './open-worktree.ts';
import { inRepository, type Repository } from './repository.ts';

const maxListBytes = 8 * 1024 * 1024;

/**
 * The files of a worktree, or of the repository's own folder for a null path: tracked and new ones, none that are
 * ignored; of very many the first. Raises `worktree.missing`, and what `runGit` raises.
 */
export const listFiles = async (repository: Repository, path: string | null): Promise<readonly string[]> => {
  const place = path === null ? inRepository(repository) : inWorktree(await openWorktree({ repository, path }));
  const call = {
    ...place,
    arguments: ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    maxOutputBytes: maxListBytes,
    cutOutput: true,
  };
  const listed = await tryGit(call);
  if (listed.exitCode !== 0 && !listed.cut) throw gitFailure(call, listed);
  // What follows the last NUL is empty, or was cut in its middle.
  return listed.stdout.split('\0').slice(0, -1);
};
