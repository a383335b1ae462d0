/**
 * A session's worktree found again where it was moved to, or made anew where it is gone, uncommitted work included: from
 * the last snapshot. That it is being made anew is said before; what a crash cuts short is begun once more.
 */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact, type Payload } from '../../actors/protocol/facts/events.ts';
import { type SessionId, type Timestamp, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { Restore, SessionWork, Snapshot } from '../../actors/protocol/gateway/work.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { Log } from '../data/log.ts';
import { runGit } from '../git/command/run-git.ts';
import { inWorktree, type OpenWorktree, openWorktree, readGitFile } from '../git/open-worktree.ts';
import { findWorktree, linkWorktree } from '../git/recover-worktree.ts';
import { inspectRepository, type Repository } from '../git/repository.ts';
import { changedPaths, editTree } from '../git/snapshots/edit-tree.ts';
import { fillWorktree } from '../git/snapshots/fill-worktree.ts';
import { treeTotals } from '../git/snapshots/tree-changes.ts';
import { hasTree } from './plan-restore.ts';

export type RecoveryOptions = {
  readonly readers: {
    readonly handle: (id: SessionId) => Promise<SessionHandle>;
    readonly work: (id: SessionId) => Promise<SessionWork>;
    readonly repositories: () => Promise<{ readonly repositories: readonly { readonly path: string }[] }>;
  };
  /** A snapshot of what is there. */
  readonly take: (id: SessionId) => Promise<unknown>;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  /** Where this data directory has the worktrees of its sessions. */
  readonly worktreesFolder: string;
  /** Called when a worktree was made anew. */
  readonly onMadeAnew: (id: SessionId) => void;
  readonly mark: string;
  readonly log: Log;
};

const mendable: ReadonlySet<string> = new Set(['worktree.missing', 'repository.missing', 'repository.not_git']);

/** Whether a worktree that is gone or has moved may be what is wrong. */
export const isMendable = (thrown: unknown): boolean => thrown instanceof ThroughlineError && mendable.has(thrown.code);

const now = (): Timestamp => toTimestamp(Date.now());

/** A tree, the commit that it was on top of, and the snapshot that it is of or came after. */
type LastKnown = Pick<Snapshot, 'snapshot' | 'tree' | 'head'>;

type Place = {
  readonly repository: Repository;
  readonly path: string;
  readonly formerPath: string;
  readonly branch: string;
};

export const createRecovery = (options: RecoveryOptions) => {
  const { readers, record, log } = options;

  const placeOf = async ({ id, state }: SessionHandle): Promise<Place | null> => {
    const { worktreePath, branch } = state;
    if (!state.usesWorktree || worktreePath === null || branch === null) return null;
    // Only what we made stands under its session's id; a folder of a person's stays where he has it.
    const isOurs = basename(worktreePath) === id;
    const isThere = (await stat(worktreePath).catch(() => null)) !== null;
    const path = isOurs && !isThere ? join(options.worktreesFolder, id) : worktreePath;
    const repository = await findRepository(state.repository, { path, formerPath: worktreePath });
    return { repository: { ...repository, mark: options.mark }, path, formerPath: worktreePath, branch };
  };

  /** The repository where it was; else where its worktree leads, where it lies as before, or one that knows the worktree. */
  const findRepository = async (
    former: string,
    { path, formerPath }: { readonly path: string; readonly formerPath: string },
  ): Promise<Repository> => {
    const found = await inspectRepository(former).catch(asThroughlineError);
    if (!(found instanceof ThroughlineError)) return found;
    const link = (await readGitFile(join(path, '.git')))?.replace(/^gitdir: /, '');
    const { repositories } = await readers.repositories();
    const candidates = [
      ...(link === undefined ? [] : [dirname(dirname(dirname(resolve(path, link))))]),
      resolve(path, relative(formerPath, former)),
      ...repositories.map((each) => each.path),
    ];
    for (const candidate of new Set(candidates)) {
      const top = basename(candidate) === '.git' ? dirname(candidate) : candidate;
      const repository = await inspectRepository(top).catch(() => null);
      if (repository !== null && (await knows(repository, basename(path)))) return repository;
    }
    throw new ThroughlineError(found.code, found.message, {
      hint: 'if it was moved, begin a session where it is now (run --repo PATH), then resume this one',
      cause: found,
    });
  };

  const makeAnew = async (place: Place, last: LastKnown | undefined): Promise<readonly string[]> => {
    const found = await findWorktree(place);
    const worktree = await linkWorktree(place, found);
    const tree = last === undefined ? await headTree(worktree) : await carried(place.repository, worktree, last);
    return fillWorktree({ repository: place.repository, worktree, tree });
  };

  /** The last that is left of a session's files: what they were put back to after its last snapshot, or a snapshot. */
  const lastOf = async (id: SessionId, { repository }: Place): Promise<LastKnown | undefined> => {
    const { snapshots, restores } = await readers.work(id);
    const last = snapshots.at(-1);
    const restore = restores.findLast(({ state, kind }) => state === 'finished' && kind !== 'recovery');
    const known: LastKnown[] = snapshots.toReversed();
    if (last !== undefined && restore !== undefined && restore.position > last.position) {
      known.unshift({ ...last, tree: restore.tree });
    }
    for (const each of known) if (await hasTree(repository, each.tree)) return each;
    return undefined;
  };

  const sayRecovered = async (
    id: SessionId,
    place: Place,
    words: string,
    more: Pick<Payload<'worktree_recovered'>, 'snapshot' | 'anew'> = { snapshot: null },
  ): Promise<void> => {
    const { root } = place.repository;
    const { state } = await readers.handle(id);
    const path = (await realpath(place.path).catch(() => null)) ?? place.path;
    const moved = state.repository === root ? {} : { repository: root };
    await record(id, fact('worktree_recovered', { path, words, ...more, ...moved }, now()));
    log.warn('a worktree is there again', { session: id, path, words });
  };

  const recoverWith = async (session: SessionHandle, place: Place): Promise<void> => {
    const { id } = session;
    const found = await findWorktree(place);
    if (found.hasFiles) {
      await linkWorktree(place, found);
      const words = found.record === null ? 'git had forgotten it; its files are as they were' : 'it had been moved';
      await sayRecovered(id, place, words);
      return;
    }
    const last = await lastOf(id, place);
    if (last !== undefined) {
      const pair = { repository: place.repository, from: last.head ?? last.tree, to: last.tree };
      const { files } = await treeTotals(pair).catch(() => ({ files: 0 }));
      const begun = { kind: 'recovery', from: last.snapshot, tree: last.tree, to: last.snapshot, paths: null } as const;
      await record(id, fact('restore_begun', { ...begun, files }, now()));
    }
    await finishMaking(id, place, last);
  };

  const finishMaking = async (id: SessionId, place: Place, last: LastKnown | undefined): Promise<void> => {
    const without = await makeAnew(place, last).catch(async (thrown) => {
      const { message } = asThroughlineError(thrown);
      if (last !== undefined) await record(id, fact('restore_abandoned', { message }, now()));
      throw thrown;
    });
    if (last !== undefined) await record(id, fact('restore_finished', { tree: last.tree }, now()));
    options.onMadeAnew(id);
    const from = last === undefined ? 'made anew from its branch' : `made anew from snapshot S${last.snapshot}`;
    const lacking = without.length === 0 ? '' : `, without ${some(without)}, which no snapshot has`;
    await sayRecovered(id, place, `${from}${lacking}`, { snapshot: last?.snapshot ?? null, anew: true });
  };

  return {
    /**
     * Mends what keeps a session's worktree from being opened, as `thrown` says, if it can be mended; says whether it was.
     * Raises what keeps it from that.
     */
    recover: async (id: SessionId, thrown: unknown): Promise<boolean> => {
      if (!isMendable(thrown)) return false;
      const session = await readers.handle(id);
      const place = await placeOf(session);
      if (place === null) return false;
      const before = session.state;
      const isWhole = await openWorktree(place).then(
        () => true,
        () => false,
      );
      if (!isWhole) await recoverWith(session, place);
      else if (before.worktreePath === place.path && before.repository === place.repository.root) return false;
      else await sayRecovered(id, place, 'it had been moved');
      return true;
    },

    /** Goes on with one that was being made anew when the runtime was killed. */
    finish: async (id: SessionId, { from, tree }: Pick<Restore, 'from' | 'tree'>): Promise<void> => {
      const session = await readers.handle(id);
      const place = await placeOf(session);
      if (place === null) return;
      const { snapshots } = await readers.work(id);
      // Some of its files may be there, and somebody may have gone on with them.
      if ((await stat(place.path).catch(() => null)) !== null) {
        await options
          .take(id)
          .catch((error) => log.warn('no snapshot of a worktree half made', { session: id, error }));
      }
      const last = snapshots.find(({ snapshot }) => snapshot === from);
      await finishMaking(id, place, last && { ...last, tree });
    },
  };
};

/** Whether a repository has a record of a worktree of that name. */
const knows = async ({ commonDirectory }: Repository, name: string): Promise<boolean> =>
  (await readGitFile(join(commonDirectory, 'worktrees', name, 'gitdir'))) !== null;

const headTree = async (worktree: OpenWorktree): Promise<string> =>
  (await runGit({ ...inWorktree(worktree), arguments: ['rev-parse', '--verify', 'HEAD^{tree}'] })).trim();

/**
 * The snapshot's tree on top of what is checked out now: where the branch went on, its files go before those of the
 * snapshot that were nobody's work.
 */
const carried = async (repository: Repository, worktree: OpenWorktree, { tree, head }: LastKnown): Promise<string> => {
  const tip = (await runGit({ ...inWorktree(worktree), arguments: ['rev-parse', '--verify', 'HEAD'] })).trim();
  if (head === null || head === tip) return tree;
  const work = await changedPaths({ repository, from: head, to: tree }).catch(() => null);
  if (work === null) return tree;
  const top = await headTree(worktree);
  return editTree({ repository, tree: top, entries: work.map(({ path, after }) => ({ path, entry: after })) });
};

const some = (paths: readonly string[]): string =>
  paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ');
