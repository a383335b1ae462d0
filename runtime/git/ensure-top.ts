import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { tryGit } from './command/run-git.ts';
import { inWorktree, type OpenWorktree } from './open-worktree.ts';

/**
 * Makes sure that git, run in the worktree as an agent runs it, takes the worktree for the top. In a repository with
 * `extensions.worktreeConfig` whose shared configuration has `core.worktree` or `core.bare` (a submodule has the first)
 * those count for every worktree: `core.worktree` is relative to the git folder, so the top would be the git folder
 * itself, and `git add --all` would take HEAD, the configuration and the hooks for files. Our own calls are held to their
 * folders by the environment; an agent's are not.
 *
 * What is wrong is put right in the worktree's own configuration, never in the shared one, which is the person's.
 *
 * Raises `worktree.misplaced` when git takes another folder for the top even so, and what `tryGit` raises.
 */
export const ensureTop = async (worktree: OpenWorktree): Promise<void> => {
  if ((await topOf(worktree)).isRight) return;
  await writeOwnConfiguration(worktree);
  const { isRight, found } = await topOf(worktree);
  if (isRight) return;
  throw new ThroughlineError('worktree.misplaced', `in the worktree ${worktree.path} git ${found}`, {
    hint: "nothing is started there; look at core.worktree and core.bare in the repository's configuration",
  });
};

const topOf = async ({ path }: OpenWorktree): Promise<{ readonly isRight: boolean; readonly found: string }> => {
  const top = await tryGit({ cwd: path, arguments: ['rev-parse', '--show-toplevel'] });
  if (top.exitCode !== 0) return { isRight: false, found: `finds no files: ${top.stderr.trim()}` };
  const found = top.stdout.replace(/\n$/, '');
  return { isRight: found === path, found: `takes ${found} for the top` };
};

const writeOwnConfiguration = async (worktree: OpenWorktree): Promise<void> => {
  // Git writes through a symlink, to whatever an agent had it lead to.
  const there = await lstat(join(worktree.gitDirectory, 'config.worktree')).catch(() => null);
  if (there !== null && !there.isFile()) return;
  for (const [key, value] of [
    ['core.worktree', worktree.path],
    ['core.bare', 'false'],
  ] as const) {
    // Refused by git where worktrees have no configuration of their own: then the shared one is not to blame either.
    await tryGit({ ...inWorktree(worktree), arguments: ['config', '--worktree', '--replace-all', key, value] });
  }
};
