import { lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { codeOf, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { checkBranchName } from './branch-name.ts';
import { runGit, tryGit } from './command/run-git.ts';
import { ensureTop } from './ensure-top.ts';
import { checkNotCheckedOut } from './existing-branch.ts';
import { listWorktrees } from './list-worktrees.ts';
import { canonicalPath, inWorktree, openWorktree, registrationsOf } from './open-worktree.ts';
import { removeFolder } from './remove-folder.ts';
import { checkCommitId, inRepository, type Repository } from './repository.ts';

export type CreatedWorktree = {
  /** Where it is, free of symlinks: the path to keep. */
  readonly path: string;
  readonly branch: string;
};

const checkoutTimeLimitMs = 10 * 60_000;

/**
 * Makes a worktree on a new branch that starts at `baseCommit` (or with `takesBranch` on one that is there, which stays
 * as it is), and the folders above it where they lack. All or nothing: after a failure there is neither branch nor folder
 * nor record of it. No hook and no filter of the repository
 * runs (see `programOverrides` for what that means with Git LFS).
 *
 * `within` is a folder that the path must be in once symlinks are resolved.
 *
 * Raises `worktree.exists` when path or branch is taken, `worktree.bad_branch`, `repository.bad_base` when `baseCommit`
 * is not the id of a commit there, `input.invalid` for a path that cannot be used, `worktree.misplaced` when git would take
 * another folder for its top, and what `runGit` raises.
 */
export const createWorktree = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;
  readonly within?: string;
  readonly takesBranch?: boolean;
}): Promise<CreatedWorktree> => {
  const { repository } = options;
  const branch = checkBranchName(options.branch);
  const base = checkCommitId(options.baseCommit);
  const call = inRepository(repository);
  const known = await tryGit({ ...call, arguments: ['rev-parse', '--verify', '--quiet', `${base}^{commit}`] });
  if (known.exitCode !== 0) {
    throw new ThroughlineError('repository.bad_base', `${repository.root} has no commit ${base}`);
  }
  const { takesBranch = false } = options;
  if (takesBranch) await checkNotCheckedOut(repository, branch);
  else await checkBranchIsFree(repository, branch);
  const path = await claimFolder(options.path, options.within);
  try {
    if ((await registrationsOf(repository, path)).length > 0) {
      throw new ThroughlineError('worktree.exists', `${repository.root} still has a record of a worktree at ${path}`, {
        hint: 'run git worktree prune there, then try again',
      });
    }
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
  try {
    const on = takesBranch ? ['--', path, branch] : ['--no-track', '-b', branch, '--', path, base];
    const add = ['worktree', 'add', '--quiet', '--no-checkout', ...on];
    await runGit({ ...call, arguments: add });
    // The checkout is a call of its own: configuration can depend on the branch and the folder, so the filters to
    // switch off are known for certain only from here.
    const worktree = await openWorktree({ repository, path });
    await ensureTop(worktree);
    await runGit({
      ...inWorktree(worktree),
      arguments: ['reset', '--hard', '--quiet', '--no-recurse-submodules'],
      timeLimitMs: checkoutTimeLimitMs,
    });
  } catch (error) {
    await undo(repository, path, takesBranch ? null : branch, base);
    throw error;
  }
  return { path, branch };
};

/**
 * Removes what is left of a worktree whose making was cut short, if anything is. Only for one that nobody has worked in:
 * its folder goes with all that is in it, and its branch if that is still where it began and nobody has checked it out.
 */
export const discardUnfinished = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;
  readonly takesBranch?: boolean;
}): Promise<void> => {
  const { repository, branch } = options;
  const path = await canonicalPath(options.path);
  const isElsewhere = (await listWorktrees(repository)).some((other) => other.branch === branch && other.path !== path);
  if (isElsewhere) await removeTraces(repository, path);
  else await undo(repository, path, options.takesBranch ? null : branch, checkCommitId(options.baseCommit));
};

/**
 * Raises `worktree.exists` when a branch of this name, or one that is in the way of it, is there.
 */
export const checkBranchIsFree = async (repository: Repository, branch: string): Promise<void> => {
  const parts = branch.split('/');
  // A branch `throughline` would be in the way of every `throughline/…`: refs are files and folders.
  for (const [index] of parts.entries()) {
    const name = parts.slice(0, index + 1).join('/');
    const found = await tryGit({
      ...inRepository(repository),
      arguments: ['show-ref', '--verify', '--quiet', '--', `refs/heads/${name}`],
    });
    if (found.exitCode !== 0) continue;
    throw name === branch
      ? new ThroughlineError('worktree.exists', `branch ${branch} already exists in ${repository.root}`, {
          hint: 'choose another branch name',
        })
      : new ThroughlineError('worktree.exists', `branch ${name} is in the way of ${branch} in ${repository.root}`, {
          hint: `rename branch ${name}, or choose a branch name that does not begin with ${name}/`,
        });
  }
};

/** Makes the folder, so that from here on it is ours to remove; what was there before is never touched. */
const claimFolder = async (wanted: string, within: string | undefined): Promise<string> => {
  const refused = (reason: string): ThroughlineError =>
    new ThroughlineError('input.invalid', `${JSON.stringify(wanted.slice(0, 300))} cannot be a worktree: ${reason}`);
  if (wanted.includes('\0')) throw refused('a path has no NUL');
  if (!isAbsolute(wanted)) throw refused('the path must be absolute');
  if (wanted.split(sep).includes('..')) throw refused('the path must not go upwards');
  if (Buffer.byteLength(basename(wanted)) > 255) throw refused('its name is longer than 255 bytes');
  try {
    if (within !== undefined) await mkdir(within, { recursive: true });
    const top = within === undefined ? null : await realpath(within);
    // Checked before anything is made: a symlink on the way must not make us create folders elsewhere.
    if (top !== null && !(await nearestFolder(dirname(wanted)).then((near) => isInside(near, top)))) {
      throw refused(`it is not in ${top}`);
    }
    await mkdir(dirname(wanted), { recursive: true });
    const parent = await realpath(dirname(wanted));
    if (top !== null && !isInside(parent, top)) throw refused(`it is not in ${top}`);
    const path = join(parent, basename(wanted));
    await mkdir(path);
    return path;
  } catch (error) {
    if (error instanceof ThroughlineError) throw error;
    if (codeOf(error) === 'EEXIST') {
      throw new ThroughlineError('worktree.exists', `${wanted} already exists`, {
        hint: 'choose another path',
        cause: error,
      });
    }
    throw refused(error instanceof Error ? error.message : String(error));
  }
};

const isInside = (path: string, folder: string): boolean => path === folder || path.startsWith(folder + sep);

const nearestFolder = async (path: string): Promise<string> => {
  const found = await lstat(path).catch(() => null);
  return found === null && dirname(path) !== path ? nearestFolder(dirname(path)) : realpath(path);
};

const undo = async (repository: Repository, path: string, branch: string | null, base: string): Promise<void> => {
  await removeTraces(repository, path);
  if (branch === null) return;
  // Only while it is where we put it.
  const argv = ['update-ref', '-d', '--', `refs/heads/${branch}`, base];
  await tryGit({ ...inRepository(repository), arguments: argv }).catch(() => {});
};

const removeTraces = async (repository: Repository, path: string): Promise<void> => {
  await removeFolder(path).catch(() => {});
  // Twice --force: a worktree that was being made is locked. Errors do not matter here: the first one is reported.
  if ((await registrationsOf(repository, path).catch(() => [])).length > 0) {
    const argv = ['worktree', 'remove', '--force', '--force', '--', path];
    await tryGit({ ...inRepository(repository), arguments: argv }).catch(() => {});
  }
};
