/** What a session has of the one that it goes on from: its conversation or a recap of it, and the files of a snapshot. */
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { Payload } from '../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { NewSession } from '../../actors/protocol/gateway/api.ts';
import type { HistoryPage, HistoryPlace } from '../../actors/protocol/gateway/history-pages.ts';
import type { SessionWork, Snapshot } from '../../actors/protocol/gateway/work.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import { snapshotOf } from './plan-restore.ts';

export type GoesOnFrom = {
  /** What the new session's first event says of it. */
  readonly facts: Pick<Payload<'session_created'>, 'agentSessionId' | 'forks' | 'retells' | 'startsFrom'>;
  /** What its branch begins at, where nothing else was asked for: a branch, or a commit. */
  readonly begins: string | null;
  /** The branch that its work is compared with. */
  readonly base: string | null;
};

/**
 * Null for a session that goes on from none. The agent's own fork has all that was said there, so it is only taken where
 * nothing was said after the snapshot; else a recap ends where that does.
 *
 * Raises `input.invalid`, `session.not_found`, `snapshot.not_found`, and `worktree.missing` for a snapshot of a session without one.
 */
export const goesOnFrom = async (
  { forkOf, forkAt, agent, base, worktree }: Pick<NewSession, 'forkOf' | 'forkAt' | 'agent' | 'base' | 'worktree'>,
  readers: {
    readonly handle: (id: SessionId) => Promise<SessionHandle>;
    readonly work: (id: SessionId) => Promise<SessionWork>;
    readonly history: (id: SessionId, after: HistoryPlace | null, limit: number) => Promise<HistoryPage>;
  },
): Promise<GoesOnFrom | null> => {
  if (forkAt !== undefined && (forkOf === undefined || base !== undefined || !worktree)) {
    throw new ThroughlineError('input.invalid', 'a fork of a snapshot is of a session, and has a worktree', {
      hint: 'without a worktree there are no files to begin with; with one, its branch begins where the snapshot was, at no other base',
    });
  }
  if (forkOf === undefined) return null;
  const { state } = await readers.handle(forkOf);
  const work = forkAt === undefined ? null : await readers.work(forkOf);
  const event = forkAt === undefined || 'snapshot' in forkAt ? null : await positionOf(forkOf, forkAt, readers);
  const at =
    forkAt === undefined || work === null
      ? null
      : 'snapshot' in forkAt
        ? snapshotOf(work, forkAt.snapshot)
        : snapshotBefore(work, event ?? 0);
  if (at !== null && (at.head === null || !state.usesWorktree)) {
    throw new ThroughlineError('worktree.missing', `snapshot S${at.snapshot} is of no commit to begin a branch at`);
  }
  const run = work === null || at === null ? null : lastRunBefore(work, at);
  // Of a conversation in its midst no agent has a fork.
  const isAll = event === null && (run === null || run >= state.runCount);
  const ownFork =
    isAll && state.agent === agent && state.agentSessionId !== null
      ? { agentSessionId: state.agentSessionId, forks: true as const }
      : {};
  return {
    facts: {
      ...ownFork,
      retells: { session: forkOf, ...(event === null ? { run } : { run: null, before: event }) },
      ...(at === null ? {} : { startsFrom: { session: forkOf, snapshot: at.snapshot, tree: at.tree, head: at.head } }),
    },
    begins: at === null ? state.branch : at.head,
    base: at === null ? null : state.base,
  };
};

/** The position of the event that is named. Raises `snapshot.not_found` where the session has none there. */
const positionOf = async (
  id: SessionId,
  at: { readonly position: number } | HistoryPlace,
  { history }: { readonly history: (id: SessionId, after: HistoryPlace, limit: number) => Promise<HistoryPage> },
): Promise<number> => {
  if ('position' in at) return at.position;
  const { events } = await history(id, { run: at.run, seq: at.seq - 1 }, 1);
  const [found] = events;
  if (found?.run === at.run && found.seq === at.seq) return found.position;
  throw new ThroughlineError('snapshot.not_found', `the session has no event ${at.run}:${at.seq}`);
};

/** The last snapshot before an event. Raises `snapshot.not_found`. */
const snapshotBefore = (work: SessionWork, event: number): Snapshot => {
  const found = work.snapshots.findLast(({ position }) => position < event);
  if (found !== undefined) return found;
  throw new ThroughlineError('snapshot.not_found', `there is no snapshot of this session before event ${event}`, {
    hint: 'give an event of one of its runs, as blame and history --json have it: its position, or RUN:SEQ',
  });
};

/** The last run that had begun when a snapshot was taken; one that it is the start of had not. */
const lastRunBefore = ({ snapshots }: SessionWork, at: Snapshot): number => {
  for (const { run, reason, snapshot } of snapshots.toReversed()) {
    if (snapshot > at.snapshot || run === null) continue;
    return reason === 'run_start' ? (snapshot === at.snapshot ? run - 1 : run) : run;
  }
  return 0;
};
