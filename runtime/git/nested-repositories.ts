import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { runGit, tryGit } from './command/run-git.ts';
import type { OpenWorktree } from './open-worktree.ts';
import type { IndexedCall, TemporaryIndex } from './temporary-index.ts';

// What lies deeper than this is not looked into, and counts as work.
const maxDepth = 8;
const maxListBytes = 256 * 1024 * 1024;

/**
 * The repositories inside a worktree (submodules that were checked out, clones that an agent made) whose work would be
 * gone with the folder: files not committed, or commits that are nowhere else. Of a repository inside a repository git
 * records only the id of its commit, so such work cannot be parked with the rest.
 *
 * Gives their paths, relative to the worktree. Those in ignored folders are not looked for.
 */
export const nestedRepositoriesWithWork = async (worktree: OpenWorktree, index: TemporaryIndex): Promise<string[]> => {
  const withWork: string[] = [];
  const removed = [worktree.path, worktree.gitDirectory];
  for (const path of [...index.gitlinks, ...(await untrackedRepositories(index.call))]) {
    const name = Buffer.from(path, 'latin1').toString('utf8');
    if (await holdsWork(join(worktree.path, name), removed, 1)) withWork.push(name);
  }
  return withWork;
};

const untrackedRepositories = async (call: IndexedCall): Promise<string[]> => {
  const argv = ['ls-files', '-z', '--others', '--exclude-standard'];
  const listed = await runGit({ ...call, arguments: argv, encoding: 'latin1', maxOutputBytes: maxListBytes });
  // Git lists the files of folders one by one; a path that ends with a slash is a repository it does not enter.
  return listed.split('\0').filter((path) => path.endsWith('/'));
};

const gitlinksOf = async (call: IndexedCall): Promise<string[]> => {
  const argv = ['ls-files', '-z', '--stage'];
  const listed = await runGit({ ...call, arguments: argv, encoding: 'latin1', maxOutputBytes: maxListBytes });
  return listed
    .split('\0')
    .filter((record) => record.startsWith('160000 '))
    .map((record) => record.slice(record.indexOf('\t') + 1));
};

const holdsWork = async (path: string, removed: readonly string[], depth: number): Promise<boolean> => {
  const gitFile = await lstat(join(path, '.git')).catch(() => null);
  // A submodule that was never checked out is an empty folder. Git does not look at files put there.
  if (gitFile === null) return (await readdir(path).catch(() => [])).length > 0;
  if (depth > maxDepth) return true;
  // The ceiling keeps git from taking the repository around it for this one, should its .git be broken; and its own
  // configuration (core.worktree) does not say where its files are.
  const call = { cwd: path, environment: { GIT_CEILING_DIRECTORIES: dirname(path), GIT_WORK_TREE: path } };
  try {
    const argv = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--ignore-submodules=dirty'];
    const status = await tryGit({ ...call, arguments: argv, cutOutput: true });
    if (status.exitCode !== 0 || status.stdout !== '') return true;
    if (await hasUnsharedCommits(call, removed)) return true;
    for (const inner of [...(await gitlinksOf(call)), ...(await untrackedRepositories(call))]) {
      if (await holdsWork(join(path, Buffer.from(inner, 'latin1').toString('utf8')), removed, depth + 1)) return true;
    }
    return false;
  } catch {
    // What cannot be looked at is not thrown away.
    return true;
  }
};

const hasUnsharedCommits = async (call: IndexedCall, removed: readonly string[]): Promise<boolean> => {
  const place = await runGit({ ...call, arguments: ['rev-parse', '--path-format=absolute', '--git-common-dir'] });
  const directory = await realpath(place.replace(/\n$/, ''));
  const goesToo = removed.some((folder) => directory === folder || directory.startsWith(folder + sep));
  const head = await tryGit({ ...call, arguments: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'] });
  const heads = head.exitCode === 0 ? [head.stdout.trim()] : [];
  // Its branches stay when they are kept outside, as those of a worktree are; only a remote has them when they are not.
  const argv = goesToo
    ? ['rev-list', '--max-count=1', '--all', ...heads, '--not', '--remotes', '--']
    : ['rev-list', '--max-count=1', ...heads, '--not', '--branches', '--tags', '--remotes', '--'];
  if (!goesToo && heads.length === 0) return false;
  return (await runGit({ ...call, arguments: argv })).trim() !== '';
};
