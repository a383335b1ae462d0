/**
 * Files put back as they were: undo, discard, revert, discarded work brought back. What is there is a snapshot first, then
 * the log says what will be done, then it is done, and then the log says so. What a crash cut short is finished at the
 * next start, from whatever is there then.
 */
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../actors/protocol/facts/events.ts';
import { type SessionId, type Timestamp, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { RestoreKind, SnapshotReason } from '../../actors/protocol/facts/work-events.ts';
import type {
  Restored,
  RestoredFile,
  RestorePreview,
  RestoreRequest,
} from '../../actors/protocol/gateway/snapshot-routes.ts';
import type { Restore, SessionWork, Snapshot } from '../../actors/protocol/gateway/work.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { Log } from '../data/log.ts';
import { runGit } from '../git/command/run-git.ts';
import { type OpenWorktree, openWorktree } from '../git/open-worktree.ts';
import { inRepository, inspectRepository, type Repository } from '../git/repository.ts';
import { deleteDiscarded, keepDiscarded, listDiscarded } from '../git/snapshots/discarded.ts';
import { changedPaths, editTree, type PathChange, pathText } from '../git/snapshots/edit-tree.ts';
import { holdTree, releaseTree } from '../git/snapshots/held-tree.ts';
import { putBack, reachableTree } from '../git/snapshots/put-back.ts';
import { type TreeChange, treeChanges, treeTotals } from '../git/snapshots/tree-changes.ts';
import { hasTree, planRestore, type RestorePlan, type Staying } from './plan-restore.ts';

/** What of the snapshots of sessions is needed here. */
export type SnapshotsTaken = {
  readonly take: (id: SessionId, reason: SnapshotReason, run: number | null) => Promise<Snapshot>;
  /** The index that the last of them was made with. */
  readonly indexOf: (id: SessionId) => string;
};

export type PuttingBackOptions = {
  readonly readers: {
    readonly handle: (id: SessionId) => Promise<SessionHandle>;
    readonly work: (id: SessionId) => Promise<SessionWork>;
    readonly dashboard: () => Promise<{
      readonly rows: readonly { readonly id: SessionId; readonly work: { readonly restoring: boolean } }[];
    }>;
  };
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly snapshots: SnapshotsTaken;
  /** Called before work is given up in a repository. */
  readonly onDiscarded: (repository: string) => void;
  /** Goes on with a worktree that was being made anew, from that snapshot. */
  readonly finishRecovery: (id: SessionId, restore: Restore) => Promise<void>;
  /** By this a git that outlives the program is found. */
  readonly mark: string;
  readonly log: Log;
};

/** A session's worktree, looked at. */
export type SessionTree = {
  readonly session: SessionHandle;
  readonly repository: Repository;
  readonly worktree: OpenWorktree;
  readonly work: SessionWork;
};

const now = (): Timestamp => toTimestamp(Date.now());

const maxListed = 1_000;
const maxNamed = 50;

export const createPuttingBack = (options: PuttingBackOptions) => {
  const { readers, record, snapshots, log } = options;

  /** Raises `session.not_found`, `worktree.missing` and what git raises. */
  const open = async (id: SessionId): Promise<SessionTree> => {
    const session = await readers.handle(id);
    const { state } = session;
    if (!state.usesWorktree || state.worktreePath === null) {
      throw new ThroughlineError('worktree.missing', 'the session has no worktree of its own, so nothing is put back', {
        hint: 'only a session with a worktree has snapshots to put back',
      });
    }
    const repository = { ...(await inspectRepository(state.repository)), mark: options.mark };
    const worktree = await openWorktree({ repository, path: state.worktreePath });
    return { session, repository, worktree, work: await readers.work(id) };
  };

  /** What is there now as a snapshot, and the tree with it. */
  const look = async (id: SessionId, reason: SnapshotReason) => {
    // Before anything is taken: a folder that is none is refused.
    await open(id);
    const taken = await snapshots.take(id, reason, null);
    const opened = await open(id);
    return { ...opened, taken, headTree: await treeOfCommit(opened.repository, taken.head) };
  };

  const preview = async (id: SessionId, request: RestoreRequest): Promise<RestorePreview> => {
    const { repository, work, taken } = await look(id, 'review');
    const plan = await planRestore({ repository, work, now: taken, request });
    const { files, cut } = await treeChanges({ repository, from: taken.tree, to: plan.tree, maxFiles: maxListed });
    const total = cut ? (await treeTotals({ repository, from: taken.tree, to: plan.tree })).files : files.length;
    const since = new Set(plan.changedSince);
    return {
      to: plan.to,
      tree: plan.tree,
      kept: taken.snapshot,
      files: files.map((change) => shownChange(change, since)),
      filesLeftOut: Math.max(0, total - files.length),
      ...bounded(plan.stays),
    };
  };

  /** Puts the tree to another and says so: the one way in which files are put back. */
  const carryOut = async (
    id: SessionId,
    tree: SessionTree & { readonly taken: Snapshot },
    plan: Pick<RestorePlan, 'tree' | 'to' | 'stays'>,
    as: { readonly kind: RestoreKind; readonly paths: readonly string[] | null; readonly words: string },
  ): Promise<Restored> => {
    const { repository, worktree, taken } = tree;
    const answer = { kept: taken.snapshot, tree: plan.tree, stays: bounded(plan.stays).stays };
    if (plan.tree === taken.tree) return { ...answer, files: 0, discarded: null };
    const changes = await changedPaths({ repository, from: taken.tree, to: plan.tree });
    const { files } = await treeTotals({ repository, from: taken.tree, to: plan.tree });
    // Until the tree is on disk nothing else refers to it.
    await holdTree(repository, id, plan.tree);
    await record(
      id,
      fact(
        'restore_begun',
        {
          kind: as.kind,
          from: taken.snapshot,
          tree: plan.tree,
          to: plan.to,
          paths: as.paths === null ? null : [...as.paths],
          files,
          changed: changes.slice(0, maxNamed).map(({ path }) => pathText(path)),
        },
        now(),
      ),
    );
    const discarded = await giveUp({ ...tree, tree: plan.tree, ...as, changes }).catch((thrown) =>
      abandon(id, tree, { error: asThroughlineError(thrown), half: [], discarded: null }),
    );
    await putBack({ repository, worktree, index: snapshots.indexOf(id), from: taken.tree, to: plan.tree }).catch(
      (thrown) => {
        const error = asThroughlineError(thrown);
        // Refused before anything was changed; what was done there just now is somebody's work.
        const half = error.code === 'restore.in_the_way' ? [] : changes;
        return abandon(id, tree, { error, half, discarded });
      },
    );
    // It stays held: until the next snapshot nothing else has it.
    await record(id, fact('restore_finished', { tree: plan.tree }, now()));
    return { ...answer, files, discarded };
  };

  /** What is given up is listed, and kept on its own; not where a restore is only taken back: nobody has worked since. */
  const giveUp = async (gone: {
    readonly repository: Repository;
    readonly work: SessionWork;
    readonly session: SessionHandle;
    readonly taken: Snapshot;
    readonly tree: string;
    readonly kind: RestoreKind;
    readonly words: string;
    readonly changes: readonly PathChange[];
  }): Promise<string | null> => {
    const { repository, work, session, taken, tree, kind, words } = gone;
    // What is put there for its checks alone is put back by whoever has put it there.
    const losesNothing = kind === 'rebase' || gone.changes.every(({ before }) => before === null);
    if (losesNothing || onlyTakesBack(work, taken.tree, tree)) return null;
    const { files, additions } = await treeTotals({ repository, from: tree, to: taken.tree });
    options.onDiscarded(repository.root);
    return keepDiscarded({
      repository,
      before: taken.tree,
      after: tree,
      now: Date.now(),
      facts: {
        session: session.id,
        sessionName: session.state.name.slice(0, 200),
        snapshot: taken.snapshot,
        kind,
        words,
        files,
        lines: additions,
        head: taken.head,
      },
    });
  };

  /**
   * Goes back to what was there, as far as that can be done, and raises why. `half`: what may have been put back already;
   * whatever else has changed meanwhile is left alone.
   */
  const abandon = async (
    id: SessionId,
    { repository, worktree, taken }: Pick<SessionTree, 'repository' | 'worktree'> & { readonly taken: Snapshot },
    cut: {
      readonly error: ThroughlineError;
      readonly half: readonly PathChange[];
      readonly discarded: string | null;
    },
  ): Promise<never> => {
    const { half, discarded } = cut;
    const isAsBefore = await undoHalf(id, { repository, worktree }, half).then(
      () => true,
      (thrown) => {
        log.error('a tree that was put back in part could not be put back whole', { session: id, error: thrown });
        return false;
      },
    );
    const error = isAsBefore ? cut.error : inHalves(cut.error, taken);
    await record(id, fact('restore_abandoned', { message: error.message }, now()));
    if (!isAsBefore) throw error;
    const kept = (await listDiscarded(repository)).find(({ name }) => name === discarded);
    if (kept !== undefined) await deleteDiscarded(repository, kept);
    await releaseTree(repository, id);
    throw error;
  };

  const undoHalf = async (
    id: SessionId,
    { repository, worktree }: Pick<SessionTree, 'repository' | 'worktree'>,
    half: readonly PathChange[],
  ): Promise<void> => {
    if (half.length === 0) return;
    const { tree: from } = await snapshots.take(id, 'before_restore', null);
    const entries = half.map(({ path, before }) => ({ path, entry: before }));
    const wanted = await editTree({ repository, tree: from, entries });
    const { tree: to } = await reachableTree({ repository, from, to: wanted });
    await putBack({ repository, worktree, index: snapshots.indexOf(id), from, to });
  };

  /** Goes on with what an earlier life of the runtime had begun. */
  const finish = async (id: SessionId): Promise<void> => {
    const before = await readers.work(id);
    const restore = before.restores.findLast(({ state }) => state === 'under_way');
    if (restore === undefined) return;
    if (restore.kind === 'recovery') return options.finishRecovery(id, restore);
    const begun = before.snapshots.find(({ snapshot }) => snapshot === restore.from);
    const tree = await look(id, 'before_restore');
    const { repository, worktree, taken } = tree;
    if (begun === undefined || !(await hasTree(repository, begun.tree)) || !(await hasTree(repository, restore.tree))) {
      const error = new ThroughlineError('snapshot.not_found', 'what was to be put back is not there any more');
      await abandon(id, tree, { error, half: [], discarded: null });
    } else {
      // What has changed besides since it was cut short stays.
      const changes = await changedPaths({ repository, from: begun.tree, to: restore.tree });
      const entries = changes.map(({ path, after }) => ({ path, entry: after }));
      const wanted = await editTree({ repository, tree: taken.tree, entries });
      const { tree: to } = await reachableTree({ repository, from: taken.tree, to: wanted });
      await holdTree(repository, id, to);
      const { kind } = restore;
      const words = wordsOf(restore, { ...restore, run: runBegunWith(before, restore.to) });
      // It may have been cut short before that.
      const discarded = await giveUp({ ...tree, taken: begun, tree: restore.tree, kind, words, changes });
      await putBack({ repository, worktree, index: snapshots.indexOf(id), from: taken.tree, to }).catch((thrown) =>
        abandon(id, { ...tree, taken: begun }, { error: asThroughlineError(thrown), half: changes, discarded }),
      );
      await record(id, fact('restore_finished', { tree: to }, now()));
    }
  };

  return {
    open,
    look,
    preview,
    carryOut,

    /**
     * Puts a session's files back. Nobody may work there. Raises `worktree.missing`, `snapshot.not_found`,
     * `restore.in_the_way`, `snapshot.failed` and what git raises; then everything is as it was.
     */
    restore: async (id: SessionId, request: RestoreRequest): Promise<Restored> => {
      const tree = await look(id, 'before_restore');
      const plan = await planRestore({ ...tree, now: tree.taken, request });
      const paths = request.hunks?.map(({ path }) => path) ?? request.paths;
      return carryOut(id, tree, plan, { kind: request.kind, paths, words: wordsOf(request, plan) });
    },

    /** Finishes what was cut short, of every session; what cannot be finished is abandoned and logged. */
    finishAll: async (): Promise<void> => {
      const { rows } = await readers.dashboard();
      for (const { id } of rows.filter(({ work }) => work.restoring)) {
        await finish(id).then(
          () => log.info('a restore that was cut short is finished', { session: id }),
          (error) => log.error('a restore that was cut short could not be finished', { session: id, error }),
        );
      }
    },
  };
};

/** The run whose start a snapshot is of; null where it is of none. */
const runBegunWith = ({ snapshots }: SessionWork, to: number | null): number | null =>
  snapshots.find(({ snapshot, reason }) => snapshot === to && reason === 'run_start')?.run ?? null;

const inHalves = (error: ThroughlineError, { snapshot }: Snapshot): ThroughlineError =>
  new ThroughlineError(error.code, `${error.message}; some files are put back, and some are not`, {
    hint: `once that is mended, undo to S${snapshot} has all files as they were before`,
    cause: error,
  });

/** What is given up by a restore, in a few words. */
const wordsOf = (
  {
    hunks,
    kind,
    paths,
  }: { readonly kind: RestoreKind; readonly paths: readonly string[] | null; readonly hunks?: RestoreRequest['hunks'] },
  { run, to }: Pick<RestorePlan, 'run' | 'to'>,
): string => {
  const [first] = hunks ?? [];
  if (first !== undefined) return hunks?.length === 1 ? `change of ${first.path}` : `${hunks?.length} changes of files`;
  const of = paths === null ? '' : `${paths[0]}${paths.length === 1 ? '' : ` and ${paths.length - 1} more`}`;
  if (run !== null) return `before ${kind} of run ${run}${of === '' ? '' : `: ${of}`}`;
  if (kind === 'discard') return `discarded: ${of === '' ? 'everything' : of}`;
  return `before ${kind.replaceAll('_', ' ')}${to === null ? '' : ` to S${to}`}${of === '' ? '' : `: ${of}`}`;
};

const bounded = (stays: readonly Staying[]) => ({
  stays: stays.slice(0, maxListed).map(({ path, why }) => ({ path, why })),
  staysLeftOut: Math.max(0, stays.length - maxListed),
});

const changeWords = {
  added: 'comes_back',
  deleted: 'goes_away',
  renamed: 'renamed',
  mode: 'mode',
  modified: 'changed',
  type: 'changed',
} as const;

const shownChange = (change: TreeChange, since: ReadonlySet<string>): RestoredFile => ({
  path: change.previousPath ?? change.path,
  becomes: change.previousPath === undefined ? null : change.path,
  change: changeWords[change.kind],
  additions: change.additions,
  deletions: change.deletions,
  changedSince: since.has(change.path) || (change.previousPath !== undefined && since.has(change.previousPath)),
});

/** Whether the way from a tree to another only takes back the last restore, since which nobody has worked. */
const onlyTakesBack = ({ restores, snapshots }: SessionWork, from: string, to: string): boolean => {
  const last = restores.findLast(({ state }) => state === 'finished');
  return last?.tree === from && snapshots.find(({ snapshot }) => snapshot === last.from)?.tree === to;
};

/** The tree of the commit that is checked out; of none the empty one. */
const treeOfCommit = async (repository: Repository, head: string | null): Promise<string> => {
  const call = inRepository(repository);
  const argv =
    head === null ? ['hash-object', '-w', '-t', 'tree', '--stdin'] : ['rev-parse', '--verify', `${head}^{tree}`];
  return (await runGit({ ...call, arguments: argv, input: '' })).trim();
};
