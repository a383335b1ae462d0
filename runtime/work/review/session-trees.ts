/** What of a session's work can be compared: its snapshots, its tree as it is now, its base as it is now. */
import type { SessionState } from '../../../actors/model/dashboard/session-projection.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { SnapshotReason } from '../../../actors/protocol/facts/work-events.ts';
import type { Snapshot } from '../../../actors/protocol/gateway/work.ts';
import { type BaseNow, baseNow } from '../../git/base-now.ts';
import { type GitCall, runGit } from '../../git/command/run-git.ts';
import { inWorktree, openWorktree } from '../../git/open-worktree.ts';
import { inRepository, inspectRepository, type Repository, resolveBase } from '../../git/repository.ts';
import type { Readers } from '../../threads/readers.ts';
import { type KnownPlaces, type Placed, type Placing, placeOnce } from './place-comments.ts';
import type { RangeSources } from './ranges.ts';

export type SessionTreesOptions = {
  readonly readers: Pick<Readers, 'handle' | 'work'>;
  /** Takes a snapshot of a session's tree; gives the last one where nothing has changed since. */
  readonly take: (id: SessionId, reason: SnapshotReason, run: number | null) => Promise<Snapshot>;
  readonly knownPlaces: KnownPlaces;
};

export type SessionTrees = RangeSources & {
  readonly state: SessionState;
  readonly repository: Repository;
  /** Where the session's branch and its base stand; null where it has none to compare with. Asked for once. */
  readonly standing: () => Promise<BaseNow | null>;
  /** Where lines are in a tree. */
  readonly place: (placings: readonly Placing[], tree: string) => Promise<readonly Placed[]>;
};

/**
 * What is needed to compare trees of a session. Nothing is looked at before it is asked for, and then once.
 *
 * Raises `session.not_found`, `repository.…`; and `worktree.missing` when a session has neither a tree to look at nor any
 * snapshot.
 */
export const openSessionTrees = async (
  { readers, take, knownPlaces }: SessionTreesOptions,
  id: SessionId,
): Promise<SessionTrees> => {
  const { state } = await readers.handle(id);
  const work = await readers.work(id);
  const repository = await inspectRepository(state.repository);

  const now = once(async (): Promise<Snapshot> => {
    try {
      return await take(id, 'review', null);
    } catch (thrown) {
      const last = work.snapshots.at(-1);
      // What a session has left behind can still be reviewed.
      if (last === undefined || !isWithoutFolder(thrown)) throw thrown;
      return last;
    }
  });

  /** How to ask git what is checked out there; where nothing is any more, what was at the last snapshot. */
  const place = once(async (): Promise<Pick<GitCall, 'cwd' | 'environment'> & { readonly head?: string }> => {
    if (state.worktreePath === null) return { cwd: repository.root };
    try {
      return inWorktree(await openWorktree({ repository, path: state.worktreePath }));
    } catch (thrown) {
      const head = work.snapshots.at(-1)?.head ?? null;
      if (!isWithoutFolder(thrown)) throw thrown;
      return { ...inRepository(repository), head: head ?? state.baseCommit ?? repository.headCommit };
    }
  });

  const against = async (base: string | null, baseCommit: string): Promise<BaseNow> => {
    const { head, ...call } = await place();
    return baseNow(call, { base, baseCommit, ...(head === undefined ? {} : { head }) });
  };

  const standing = once(async () => (state.baseCommit === null ? null : against(state.base, state.baseCommit)));

  return {
    state,
    work,
    repository,
    now,
    standing,
    place: (placings, tree) => placeOnce(knownPlaces, repository, placings, tree),
    base: async (ref) => {
      // Compared with a ref that somebody names, what the session began with counts for nothing.
      const found = ref === null ? await standing() : await against(ref, (await resolveBase(repository, ref)).commit);
      if (found === null) return null;
      const { commit, from, words } = found;
      const tree = await runGit({
        ...inRepository(repository),
        arguments: ['rev-parse', '--verify', `${commit}^{tree}`],
      });
      return { name: ref ?? state.base, commit, from, words, tree: tree.trim() };
    },
  };
};

const isWithoutFolder = (thrown: unknown): boolean =>
  thrown instanceof ThroughlineError && thrown.code === 'worktree.missing';

const once = <Value>(body: () => Promise<Value>): (() => Promise<Value>) => {
  let asked: Promise<Value> | null = null;
  return () => {
    asked ??= body();
    return asked;
  };
};
