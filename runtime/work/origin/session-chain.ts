/** The snapshots of a session as a history of commits, by which git finds in which of them a line was first. */
import type { SessionWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';
import type { LineHistory } from '../../git/lines/line-history.ts';

/** Where in a session's life a snapshot was taken. */
export type ChainPlace = {
  readonly session: string;
  /** The run whose work is in it and not in the one before; null: it was done between two runs. */
  readonly run: number | null;
  /** The snapshot before, and this one; null: it is none's. */
  readonly from: number | null;
  readonly to: number | null;
};

export type Chain = {
  readonly session: string;
  /** The commits that stand for the snapshots, in their order. */
  readonly commits: readonly { readonly id: string; readonly snapshot: Snapshot; readonly place: ChainPlace }[];
};

/**
 * Each snapshot follows the one before. What was committed until then is its second parent: a line that a merge or a
 * rebase brought in leads to the commit that it came from.
 */
export const makeChain = async (history: LineHistory, session: string, work: SessionWork): Promise<Chain> => {
  const commits: { id: string; snapshot: Snapshot; place: ChainPlace }[] = [];
  for (const { snapshot, place } of placesOf(session, work.snapshots)) {
    const before = commits.at(-1)?.id;
    const parents = [before, snapshot.head].flatMap((each) => (each === undefined || each === null ? [] : [each]));
    const message = `S${snapshot.snapshot} of ${session}`;
    const id = await history.makeCommit({ tree: snapshot.tree, parents, at: snapshot.at, message });
    commits.push({ id, snapshot, place });
  }
  return { session, commits };
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
