import { lstat, readdir, rename } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { runGit } from './command/run-git.ts';
import { type BranchFate, type DeleteBranch, settleBranch } from './delete-branch.ts';
import { listWorktrees } from './list-worktrees.ts';
import { nestedRepositoriesWithWork } from './nested-repositories.ts';
import {
  canonicalPath,
  inWorktree,
  type OpenWorktree,
  openWorktree,
  readGitFile,
  registrationsOf,
} from './open-worktree.ts';
import { freeParkedRef, isParked, parkWork } from './park-work.ts';
import { removeFolder } from './remove-folder.ts';
import { checkCommitId, inRepository, type Repository } from './repository.ts';
import { type TemporaryIndex, withTemporaryIndex } from './temporary-index.ts';
import { headCommitOf, uncommittedFiles } from './worktree-changes.ts';

export type RemovedWorktree = {
  /** Where the uncommitted work is kept; null when there was none. */
  readonly parkedRef: string | null;
  readonly branch: BranchFate;
};

/**
 * Removes a worktree: its folder, its record, and its branch when nothing is lost with it (`deleteBranch`:
 * `if-merged`, which is the default, `never`, or `always`). A folder that is gone already is fine. Stop the agent first.
 *
 * A worktree with work that no branch has is refused; with `force` that work is parked under a ref first (`parkWork`).
 * Ignored files are gone either way. Refused even with `force`: repositories inside the worktree with work of their own,
 * which cannot be parked, and other worktrees inside it.
 *
 * Raises `worktree.dirty`; `worktree.missing` when the folder is not the worktree it was (its `.git` points elsewhere,
 * it is a symlink, the repository has no record of it); and what `runGit` raises. After an error the folder is still
 * there, though a failure in the midst of removal may have taken a part of it: all work was parked by then.
 */
export const removeWorktree = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly branch: string | null;
  readonly baseCommit: string;
  readonly force: boolean;
  readonly deleteBranch?: DeleteBranch;
  /** Where `checkRemoval` said that work is kept: it was decided then, so work is parked there even without force. */
  readonly keepUnder?: string | null;
  /** Where the folder is moved before it is emptied, so that it is there whole or not at all. Ours to remove. */
  readonly aside?: string;
  /** Milliseconds since 1970: the time of what is parked. */
  readonly now: number;
}): Promise<RemovedWorktree> => {
  const { repository, force, keepUnder = null, aside } = options;
  checkCommitId(options.baseCommit);
  const path = await canonicalPath(options.path);
  let parkedRef: string | null = null;
  if (aside !== undefined) await removeFolder(aside);
  if ((await lstat(path).catch(() => null)) !== null) {
    const worktree = await openChecked({ repository, path, force });
    const ref = keepUnder ?? (force ? await freeParkedRef(repository, basename(path), options.now) : null);
    parkedRef = await secureWork(worktree, ref, options.now);
    if (aside !== undefined) await rename(path, aside);
    await removeFolder(aside ?? path);
  }
  // By an earlier attempt, which was cut short after it.
  if (parkedRef === null && keepUnder !== null && (await isParked(repository, keepUnder))) parkedRef = keepUnder;
  if ((await registrationsOf(repository, path)).length > 0) {
    // Forced, for git cannot look for changes in a folder that is gone. Twice, for one whose making was cut short is
    // locked.
    const argv = ['worktree', 'remove', '--force', '--force', '--', path];
    await runGit({ ...inRepository(repository), arguments: argv });
  }
  const { branch, baseCommit, deleteBranch = 'if-merged' } = options;
  return { parkedRef, branch: await settleBranch({ repository, branch, baseCommit, deleteBranch }) };
};

/**
 * Raises what `removeWorktree` would refuse, and changes nothing. Gives the ref under which it is to keep work.
 */
export const checkRemoval = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly force: boolean;
  readonly now: number;
}): Promise<string> => {
  const { repository, force } = options;
  const path = await canonicalPath(options.path);
  if ((await lstat(path).catch(() => null)) !== null) {
    const worktree = await openChecked({ repository, path, force });
    if (!(await isBlank(worktree))) {
      await withTemporaryIndex(worktree, async (index) => {
        const work = await findWork(worktree, index);
        if (!force && holdsWork(work)) throw isDirty(worktree, work);
      });
    }
  }
  return freeParkedRef(repository, basename(path), options.now);
};

const openChecked = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly force: boolean;
}): Promise<OpenWorktree> => {
  const { repository, path, force } = options;
  const worktree = await openWorktree({ repository, path, gitFileMayBeGone: force });
  await refuseLocked(worktree);
  await refuseInnerWorktrees(repository, path);
  return worktree;
};

const refuseLocked = async (worktree: OpenWorktree): Promise<void> => {
  const file = join(worktree.gitDirectory, 'locked');
  if ((await lstat(file).catch(() => null)) === null) return;
  const reason = (await readGitFile(file)) ?? '';
  // Git locks a worktree while it makes one.
  if (reason.trim() === 'initializing') return;
  throw new ThroughlineError('worktree.dirty', `${worktree.path} is locked: ${reason.trim() || 'no reason given'}`, {
    hint: 'run git worktree unlock on it, then remove it',
  });
};

const refuseInnerWorktrees = async (repository: Repository, path: string): Promise<void> => {
  const inner = (await listWorktrees(repository)).find((other) => other.path.startsWith(path + sep));
  if (inner === undefined || (await lstat(inner.path).catch(() => null)) === null) return;
  throw new ThroughlineError('worktree.dirty', `${path} has another worktree inside it: ${inner.path}`, {
    hint: 'remove that one first',
  });
};

type Work = {
  /** Paths of what is not committed. */
  readonly files: readonly string[];
  readonly headCommit: string | null;
  readonly headIsLoose: boolean;
};

const holdsWork = ({ files, headIsLoose }: Work): boolean => files.length > 0 || headIsLoose;

/** What would be lost with the folder. Raises `worktree.dirty` for what cannot be parked. */
const findWork = async (worktree: OpenWorktree, index: TemporaryIndex): Promise<Work> => {
  const nested = await nestedRepositoriesWithWork(worktree, index);
  if (nested.length > 0) {
    throw new ThroughlineError(
      'worktree.dirty',
      `${worktree.path} has repositories of their own inside it, with work that is nowhere else: ${some(nested)}`,
      { hint: 'push their commits or move them elsewhere, then remove the worktree', details: { files: nested } },
    );
  }
  const { files } = await uncommittedFiles(index);
  const headCommit = await headCommitOf(worktree);
  const headIsLoose = headCommit !== null && (await isLoose(worktree, headCommit));
  return { files: files.map((file) => file.path), headCommit, headIsLoose };
};

const isDirty = ({ path }: OpenWorktree, { files, headCommit }: Work): ThroughlineError => {
  const what =
    files.length > 0 ? `has uncommitted changes: ${some(files)}` : `has commits that are on no branch (${headCommit})`;
  return new ThroughlineError('worktree.dirty', `${path} ${what}`, {
    hint: 'commit them, or remove with force: they are then kept under a ref',
    details: { files: files.slice(0, 100) },
  });
};

/** Parks under the ref what would be lost with the folder, or refuses when there is none. */
const secureWork = async (worktree: OpenWorktree, ref: string | null, now: number): Promise<string | null> => {
  // Its making was cut short before the checkout: there is nothing in it yet.
  if (await isBlank(worktree)) return null;
  return withTemporaryIndex(worktree, async (index) => {
    const work = await findWork(worktree, index);
    if (!holdsWork(work)) return null;
    if (ref === null) throw isDirty(worktree, work);
    return parkWork({ worktree, index, ...work, name: basename(worktree.path), ref, now });
  });
};

const some = (paths: readonly string[]): string => {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
};

const isBlank = async (worktree: OpenWorktree): Promise<boolean> => {
  const index = await lstat(join(worktree.gitDirectory, 'index')).catch(() => null);
  return index === null && (await readdir(worktree.path)).every((name) => name === '.git');
};

/** Whether a commit is on no branch, tag or remote, nor parked: it would be gone with the worktree's HEAD. */
const isLoose = async (worktree: OpenWorktree, commit: string): Promise<boolean> => {
  const argv = ['rev-list', '--max-count=1', commit, '--not', '--branches', '--tags', '--remotes'];
  const parked = '--glob=refs/throughline/parked/*';
  return (await runGit({ ...inWorktree(worktree), arguments: [...argv, parked, '--'] })).trim() !== '';
};
