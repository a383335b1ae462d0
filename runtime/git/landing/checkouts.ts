import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { tryGit } from '../command/run-git.ts';
import { listWorktrees } from '../list-worktrees.ts';
import { canonicalPath, openWorktree, readGitFile } from '../open-worktree.ts';
import { inRepository, type Repository } from '../repository.ts';

/** A folder in which a branch is checked out, or in which a rebase or a bisection of it is going on. */
export type Checkout = {
  readonly path: string;
  /** Its own git folder: HEAD, index and the like. */
  readonly gitDirectory: string;
  /** What is unfinished there, in the name of git's command for it; null when nothing is. */
  readonly unfinished: 'rebase' | 'bisect' | 'merge' | 'cherry-pick' | 'revert' | null;
  /** It cannot be looked at: its disk may not be plugged in, or its record does not fit it. */
  readonly isAway: boolean;
};

/** All folders that have a branch (`main`) out, the person's and those of sessions. Raises what `runGit` raises. */
export const checkoutsOf = async (repository: Repository, branch: string): Promise<readonly Checkout[]> => {
  const found: Checkout[] = [];
  for (const gitDirectory of await gitDirectoriesOf(repository)) {
    const head = await readGitFile(join(gitDirectory, 'HEAD'));
    const work = await unfinishedIn(gitDirectory);
    const isOut = head === `ref: refs/heads/${branch}` || (await branchIn(gitDirectory)) === branch;
    if (!isOut) continue;
    const path = await folderOf(repository, gitDirectory);
    if (path === null) continue;
    const folder = await lstat(path).catch(() => null);
    // Removed by hand: its record is all that is left, and nothing can be left behind there.
    if (folder === null && (await lstat(dirname(path)).catch(() => null)) !== null) continue;
    const isAway = folder === null || !(await isTrue(repository, path, gitDirectory));
    found.push({ path, gitDirectory, unfinished: work, isAway });
  }
  return found;
};

const gitDirectoriesOf = async ({ commonDirectory }: Repository): Promise<readonly string[]> => {
  const records = join(commonDirectory, 'worktrees');
  const names = await readdir(records).catch((): string[] => []);
  return [commonDirectory, ...names.map((name) => join(records, name))];
};

/** The folder with the files; null where there are none (a bare repository). */
const folderOf = async (repository: Repository, gitDirectory: string): Promise<string | null> => {
  if (gitDirectory !== repository.commonDirectory) {
    const link = await readGitFile(join(gitDirectory, 'gitdir'));
    return link === null ? null : canonicalPath(dirname(resolve(gitDirectory, link)));
  }
  const [first] = await listWorktrees(repository);
  if (first === undefined || first.bare) return null;
  // Where the repository was found may be its main folder, too; of a submodule git's own list names another.
  for (const path of [repository.root, first.path]) {
    const found = await tryGit({ cwd: path, arguments: ['rev-parse', '--absolute-git-dir'] }).catch(() => null);
    if (found?.exitCode !== 0) continue;
    if ((await realpath(found.stdout.replace(/\n$/, '')).catch(() => null)) === gitDirectory) return path;
  }
  return null;
};

/** Whether folder and record agree: an agent can write to both, and send git to work on something else. */
const isTrue = async (repository: Repository, path: string, gitDirectory: string): Promise<boolean> =>
  gitDirectory === repository.commonDirectory ||
  openWorktree({ repository, path }).then(
    () => true,
    () => false,
  );

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** What is unfinished in a git folder, in the name of git's command for it. */
export const unfinishedIn = async (gitDirectory: string): Promise<Checkout['unfinished']> => {
  for (const [file, work] of [
    ['rebase-merge', 'rebase'],
    ['rebase-apply', 'rebase'],
    ['BISECT_START', 'bisect'],
    ['MERGE_HEAD', 'merge'],
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
  ] as const) {
    if (await exists(join(gitDirectory, file))) return work;
  }
  return null;
};

/** The branch that is being rebased or bisected there, while HEAD is on none. */
const branchIn = async (gitDirectory: string): Promise<string | null> => {
  for (const file of ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START']) {
    const name = await readGitFile(join(gitDirectory, file));
    if (name !== null) return name.replace(/^refs\/heads\//, '');
  }
  return null;
};

/** How to call git in a checkout: held to its folders, as in a worktree. */
export const inCheckout = (repository: Repository, { path, gitDirectory }: Checkout) => ({
  cwd: path,
  environment: {
    ...inRepository(repository).environment,
    GIT_DIR: gitDirectory,
    GIT_COMMON_DIR: repository.commonDirectory,
    GIT_WORK_TREE: path,
  },
});

/** The branch that a checkout is on, and its commit. */
export const headOf = async (
  repository: Repository,
  checkout: Checkout,
): Promise<{ readonly ref: string | null; readonly commit: string | null }> => {
  const call = inCheckout(repository, checkout);
  const found = await tryGit({ ...call, arguments: ['rev-parse', 'HEAD^{commit}', '--symbolic-full-name', 'HEAD'] });
  if (found.exitCode !== 0) return { ref: null, commit: null };
  const [commit = '', name = ''] = found.stdout.split('\n');
  return { ref: name.startsWith('refs/') ? name : null, commit };
};
