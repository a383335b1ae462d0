/**
 * The snapshots of sessions: a session's worktree as it is, taken for a git tree, kept by its ref, and then said in its
 * ledger. A tree that is kept and was not said is replaced by the next one.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact, type Payload } from '../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { SnapshotReason } from '../../actors/protocol/facts/work-events.ts';
import type { SessionWork, Snapshot } from '../../actors/protocol/gateway/work.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { Configuration } from '../data/configuration.ts';
import type { Log } from '../data/log.ts';
import { createKnownRepositories } from '../git/known-repositories.ts';
import { openWorktree } from '../git/open-worktree.ts';
import { inspectRepository, type Repository, type RepositoryPlace } from '../git/repository.ts';
import { keepOnly, keepTree } from '../git/snapshots/kept-trees.ts';
import { type TakenTree, takeTree } from '../git/snapshots/take-tree.ts';
import { type TreeTotals, treeTotals } from '../git/snapshots/tree-changes.ts';
import { createOneAtATime } from '../turns/one-at-a-time.ts';

/** What of a session matters here. */
export type SessionOfTree = {
  readonly id: SessionId;
  readonly state: Pick<SessionHandle['state'], 'repository' | 'usesWorktree' | 'worktreePath' | 'baseCommit'>;
};

export type SnapshotsOptions = {
  readonly readers: {
    readonly handle: (id: SessionId) => Promise<SessionOfTree>;
    readonly work: (id: SessionId) => Promise<SessionWork>;
  };
  /** Appends to a session's ledger; resolves when it is durable. */
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  /** Where the indexes that they are made with are kept. */
  readonly folder: string;
  readonly limits: Configuration['snapshots'];
  /** By this a git that outlives the program is found. */
  readonly mark: string;
  /** Resolves when no git of an earlier runtime is at work any more. */
  readonly mayTake: () => Promise<void>;
  readonly log: Log;
};

export type Snapshots = {
  /**
   * A snapshot of the worktree as it is now. Where nothing has changed since the last one that one is given, except for
   * the start and the end of a run, which have one of their own.
   *
   * Raises `session.not_found`, `worktree.missing` for a session without a worktree too, `repository.…`,
   * `snapshot.failed`, `runtime.stopping`, and what the writer raises.
   */
  readonly take: (id: SessionId, reason: SnapshotReason, run: number | null) => Promise<Snapshot>;
  /** As `take`, where nothing hangs on it: a failure is said in the ledger, and a session without a worktree is fine. */
  readonly takeInPassing: (id: SessionId, reason: SnapshotReason, run: number) => Promise<void>;
  /** The tree of a snapshot. Raises `session.not_found` and `snapshot.not_found`. */
  readonly treeOf: (id: SessionId, snapshot: number) => Promise<string>;
  /** The index that the last of them was made with; there is none before. Only to be read. */
  readonly indexOf: (id: SessionId) => string;
  /** Lets go of all that is kept for a session that is removed. Raises what git raises. */
  readonly forget: (session: SessionOfTree) => Promise<void>;
  /** Lets go of those of a session that were taken before a time (ms since 1970), the last one excepted. Raises as git does. */
  readonly dropBefore: (id: SessionId, time: number) => Promise<void>;
  /** Takes none any more, and resolves when those under way are taken. */
  readonly close: () => Promise<void>;
};

const maxNamed = 100;
const megabyte = 1024 * 1024;
const noTotals: TreeTotals = { files: 0, additions: 0, deletions: 0 };

export const createSnapshots = (options: SnapshotsOptions): Snapshots => {
  const { readers, record, log } = options;
  const inTurn = createOneAtATime();
  const underWay = new Set<Promise<unknown>>();
  const repositories = createKnownRepositories();
  let isClosed = false;

  const folderOf = (id: SessionId): string => join(options.folder, id);

  const inTurnOf = async <Value>(id: SessionId, body: () => Promise<Value>): Promise<Value> => {
    if (isClosed) throw new ThroughlineError('runtime.stopping', 'the runtime is stopping');
    const performed = inTurn(id, body);
    underWay.add(performed);
    try {
      return await performed;
    } finally {
      underWay.delete(performed);
    }
  };

  const repositoryOf = async ({ state }: SessionOfTree): Promise<Repository> => ({
    ...(await inspectRepository(state.repository)),
    mark: options.mark,
  });

  /** Gives its number. */
  const takeNow = async (session: SessionOfTree, reason: SnapshotReason, run: number | null): Promise<number> => {
    const { id } = session;
    if (!hasWorktree(session)) {
      throw new ThroughlineError(
        'worktree.missing',
        'the session has no worktree of its own, so there are no snapshots',
        {
          hint: 'only what is done in a worktree is kept',
        },
      );
    }
    const repository = { ...(await repositories.find(session.state.repository)), mark: options.mark };
    const worktree = await openWorktree({ repository, path: session.state.worktreePath });
    const work = await readers.work(id);
    const known = reason === 'run_end' ? runEnd(work, run) : undefined;
    if (known !== undefined) return known.snapshot;
    const before = work.snapshots.at(-1);
    const snapshot = work.nextSnapshot;
    const isSame = (taken: TakenTree): boolean =>
      before !== undefined &&
      run === null &&
      [taken.tree, taken.head, taken.branch].join() === [before.tree, before.head, before.branch].join();
    let totals = noTotals;
    const taken = await takeTree({
      worktree,
      indexFolder: folderOf(id),
      maxFileBytes: options.limits.maxFileMegabytes * megabyte,
      keep: async (kept, git) => {
        if (isSame(kept)) return;
        const { tree, head } = kept;
        // Counting only reads, so that it need not wait; keeping takes longer, so it comes first.
        const keeping = { repository, git, session: id, snapshot, tree, head, headBefore: before?.head ?? null };
        const sinceThen = [before?.tree, session.state.baseCommit];
        [, totals] = await Promise.all([keepTree(keeping), totalsSince(repository, sinceThen, tree)]);
      },
    });
    if (before !== undefined && isSame(taken)) return before.snapshot;
    await record(
      id,
      fact('snapshot_taken', payloadOf(snapshot, taken, { reason, run }, totals), toTimestamp(Date.now())),
    );
    return snapshot;
  };

  const takenAs = async (id: SessionId, snapshot: number): Promise<Snapshot> => {
    const { snapshots } = await readers.work(id);
    const found = snapshots.find((each) => each.snapshot === snapshot);
    if (found !== undefined) return found;
    const last = snapshots.at(-1);
    throw new ThroughlineError('snapshot.not_found', `there is no snapshot S${snapshot} of this session`, {
      hint: last === undefined ? 'it has none yet' : `its last one is S${last.snapshot}`,
    });
  };

  const take: Snapshots['take'] = async (id, reason, run) => {
    await options.mayTake();
    return inTurnOf(id, async () => takenAs(id, await takeNow(await readers.handle(id), reason, run)));
  };

  const takeInPassing: Snapshots['takeInPassing'] = async (id, reason, run) => {
    try {
      await options.mayTake();
      await inTurnOf(id, async () => {
        const session = await readers.handle(id);
        if (!hasWorktree(session)) return;
        const unended = reason === 'run_start' ? unendedRun(await readers.work(id)) : null;
        // A crash came between, or the news of its end is still on its way.
        if (unended !== null) await takeNow(session, 'run_end', unended);
        await takeNow(session, reason, run);
      });
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      // Nobody is left who would want to know.
      if (error.code === 'session.not_found' || error.code === 'runtime.stopping') return;
      log.warn('a snapshot was not taken', { session: id, reason, run, error });
      const failed = fact('snapshot_failed', { reason, run, message: error.message }, toTimestamp(Date.now()));
      await record(id, failed).catch((refused) =>
        log.error('that a snapshot was not taken could not be recorded', { session: id, error: refused }),
      );
    }
  };

  return {
    take,
    takeInPassing,
    treeOf: async (id, snapshot) => (await takenAs(id, snapshot)).tree,
    indexOf: (id) => join(folderOf(id), 'index'),

    forget: (session) =>
      inTurnOf(session.id, async () => {
        await rm(folderOf(session.id), { recursive: true, force: true });
        if (!session.state.usesWorktree) return;
        // Where the repository is gone, so is what was kept there.
        const repository = await repositoryOf(session).catch((thrown) => {
          if (asThroughlineError(thrown).code.startsWith('repository.')) return null;
          throw thrown;
        });
        if (repository !== null) await keepOnly({ repository, session: session.id, snapshots: [] });
      }),

    dropBefore: (id, time) =>
      inTurnOf(id, async () => {
        const { snapshots } = await readers.work(id);
        const last = snapshots.at(-1);
        const dropped = snapshots.filter((each) => each !== last && each.at < time);
        if (dropped.length === 0) return;
        const numbers = dropped.map(({ snapshot }) => snapshot);
        // Said first: nobody is shown one that is going.
        await record(id, fact('snapshots_dropped', { snapshots: numbers }, toTimestamp(Date.now())));
        const stay = snapshots.filter((each) => !dropped.includes(each));
        await keepOnly({ repository: await repositoryOf(await readers.handle(id)), session: id, snapshots: stay });
      }),

    close: async () => {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
};

const runEnd = ({ snapshots }: SessionWork, run: number | null): Snapshot | undefined =>
  snapshots.findLast((each) => each.reason === 'run_end' && each.run === run);

/** The last run that has a start, if it has no end. */
const unendedRun = (work: SessionWork): number | null => {
  const { run = null } = work.snapshots.findLast(({ reason }) => reason === 'run_start') ?? {};
  return run === null || runEnd(work, run) !== undefined ? null : run;
};

type WithWorktree = { readonly state: { readonly worktreePath: string } };

const hasWorktree = <Session extends SessionOfTree>(session: Session): session is Session & WithWorktree =>
  session.state.usesWorktree && session.state.worktreePath !== null;

/** Counted from the first of these that is there. */
const totalsSince = async (
  repository: RepositoryPlace,
  [from, ...others]: readonly (string | null | undefined)[],
  to: string,
): Promise<TreeTotals> => {
  if (from === undefined || from === null) {
    return others.length === 0 ? noTotals : totalsSince(repository, others, to);
  }
  return treeTotals({ repository, from, to }).catch((thrown) => {
    if (others.length === 0) throw thrown;
    return totalsSince(repository, others, to);
  });
};

const payloadOf = (
  snapshot: number,
  { tree, head, branch, pointers, missing }: TakenTree,
  why: { readonly reason: SnapshotReason; readonly run: number | null },
  totals: TreeTotals,
): Payload<'snapshot_taken'> => ({
  snapshot,
  tree,
  head,
  branch,
  ...why,
  ...totals,
  ...(pointers.length === 0 ? {} : { pointers: pointers.slice(0, maxNamed).map((pointer) => ({ ...pointer })) }),
  ...(pointers.length > maxNamed ? { pointersLeftOut: pointers.length - maxNamed } : {}),
  ...(missing.length === 0 ? {} : { missing: missing.slice(0, maxNamed).map((file) => ({ ...file })) }),
  ...(missing.length > maxNamed ? { missingLeftOut: missing.length - maxNamed } : {}),
});
