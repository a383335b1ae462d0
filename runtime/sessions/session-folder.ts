/** Where a session's agent works: a worktree of its own, or with `--no-worktree` the folder it was pointed at. */
import { lstat, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SessionState } from '../../actors/model/dashboard/session-projection.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { LedgerFact } from '../../actors/protocol/facts/events.ts';
import { fact } from '../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { NewSession } from '../../actors/protocol/gateway/api.ts';
import { branchNameFor, checkBranchName } from '../git/branch-name.ts';
import { checkBranchIsFree } from '../git/create-worktree.ts';
import { canonicalPath, openWorktree } from '../git/open-worktree.ts';
import { removeFolder } from '../git/remove-folder.ts';
import { inspectRepository, type Repository, resolveBase } from '../git/repository.ts';
import { fillWorktree } from '../git/snapshots/fill-worktree.ts';
import { releaseTree } from '../git/snapshots/held-tree.ts';
import type { Worktrees } from '../git/worktrees.ts';

/** What the ledger's first event says of the folder. */
export type FolderPlan = {
  readonly repository: string;
  readonly branch: string | null;
  readonly base: string | null;
  readonly baseCommit: string | null;
};

/**
 * Looks at what was asked for and decides, changing nothing. Raises `repository.…`, `worktree.bad_branch` and
 * `worktree.exists` for a branch that is taken, so that a mistake is refused before there is a session.
 */
export const planFolder = async (
  request: NewSession,
  id: SessionId,
  name: string,
  /** What the repository says of where sessions begin, where a person has agreed to that. */
  setupFor: (repository: Repository) => Promise<{ readonly base?: string | undefined } | null>,
): Promise<FolderPlan> => {
  if (!request.worktree) {
    const repository = resolve(request.repository);
    await requireFolder(repository);
    return { repository, branch: null, base: null, baseCommit: null };
  }
  const repository = await inspectRepository(request.repository);
  const base = await resolveBase(repository, request.base ?? (await setupFor(repository))?.base);
  const branch = request.branch === undefined ? branchNameFor(name, id) : checkBranchName(request.branch);
  // From here on a branch of this name without a worktree is our own, left by a crash.
  await checkBranchIsFree(repository, branch);
  return { repository: repository.root, branch, base: base.name, baseCommit: base.commit };
};

/** Folders that an agent may work in besides its own. Raises `repository.missing` for one that is none. */
export const foldersBeside = async (paths: readonly string[]): Promise<string[]> => {
  const folders = paths.map((path) => resolve(path));
  for (const folder of folders) await requireFolder(folder);
  return folders;
};

const requireFolder = async (path: string): Promise<void> => {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) {
    throw new ThroughlineError('repository.missing', `${path} is not a folder`, { hint: 'give --repo a folder' });
  }
};

/**
 * The folder to work in, made if the session has none yet. `record` logs a worktree that was made. Raises
 * `worktree.missing` for one that is gone or is none any more, `worktree.misplaced` for one where git would work on
 * something else, `repository.…` when its repository is not there, and what making one raises.
 */
export const ensureFolder = async (options: {
  readonly id: SessionId;
  readonly state: SessionState;
  readonly worktrees: Worktrees;
  readonly worktreesFolder: string;
  /** The tree whose files it begins with; null: those of its commit. */
  readonly startsFrom: string | null;
  readonly record: (fact: LedgerFact) => Promise<void>;
}): Promise<string> => {
  const { id, state } = options;
  if (!state.usesWorktree) {
    await requireFolder(state.repository);
    return state.repository;
  }
  if (state.worktreePath !== null) {
    const path = state.worktreePath;
    if (!(await stat(path).catch(() => null))?.isDirectory()) {
      throw new ThroughlineError('worktree.missing', `the worktree ${path} is gone`, {
        hint: 'put it back, or start a new session; its history can still be read',
      });
    }
    // The last agent may have sent its git elsewhere, or put a symlink in the folder's place.
    await options.worktrees.check({ repository: await inspectRepository(state.repository), path });
    return path;
  }
  if (state.branch === null || state.baseCommit === null) {
    throw new ThroughlineError('worktree.missing', 'the session has neither a worktree nor a branch to make one from');
  }
  const repository = await inspectRepository(state.repository);
  const { branch, baseCommit } = state;
  const path = worktreePathOf(options.worktreesFolder, id);
  const { worktrees, worktreesFolder: within } = options;
  const create = () => worktrees.create({ repository, path, branch, baseCommit, within });
  await clearUnfinished(worktrees, { repository, path, branch, baseCommit });
  const created = await create().catch(async (thrown) => {
    if (!(thrown instanceof ThroughlineError) || thrown.code !== 'worktree.exists') throw thrown;
    // A crash can leave the branch alone behind. One that somebody works on stays, and is refused once more.
    await worktrees.discardUnfinished({ repository, path, branch, baseCommit });
    return create();
  });
  if (options.startsFrom !== null) {
    const worktree = await openWorktree({ repository, path: created.path });
    await fillWorktree({ repository, worktree, tree: options.startsFrom });
  }
  const payload = { path: created.path, branch: created.branch, base: state.base };
  await options.record(fact('worktree_created', payload, toTimestamp(Date.now())));
  if (options.startsFrom !== null) await releaseTree(repository, id);
  return created.path;
};

const worktreePathOf = (worktreesFolder: string, id: SessionId): string => join(worktreesFolder, id);

/**
 * Removes what is left of a worktree whose making a crash cut short. The log does not have it, so no agent has ever
 * worked in it; and its branch was free when the session was planned, so it is ours too.
 */
const clearUnfinished = async (
  worktrees: Worktrees,
  made: Parameters<Worktrees['discardUnfinished']>[0],
): Promise<void> => {
  const folder = await lstat(made.path).catch(() => null);
  const isRecorded = (await worktrees.list(made.repository)).some(({ path }) => path === made.path);
  if (folder !== null || isRecorded) await worktrees.discardUnfinished(made);
};

/** Whether a path is where this data directory has the worktree of a session. */
export const isOwnPlace = async (worktreesFolder: string, id: SessionId, path: string): Promise<boolean> =>
  (await canonicalPath(path)) === (await canonicalPath(worktreePathOf(worktreesFolder, id)));

/**
 * Decides how a session's folder is to be removed, changing nothing. Gives the ref that is to keep the work which no
 * branch has, or null where there is no worktree. Raises `worktree.dirty` for such work unless forced, and what the
 * removal of a worktree raises. With force a repository that is gone is no hindrance.
 */
export const planRemoval = async (options: {
  readonly state: SessionState;
  readonly worktrees: Worktrees;
  readonly force: boolean;
  readonly now: number;
}): Promise<string | null> => {
  const { state, worktrees, force, now } = options;
  if (!state.usesWorktree || state.baseCommit === null) return null;
  const repository = await repositoryToLeave(state, force);
  if (repository === null || state.worktreePath === null) return null;
  return worktrees.checkRemoval({ repository, path: state.worktreePath, force, now });
};

const repositoryToLeave = (state: SessionState, force: boolean): Promise<Repository | null> =>
  inspectRepository(state.repository).catch((thrown) => {
    if (force && thrown instanceof ThroughlineError && thrown.code.startsWith('repository.')) return null;
    throw thrown;
  });

/**
 * Removes a session's worktree as it was planned, and its branch if nothing is lost with it; what an attempt that was cut
 * short has left of them as well. Gives the ref under which work was parked, or null. Raises `worktree.dirty` for what
 * cannot be parked.
 */
export const removeSessionFolder = async (options: {
  readonly id: SessionId;
  readonly state: SessionState;
  readonly worktrees: Worktrees;
  readonly worktreesFolder: string;
  readonly force: boolean;
  readonly keepUnder: string | null;
  /** When it was decided. */
  readonly now: number;
}): Promise<string | null> => {
  const { id, state, worktrees, worktreesFolder, force, keepUnder, now } = options;
  if (!state.usesWorktree || state.baseCommit === null) return null;
  const repository = await repositoryToLeave(state, force);
  const { worktreePath, branch, baseCommit } = state;
  if (worktreePath === null) {
    const path = worktreePathOf(worktreesFolder, id);
    if (repository !== null && branch !== null)
      await clearUnfinished(worktrees, { repository, path, branch, baseCommit });
    return null;
  }
  const isOurs = await isOwnPlace(worktreesFolder, id, worktreePath);
  if (repository === null) {
    // No record in git says any more that it is a worktree, so its place has to: a restored log can name any folder.
    if (isOurs) await removeFolder(worktreePath);
    return null;
  }
  // Beside it, where nobody else has anything.
  const aside = isOurs ? { aside: `${worktreePathOf(worktreesFolder, id)}.removed` } : {};
  const made = { repository, path: worktreePath, branch, baseCommit };
  const { parkedRef } = await worktrees.remove({ ...made, ...aside, force, keepUnder, now });
  return parkedRef;
};
