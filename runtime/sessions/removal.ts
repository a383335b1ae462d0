/**
 * A session's removal, step by step: each effect on git and the disk comes after the fact that says so, and what a crash
 * cut short is finished at the next start, or undone where its folder cannot be removed.
 */
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { encodeFact, fact, type LedgerFact } from '../../actors/protocol/facts/events.ts';
import { type SessionId, type Timestamp, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { UnfinishedRemoval } from '../../actors/reader/unfinished-removals.ts';
import type { Log } from '../data/log.ts';
import type { WindowMemory } from '../data/window-memory.ts';
import type { Worktrees } from '../git/worktrees.ts';
import type { WriterSupervisor } from '../threads/writer-supervisor.ts';
import { isOwnPlace, planRemoval, removeSessionFolder } from './session-folder.ts';

export type RemovalOptions = {
  readonly writer: Pick<WriterSupervisor, 'command'>;
  readonly worktrees: Worktrees;
  readonly worktreesFolder: string;
  readonly windowMemory: WindowMemory;
  /** Lets go of what is kept of the session's worktree. */
  readonly forgetSnapshots: (session: Pick<SessionHandle, 'id' | 'state'>) => Promise<void>;
  readonly log: Log;
  readonly isStopping: () => boolean;
};

export type Removal = {
  /** Where the work of its worktree is kept, if there was any that no branch has. */
  readonly parkedRef: string | null;
};

const now = (): Timestamp => toTimestamp(Date.now());

export const createRemovals = (options: RemovalOptions) => {
  const { writer, worktrees, worktreesFolder, windowMemory, log } = options;

  const record = async (sessionId: SessionId, step: LedgerFact): Promise<void> => {
    await writer.command({ kind: 'record_removal', sessionId, event: encodeFact(step) });
  };

  const abandon = async (id: SessionId, error: ThroughlineError): Promise<never> => {
    // Where not even this can be recorded, the next start tries once more.
    await record(id, fact('removal_abandoned', { reason: error.message }, now())).catch((thrown) =>
      log.error('a removal could not be abandoned', { session: id, error: thrown }),
    );
    throw error;
  };

  /** Gives the ref that keeps what its worktree held. */
  const removeFolder = async (removal: UnfinishedRemoval): Promise<string | null> => {
    const { id, state, begun, parkedRef } = removal;
    const { force, keepUnder, at } = begun ?? { force: false, keepUnder: null, at: now() };
    const kept = await removeSessionFolder({
      id,
      state,
      taken: removal,
      worktrees,
      worktreesFolder,
      force,
      keepUnder,
      now: at,
    }).catch((thrown) => abandon(id, asThroughlineError(thrown)));
    if (state.worktreePath === null || removal.takesWorktree !== null) return parkedRef;
    await record(id, fact('worktree_removed', { path: state.worktreePath, parkedRef: kept }, now()));
    return kept;
  };

  const eraseEvents = async (sessionId: SessionId, parkedRef: string | null): Promise<void> => {
    for (let isWhole = false; !isWhole; ) {
      if (options.isStopping()) {
        throw new ThroughlineError('runtime.stopping', 'the runtime is stopping', {
          hint: 'the removal is finished at the next start',
        });
      }
      const answer = await writer.command({ kind: 'remove_session', sessionId, occurredAt: now(), parkedRef });
      isWhole = answer.kind === 'removed' && answer.isWhole;
    }
  };

  const carryOut = async (removal: UnfinishedRemoval): Promise<Removal> => {
    const { id, state } = removal;
    const parkedRef = state.removal === 'erasing' ? removal.parkedRef : await removeFolder(removal);
    windowMemory.remember(`draft.${id}`, null);
    // What is left of them costs some room in the repository, and no more.
    await options
      .forgetSnapshots({ id, state })
      .catch((error) => log.error('the snapshots of a removed session are still kept', { session: id, error }));
    await eraseEvents(id, parkedRef);
    return { parkedRef };
  };

  return {
    /**
     * Removes a session whose agent is stopped. Raises `worktree.dirty` for work that would be lost unless forced, what
     * git and the writer raise, and has then changed nothing; or `runtime.stopping` in its midst. `before` is done once
     * nothing speaks against it.
     */
    remove: async (
      { id, state, ...taken }: SessionHandle,
      { force, before }: { readonly force: boolean; readonly before: () => Promise<void> },
    ): Promise<Removal> => {
      const at = now();
      const keepUnder = await planRemoval({ state, taken, worktrees, force, now: at });
      await before();
      await record(id, fact('removal_begun', { force, keepUnder }, at));
      const { takesBranch, takesWorktree } = taken;
      return carryOut({ id, state, takesBranch, takesWorktree, begun: { force, keepUnder, at }, parkedRef: null });
    },

    /** Goes on with a removal that was cut short. Raises as `remove` does; the session is then there again. */
    finish: async (removal: UnfinishedRemoval): Promise<Removal> => {
      const { id, state, takesWorktree } = removal;
      // Nobody asks for it now but the log, and that of a restored backup can name any folder.
      const isOther = state.worktreePath !== null && takesWorktree === null;
      if (isOther && !(await isOwnPlace(worktreesFolder, id, state.worktreePath))) {
        const message = `${state.worktreePath} is not where worktrees of this data directory are`;
        return abandon(id, new ThroughlineError('worktree.missing', message, { hint: 'remove the session again' }));
      }
      return carryOut(removal);
    },
  };
};
