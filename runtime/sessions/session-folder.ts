/** Where a session's agent works: a worktree of its own, or with `--no-worktree` the folder it was pointed at. */
import { lstat, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { SessionState } from '../../actors/model/dashboard/session-projection.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { LedgerFact } from '../../actors/protocol/facts/events.ts';
import { fact } from '../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { NewSession } from '../../actors/protocol/gateway/api.ts';
import { branchNameFor, checkBranchName } from '../git/branch-name.ts';
import { tryGit } from '../git/command/run-git.ts';
import { checkBranchIsFree } from '../git/create-worktree.ts';
import { branchTip, checkNotCheckedOut, mergeBaseOf } from '../git/existing-branch.ts';
import { listWorktrees } from '../git/list-worktrees.ts';
import { canonicalPath, openWorktree } from '../git/open-worktree.ts';
import { removeFolder } from '../git/remove-folder.ts';
import { inRepository, inspectRepository, type Repository, resolveBase } from '../git/repository.ts';
import { fillWorktree } from '../git/snapshots/fill-worktree.ts';
import { releaseTree } from '../git/snapshots/held-tree.ts';
import type { Worktrees } from '../git/worktrees.ts';

/** What the ledger's first event says of the folder. */
export type FolderPlan = {
  readonly repository: string;
  readonly branch: string | null;
  readonly base: string | null;
  readonly baseCommit: string | null;
  /** The folder in its worktree that the agent works in, where that is not its top. */
  readonly folder?: string;
  readonly takesBranch?: true;
  readonly takesWorktree?: string;
};

/** What of a session's folder was there before it, and is not its own to remove. */
export type Taken = { readonly takesBranch: boolean; readonly takesWorktree: string | null };

/**
 * Looks at what was asked for and decides, changing nothing. Raises `repository.…`, `worktree.bad_branch`,
 * `worktree.exists` for a branch that is checked out elsewhere or cannot be made, and `worktree.missing` for a worktree
 * that is none, so that a mistake is refused before there is a session.
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
  if (request.takesWorktree !== undefined) return planTaken(request, request.takesWorktree, setupFor);
  const repository = await inspectRepository(request.repository);
  const base = await resolveBase(repository, request.base ?? (await setupFor(repository))?.base);
  const named = request.branch === undefined ? null : checkBranchName(request.branch);
  const tip = named === null ? null : await branchTip(repository, named);
  const folder = await folderBelow(repository, request.repository, tip ?? base.commit);
  if (named !== null && tip !== null) {
    await checkNotCheckedOut(repository, named);
    const baseCommit = await mergeBaseOf(repository, base.commit, tip);
    return { repository: repository.root, branch: named, base: base.name, baseCommit, takesBranch: true, ...folder };
  }
  const branch = named ?? branchNameFor(name, id);
  // From here on a branch of this name without a worktree is our own, left by a crash.
  await checkBranchIsFree(repository, branch);
  return { repository: repository.root, branch, base: base.name, baseCommit: base.commit, ...folder };
};

/** A worktree that is there is taken up as it is. */
const planTaken = async (
  request: NewSession,
  path: string,
  setupFor: (repository: Repository) => Promise<{ readonly base?: string | undefined } | null>,
): Promise<FolderPlan> => {
  const there = await inspectRepository(path);
  const listed = await listWorktrees(there);
  const [main] = listed;
  const found = listed.find((each) => each.path === there.root);
  if (found === undefined || found === main) {
    throw new ThroughlineError('worktree.missing', `${path} is in no worktree that git worktree add made`, {
      hint: 'to work in the checkout itself, give --no-worktree and --repo',
    });
  }
  if (request.branch !== undefined) {
    throw new ThroughlineError('input.invalid', 'a worktree that is there has its branch already', {
      hint: 'leave --branch out',
    });
  }
  const repository = main === undefined || main.bare ? there : await inspectRepository(main.path).catch(() => there);
  const base = await resolveBase(repository, request.base ?? (await setupFor(repository))?.base);
  return {
    repository: repository.root,
    branch: there.headBranch,
    base: base.name,
    baseCommit: await mergeBaseOf(repository, base.commit, there.headCommit),
    takesWorktree: there.root,
    ...(await folderBelow(there, path, there.headCommit)),
  };
};

/**
 * The folder of a repository that was asked for, as its worktree will have it; nothing for the top. Raises
 * `repository.missing` where its commit does not have it.
 */
const folderBelow = async (
  repository: Repository,
  path: string,
  commit: string,
): Promise<{ readonly folder?: string }> => {
  const folder = relative(await realpath(repository.root), await realpath(path));
  if (folder === '' || folder === '..' || folder.startsWith(`..${sep}`)) return {};
  const call = { ...inRepository(repository), arguments: ['cat-file', '-t', `${commit}:${folder}`] };
  const found = await tryGit(call);
  if (found.exitCode === 0 && found.stdout.trim() === 'tree') return { folder };
  throw new ThroughlineError(
    'repository.missing',
    `the commit that the session would begin at has no folder ${folder}`,
    {
      hint: `commit it first, or begin at the top: --repo ${repository.root}`,
    },
  );
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
  readonly taken: Taken;
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
  const { takesBranch, takesWorktree } = options.taken;
  if (takesWorktree !== null) {
    const repository = await inspectRepository(state.repository);
    await options.worktrees.check({ repository, path: takesWorktree });
    const payload = { path: takesWorktree, branch: state.branch, base: state.base };
    await options.record(fact('worktree_created', payload, toTimestamp(Date.now())));
    return takesWorktree;
  }
  if (state.branch === null || state.baseCommit === null) {
    throw new ThroughlineError('worktree.missing', 'the session has neither a worktree nor a branch to make one from');
  }
  const repository = await inspectRepository(state.repository);
  const { branch, baseCommit } = state;
  const path = worktreePathOf(options.worktreesFolder, id);
  const { worktrees, worktreesFolder: within } = options;
  const create = () => worktrees.create({ repository, path, branch, baseCommit, within, takesBranch });
  await clearUnfinished(worktrees, { repository, path, branch, baseCommit, takesBranch });
  const created = await create().catch(async (thrown) => {
    if (!(thrown instanceof ThroughlineError) || thrown.code !== 'worktree.exists') throw thrown;
    // A crash can leave the branch alone behind. One that somebody works on stays, and is refused once more.
    await worktrees.discardUnfinished({ repository, path, branch, baseCommit, takesBranch });
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

/**
 * The folder of a worktree in which its agent works: the one that was asked for, or the nearest above it that is there.
 * What leads out of the worktree is none: the last agent may have put a symlink there.
 */
export const folderInside = async (top: string, folder: string | null): Promise<string> => {
  let found = top;
  for (const name of folder?.split(sep) ?? []) {
    const next = join(found, name);
    if (!(await lstat(next).catch(() => null))?.isDirectory()) break;
    found = next;
  }
  return found;
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
  readonly taken: Taken;
  readonly worktrees: Worktrees;
  readonly force: boolean;
  readonly now: number;
}): Promise<string | null> => {
  const { state, taken, worktrees, force, now } = options;
  if (!state.usesWorktree || state.baseCommit === null || taken.takesWorktree !== null) return null;
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
  readonly taken: Taken;
  readonly worktrees: Worktrees;
  readonly worktreesFolder: string;
  readonly force: boolean;
  readonly keepUnder: string | null;
  /** When it was decided. */
  readonly now: number;
}): Promise<string | null> => {
  const { id, state, taken, worktrees, worktreesFolder, force, keepUnder, now } = options;
  if (!state.usesWorktree || state.baseCommit === null || taken.takesWorktree !== null) return null;
  const repository = await repositoryToLeave(state, force);
  const { worktreePath, branch, baseCommit } = state;
  const { takesBranch } = taken;
  if (worktreePath === null) {
    const path = worktreePathOf(worktreesFolder, id);
    if (repository !== null && branch !== null)
      await clearUnfinished(worktrees, { repository, path, branch, baseCommit, takesBranch });
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
  // A branch of a person's stays, whatever it has.
  const made = { repository, path: worktreePath, branch: takesBranch ? null : branch, baseCommit };
  const { parkedRef } = await worktrees.remove({ ...made, ...aside, force, keepUnder, now });
  return parkedRef;
};
