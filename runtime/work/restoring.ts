/** The commands that put things back, as a person gives them: one at a time in a session, and none while an agent works. */
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { StageRequest } from '../../actors/protocol/gateway/snapshot-routes.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import { inspectRepository } from '../git/repository.ts';
import { holdTree, releaseTree } from '../git/snapshots/held-tree.ts';
import { reachableTree } from '../git/snapshots/put-back.ts';
import { stageHunks, stagePaths } from '../git/snapshots/stage.ts';
import { readHunkHead } from '../git/snapshots/take-back-hunks.ts';
import { createDiscardedWork, type DiscardedOptions } from './discarded-work.ts';
import { findLostSnapshots } from './find-lost-snapshots.ts';
import type { RestoreCommands, RestoreQueries } from './offered/restore-commands.ts';
import { keptTree } from './plan-restore.ts';
import { createPuttingBack, type PuttingBackOptions } from './putting-back.ts';
import { createRecovery, isMendable, type RecoveryOptions } from './recovery.ts';

export type RestoringOptions = Omit<PuttingBackOptions, 'readers' | 'onDiscarded' | 'finishRecovery'> &
  Pick<DiscardedOptions, 'remembered' | 'days'> &
  Pick<RecoveryOptions, 'worktreesFolder' | 'onMadeAnew'> & {
    readonly readers: PuttingBackOptions['readers'] &
      DiscardedOptions['readers'] &
      RecoveryOptions['readers'] &
      Parameters<typeof findLostSnapshots>[0];
    /** Carries out a command of a session that none other may overlap with. */
    readonly lifecycle: <Value>(id: SessionId, name: string, body: () => Promise<Value>) => Promise<Value>;
    /** Raises `session.busy` while a run is under way. */
    readonly refuseLive: (session: SessionHandle) => void;
    /** Resolves when nothing that was cut short is left to be finished. */
    readonly mayBegin: () => Promise<void>;
  };

const expireEveryMs = 6 * 60 * 60_000;

export const createRestoring = (options: RestoringOptions) => {
  const { readers, lifecycle, refuseLive, remembered, log } = options;
  const recovery = createRecovery({
    ...options,
    take: (id) => options.snapshots.take(id, 'before_restore', null),
  });
  const puttingBack = createPuttingBack({
    ...options,
    onDiscarded: remembered.remember,
    finishRecovery: recovery.finish,
  });
  const discarded = createDiscardedWork({ ...options, puttingBack });
  let timer: NodeJS.Timeout | undefined;

  const alone = <Value>(id: SessionId, name: string, body: () => Promise<Value>): Promise<Value> =>
    lifecycle(id, name, async () => {
      refuseLive(await readers.handle(id));
      await ready(id);
      return body();
    });

  /** Has the worktree be there. Raises what keeps it from that. */
  const ready = async (id: SessionId): Promise<void> => {
    await options.mayBegin();
    await puttingBack.open(id).catch(async (thrown) => {
      if (!(await recovery.recover(id, thrown))) throw thrown;
    });
  };

  const stage = async (id: SessionId, request: StageRequest): Promise<readonly string[]> => {
    const { repository, worktree, taken, headTree } = await puttingBack.look(id, 'review');
    const place = { repository, worktree, now: taken.tree, head: headTree, staged: request.staged };
    if (request.hunks === undefined) return stagePaths({ ...place, paths: request.paths ?? [] });
    const hunks = request.hunks.map(({ header, ...hunk }) => ({ ...hunk, hunk: readHunkHead(header) }));
    return stageHunks({ ...place, hunks, from: request.from ?? headTree });
  };

  const expire = (): void => {
    discarded.expire(Date.now()).catch((error) => log.error('discarded work could not be looked through', { error }));
  };

  return {
    /** As `recover` of the recovery, where nothing that was cut short is being finished. */
    recover: recovery.recover,
    /** Keeps the tree that a new session is to begin with, until its worktree is made. Raises `snapshot.gone`. */
    holdForFork: async (
      id: SessionId,
      path: string,
      from: { readonly snapshot: number; readonly tree: string } | undefined,
    ): Promise<void> => {
      if (from === undefined) return;
      const repository = await inspectRepository(path);
      await holdTree(repository, id, await keptTree({ repository }, from));
    },
    commands: {
      restore: (id, request) => alone(id, request.kind, () => puttingBack.restore(id, request)),
      previewRestore: async (id, request) => {
        await options.mayBegin();
        return puttingBack.preview(id, request).catch(async (thrown) => {
          if (!isMendable(thrown)) throw thrown;
          await lifecycle(id, 'recovery', () => ready(id));
          return puttingBack.preview(id, request);
        });
      },
      stage: (id, request) => lifecycle(id, 'stage', () => stage(id, request)),
      restoreDiscarded: async (name, { into, branch }) => {
        const session = await discarded.sessionFor(name, into, branch);
        const restore = () => discarded.restore(name, session, branch);
        return session === null ? restore() : alone(session, 'restore', restore);
      },
      deleteDiscarded: discarded.remove,
    } satisfies RestoreCommands,
    queries: {
      discarded: discarded.list,
      verifySnapshots: () => findLostSnapshots(readers),
    } satisfies RestoreQueries,

    /**
     * Puts the files of a session to what is to land of it, or back to a snapshot: for whoever carries out a command of
     * that session. Raises as `restore` does.
     */
    putTree: async (id: SessionId, tree: string, to: number | null): Promise<void> => {
      const found = await puttingBack.look(id, 'before_landing');
      const { repository, taken } = found;
      const reachable = await reachableTree({ repository, from: taken.tree, to: tree });
      const plan = { tree: reachable.tree, to, stays: [] };
      await puttingBack.carryOut(id, found, plan, { kind: 'rebase', paths: null, words: 'for checks before landing' });
    },

    /** Lets go of what is held for a session that is removed. What it gave up stays. */
    forget: async ({ id, state }: Pick<SessionHandle, 'id' | 'state'>): Promise<void> => {
      const repository = state.usesWorktree ? await inspectRepository(state.repository).catch(() => null) : null;
      if (repository !== null) await releaseTree(repository, id);
    },

    /** Finishes what was cut short, then begins to delete what was kept for long enough. */
    begin: async (): Promise<void> => {
      await puttingBack.finishAll();
      expire();
      timer = setInterval(expire, expireEveryMs).unref();
    },
    stop: (): void => clearInterval(timer),
  };
};
