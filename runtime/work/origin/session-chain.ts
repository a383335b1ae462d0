/** The snapshots of a session as a history of commits, by which git finds in which of them a line was first. */
import type { SessionWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';
import type { LineHistory } from '../../git/lines/line-history.ts';
import type { Repository } from '../../git/repository.ts';
import { ownCommitsBetween } from './own-commits.ts';

/** Where in a session's life a snapshot was taken. */
export type ChainPlace = {
  readonly session: string;
  /** The run whose work is in it and not in the one before; null: it was done between two runs. */
  readonly run: number | null;
  /** The snapshot before, and this one; null: it is none's. */
  readonly from: number | null;
  readonly to: number | null;
};

type Link = {
  /** The commit that stands for the snapshot. */
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly place: ChainPlace;
  /** What was committed on the session's branch since the snapshot before. */
  readonly own: ReadonlySet<string>;
};

export type Chain = { readonly session: string; readonly links: readonly Link[] };

/**
 * Each snapshot follows the one before, and what a merge or a rebase brought in since then: a line of that leads to the
 * commit it came from. What was committed on the branch itself is no parent, for the snapshots have it. The first of a
 * fork follows the snapshot that it was forked from; where that is not there any more, its lines are that session's.
 */
export const makeChain = async (options: {
  readonly history: LineHistory;
  readonly repository: Repository;
  readonly session: string;
  readonly work: SessionWork;
  /** Of a fork: the session it is of, and the commit that stands for the snapshot it began with, where that is known. */
  readonly start: { readonly session: string; readonly link: string | null } | null;
}): Promise<Chain> => {
  const { history, repository, session, work, start } = options;
  const forkedFrom = start?.link ?? null;
  const links: Link[] = [];
  for (const { snapshot, place } of placesOf(session, work.snapshots)) {
    const before = links.at(-1);
    const { own, foreign } =
      before === undefined
        ? { own: new Set<string>(), foreign: [forkedFrom ?? snapshot.head].filter((commit) => commit !== null) }
        : await ownCommitsBetween(repository, session, before.snapshot, snapshot);
    const id = await history.makeCommit({
      tree: snapshot.tree,
      parents: before === undefined ? foreign : [before.id, ...foreign],
      at: snapshot.at,
      message: `S${snapshot.snapshot} of ${session}`,
    });
    const isOfNobodyKnown = before === undefined && start !== null && forkedFrom === null;
    const beginning = isOfNobodyKnown ? { session: start.session, run: null, from: null, to: null } : place;
    links.push({ id, snapshot, place: beginning, own });
  }
  return { session, links };
};

/** Which run each snapshot shows the work of: between its start and its end, whatever else was taken meanwhile. */
export const placesOf = (
  session: string,
  snapshots: readonly Snapshot[],
): readonly { readonly snapshot: Snapshot; readonly place: ChainPlace }[] => {
  let underWay: number | null = null;
  return snapshots.map((snapshot, index) => {
    const { reason } = snapshot;
    const run = reason === 'run_start' ? null : reason === 'run_end' ? snapshot.run : underWay;
    if (reason === 'run_start') underWay = snapshot.run;
    if (reason === 'run_end') underWay = null;
    const from = snapshots[index - 1]?.snapshot ?? null;
    return { snapshot, place: { session, run, from, to: snapshot.snapshot } };
  });
};
