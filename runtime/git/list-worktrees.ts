import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runGit } from './command/run-git.ts';
import { inRepository, type Repository } from './repository.ts';

export type ListedWorktree = {
  readonly path: string;
  readonly headCommit: string | null;
  /** Null when HEAD is detached. */
  readonly branch: string | null;
  readonly bare: boolean;
  /** Why it is locked (may be empty); null when it is not. */
  readonly locked: string | null;
  /** Why git takes it for gone; null when it does not. */
  readonly prunable: string | null;
};

/** All worktrees that the repository has a record of, the main one first. Raises what `runGit` raises. */
export const listWorktrees = async (repository: Repository): Promise<ListedWorktree[]> =>
  parseWorktreeList(
    await runGit({ ...inRepository(repository), arguments: ['worktree', 'list', '--porcelain', '-z'] }),
  );

/** Reads what `git worktree list --porcelain -z` says: attributes end with a NUL, worktrees with one more. */
export const parseWorktreeList = (text: string): ListedWorktree[] =>
  text
    .split('\0\0')
    .filter((block) => block !== '')
    .map((block) => {
      const attributes = new Map<string, string>();
      for (const line of block.split('\0')) {
        const space = line.indexOf(' ');
        attributes.set(space < 0 ? line : line.slice(0, space), space < 0 ? '' : line.slice(space + 1));
      }
      return {
        path: attributes.get('worktree') ?? '',
        headCommit: attributes.get('HEAD') ?? null,
        branch: attributes.get('branch')?.replace(/^refs\/heads\//, '') ?? null,
        bare: attributes.has('bare'),
        locked: attributes.get('locked') ?? null,
        prunable: attributes.get('prunable') ?? null,
      };
    });

/**
 * Drops the records of worktrees whose folder is gone, and gives their paths. Only while the folder above is still there:
 * a disk that is not plugged in takes all of it along, and git's own prune would forget the worktrees on it. Locked ones
 * stay.
 *
 * Raises what `runGit` raises.
 */
export const pruneWorktrees = async (repository: Repository): Promise<string[]> => {
  const pruned: string[] = [];
  for (const { path, locked, prunable } of await listWorktrees(repository)) {
    if (prunable === null || locked !== null) continue;
    const folder = await lstat(path).catch(() => null);
    const above = await lstat(dirname(path)).catch(() => null);
    if (folder !== null || above === null) continue;
    await runGit({ ...inRepository(repository), arguments: ['worktree', 'remove', '--force', '--', path] });
    pruned.push(path);
  }
  return pruned;
};
