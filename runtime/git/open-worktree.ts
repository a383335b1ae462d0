import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { GitCall } from './command/run-git.ts';
import { markVariable, type RepositoryPlace } from './repository.ts';

/** A worktree that was found to be what it claims. */
export type OpenWorktree = {
  readonly path: string;
  /** Its own folder below the repository's `.git/worktrees`: HEAD, index and the like. */
  readonly gitDirectory: string;
  readonly commonDirectory: string;
  /** The repository's mark. */
  readonly mark?: string;
};

const maxGitFileBytes = 16 * 1024;

/** The path with the symlinks of its parents resolved, and itself not followed. */
export const canonicalPath = async (path: string): Promise<string> => {
  const absolute = resolve(path);
  const parent = dirname(absolute);
  if (parent === absolute) return absolute;
  const realParent = await realpath(parent).catch(() => null);
  return join(realParent ?? (await canonicalPath(parent)), basename(absolute));
};

/** A text file of git's, without its last line end; null for what is no plain file, or too large to be one of those. */
export const readGitFile = async (file: string): Promise<string | null> => {
  const found = await lstat(file).catch(() => null);
  if (found === null || !found.isFile() || found.size > maxGitFileBytes) return null;
  return (await readFile(file, 'utf8')).replace(/\n+$/, '');
};

/** The folders in `.git/worktrees` that say they belong to the worktree at this canonical path: one, if all is well. */
export const registrationsOf = async (repository: RepositoryPlace, path: string): Promise<string[]> => {
  const parent = join(repository.commonDirectory, 'worktrees');
  const found: string[] = [];
  for (const name of await readdir(parent).catch((): string[] => [])) {
    const directory = join(parent, name);
    // Another session's may be removed at this moment.
    const record = await lstat(directory).catch(() => null);
    if (record === null || !record.isDirectory()) continue;
    const link = await readGitFile(join(directory, 'gitdir'));
    // Newer versions of git can write this path relative to the folder it stands in.
    if (link !== null && (await canonicalPath(resolve(directory, link))) === join(path, '.git')) found.push(directory);
  }
  return found;
};

/**
 * Makes sure that a folder is a worktree of this repository before anything is run or removed there. An agent can rewrite
 * the `.git` file of its worktree, or put a symlink in its place: git, sent there, would work on something else.
 * Both sides must agree: the worktree's `.git` file and the repository's record of it.
 *
 * With `gitFileMayBeGone`, a worktree whose `.git` file was deleted is accepted on the repository's record alone.
 *
 * Raises `worktree.missing`, saying what does not fit.
 */
export const openWorktree = async (options: {
  readonly repository: RepositoryPlace;
  readonly path: string;
  readonly gitFileMayBeGone?: boolean;
}): Promise<OpenWorktree> => {
  const path = await canonicalPath(options.path);
  const refused = (reason: string): ThroughlineError =>
    new ThroughlineError('worktree.missing', `${path} is not a worktree of ${options.repository.root}: ${reason}`, {
      hint: 'nothing was changed; look at the folder and at git worktree list',
    });

  const folder = await lstat(path).catch(() => null);
  if (folder === null) throw refused('there is no such folder');
  if (folder.isSymbolicLink()) throw refused('it is a symlink');
  if (!folder.isDirectory()) throw refused('it is not a folder');

  const [gitDirectory, ...others] = await registrationsOf(options.repository, path);
  if (gitDirectory === undefined) throw refused('the repository has no record of it');
  if (others.length > 0) throw refused('more than one record claims it');

  const gitFile = join(path, '.git');
  const isGone = (await lstat(gitFile).catch(() => null)) === null;
  if (isGone && options.gitFileMayBeGone !== true) throw refused('its .git file is gone');
  if (!isGone) {
    const link = await readGitFile(gitFile);
    if (link === null || !link.startsWith('gitdir: ')) throw refused('its .git is not the file that git made');
    const target = await realpath(resolve(path, link.slice('gitdir: '.length))).catch(() => null);
    if (target !== gitDirectory) throw refused('its .git file points elsewhere');
  }
  // Git looks up refs by this file, whatever GIT_COMMON_DIR says.
  const common = await readGitFile(join(gitDirectory, 'commondir'));
  if (common === null || (await canonicalPath(resolve(gitDirectory, common))) !== options.repository.commonDirectory) {
    throw refused("the repository's record of it points elsewhere");
  }
  const { commonDirectory, mark } = options.repository;
  return { path, gitDirectory, commonDirectory, ...(mark === undefined ? {} : { mark }) };
};

/**
 * How to call git in a worktree: held to its folders by the environment, so that neither its `.git` file nor
 * `core.worktree` in its configuration is asked again.
 */
export const inWorktree = (worktree: OpenWorktree): Required<Pick<GitCall, 'cwd' | 'environment'>> => ({
  cwd: worktree.path,
  environment: {
    GIT_DIR: worktree.gitDirectory,
    GIT_COMMON_DIR: worktree.commonDirectory,
    GIT_WORK_TREE: worktree.path,
    ...markVariable(worktree.mark),
  },
});
