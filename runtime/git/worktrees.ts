import { createOneAtATime } from '../turns/one-at-a-time.ts';
import { type CreatedWorktree, createWorktree, discardUnfinished } from './create-worktree.ts';
import { ensureTop } from './ensure-top.ts';
import { type ListedWorktree, listWorktrees, pruneWorktrees } from './list-worktrees.ts';
import { openWorktree } from './open-worktree.ts';
import { checkRemoval, type RemovedWorktree, removeWorktree } from './remove-worktree.ts';
import type { Repository } from './repository.ts';
import { type WorktreeChanges, worktreeChanges } from './worktree-changes.ts';
import { type WorktreeDiff, worktreeDiff } from './worktree-diff.ts';

type CreateOptions = Parameters<typeof createWorktree>[0];
type RemoveOptions = Omit<Parameters<typeof removeWorktree>[0], 'now'> & { readonly now?: number };

/** The worktrees of all sessions. The functions' own files say what each takes, gives and raises. */
export type Worktrees = {
  readonly create: (options: CreateOptions) => Promise<CreatedWorktree>;
  readonly discardUnfinished: (options: Parameters<typeof discardUnfinished>[0]) => Promise<void>;
  /**
   * Makes sure that a worktree is what it was when it was made, before an agent works there again. Raises
   * `worktree.missing` and `worktree.misplaced`.
   */
  readonly check: (options: Pick<CreateOptions, 'repository' | 'path'>) => Promise<void>;
  readonly checkRemoval: typeof checkRemoval;
  readonly remove: (options: RemoveOptions) => Promise<RemovedWorktree>;
  readonly prune: (repository: Repository) => Promise<string[]>;
  readonly list: (repository: Repository) => Promise<ListedWorktree[]>;
  readonly changes: (options: Parameters<typeof worktreeChanges>[0]) => Promise<WorktreeChanges>;
  readonly diff: (options: Parameters<typeof worktreeDiff>[0]) => Promise<WorktreeDiff>;
};

/**
 * Make one of these for the program: git's own locks make several `worktree add` on one repository fail, so what changes
 * a repository waits for its turn here. Reading does not wait. A git that outlives the program goes on changing the
 * repository under the next one: it is found by `mark`.
 */
export const createWorktrees = (options: { readonly now?: () => number; readonly mark?: string } = {}): Worktrees => {
  const now = options.now ?? Date.now;
  const oneAtATime = createOneAtATime();
  const inTurn = <Value>(repository: Repository, body: () => Promise<Value>): Promise<Value> =>
    oneAtATime(repository.commonDirectory, body);
  const marked = (repository: Repository): Repository =>
    options.mark === undefined ? repository : { ...repository, mark: options.mark };
  return Object.freeze({
    create: (create) =>
      inTurn(create.repository, () => createWorktree({ ...create, repository: marked(create.repository) })),
    discardUnfinished: (made) =>
      inTurn(made.repository, () => discardUnfinished({ ...made, repository: marked(made.repository) })),
    check: async (worktree) => ensureTop(await openWorktree(worktree)),
    remove: (remove) =>
      inTurn(remove.repository, () => removeWorktree({ now: now(), ...remove, repository: marked(remove.repository) })),
    checkRemoval,
    prune: (repository) => inTurn(repository, () => pruneWorktrees(repository)),
    list: listWorktrees,
    changes: worktreeChanges,
    diff: worktreeDiff,
  } satisfies Worktrees);
};
