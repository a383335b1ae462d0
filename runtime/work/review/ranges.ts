/** From which tree to which a review looks. */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { ReviewBase, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import type { SessionWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';

export type RangeEnd = ReviewFiles['fromEnd'];

/** What the ends of ranges are found by. What costs a look at the disk is asked for when it is needed, and once. */
export type RangeSources = {
  readonly work: SessionWork;
  /** The tree as it is now. */
  readonly now: () => Promise<Snapshot>;
  /** What the session is compared with: its own base, or this ref; null where there is nothing to compare with. */
  readonly base: (ref: string | null) => Promise<(ReviewBase & { readonly tree: string }) | null>;
};

export type ResolvedRange = {
  readonly range: string;
  readonly run: number | null;
  readonly from: RangeEnd;
  readonly to: RangeEnd;
};

/** Raises `snapshot.not_found` when a run, a snapshot or the base is not there. */
export const resolveRange = async (range: string, sources: RangeSources): Promise<ResolvedRange> => {
  const { work } = sources;
  const run = /^run:(\d+)$/.exec(range)?.[1];
  if (run !== undefined) {
    const { start, end } = runEnds(work, Number(run));
    const from = start === null ? await baseEnd(sources, null) : endOf(start);
    // A run that has not ended is looked at as far as it has come.
    return { range, run: Number(run), from, to: endOf(end ?? (await sources.now())) };
  }
  if (range === 'looked') {
    const looked = work.lookedAt === null ? null : snapshotOf(work, work.lookedAt);
    const from = looked === null ? await baseEnd(sources, null) : endOf(looked);
    return { range, run: null, from, to: endOf(await sources.now()) };
  }
  const between = /^S(\d+)\.\.(?:S(\d+)|now)$/.exec(range);
  if (between !== null) {
    const from = endOf(snapshotOf(work, Number(between[1])));
    const to = between[2] === undefined ? await sources.now() : snapshotOf(work, Number(between[2]));
    return { range, run: null, from, to: endOf(to) };
  }
  const ref = /^base:(.+)$/.exec(range)?.[1] ?? null;
  return { range, run: null, from: await baseEnd(sources, ref), to: endOf(await sources.now()) };
};

/** The last run of which there is a start; null when none was begun since there are snapshots. */
export const lastRunOf = ({ snapshots }: SessionWork): number | null =>
  snapshots.findLast(({ reason, run }) => reason === 'run_start' && run !== null)?.run ?? null;

/** Every run with a start, in order. */
export const runsOf = ({ snapshots }: SessionWork): readonly number[] =>
  snapshots.flatMap(({ reason, run }) => (reason === 'run_start' && run !== null ? [run] : []));

/**
 * The range that a review begins with: since everything was looked at, if something changed since; else the last run; else
 * all that there is against the base.
 */
export const firstRange = async ({ work, now }: RangeSources): Promise<string> => {
  const looked = work.snapshots.find(({ snapshot }) => snapshot === work.lookedAt);
  if (looked !== undefined && (await now()).tree !== looked.tree) return 'looked';
  const run = lastRunOf(work);
  return run === null ? 'base' : `run:${run}`;
};

const runEnds = (
  { snapshots }: SessionWork,
  run: number,
): { readonly start: Snapshot | null; readonly end: Snapshot | null } => {
  const find = (reason: Snapshot['reason']): Snapshot | null =>
    snapshots.findLast((snapshot) => snapshot.reason === reason && snapshot.run === run) ?? null;
  const [start, end] = [find('run_start'), find('run_end')];
  if (start === null && end === null) {
    throw new ThroughlineError('snapshot.not_found', `there is no snapshot of run ${run}`, {
      hint: 'compare with the base, or between two snapshots that there are',
    });
  }
  // Of a start that failed the one before the end says as much as there is.
  return { start: start ?? snapshots.findLast(({ snapshot }) => snapshot < (end?.snapshot ?? 0)) ?? null, end };
};

/** The snapshot of that number. Raises `snapshot.not_found`. */
export const snapshotOf = ({ snapshots }: SessionWork, number: number): Snapshot => {
  const found = snapshots.find(({ snapshot }) => snapshot === number);
  if (found !== undefined) return found;
  throw new ThroughlineError('snapshot.not_found', `there is no snapshot S${number} of this session`, {
    hint: 'it was never taken, or is kept no more',
  });
};

const endOf = ({ tree, snapshot, at }: Snapshot): RangeEnd => ({ tree, snapshot, at });

const baseEnd = async ({ base }: RangeSources, ref: string | null): Promise<RangeEnd> => {
  const found = await base(ref);
  if (found !== null) return { tree: found.tree, snapshot: null, at: null };
  throw new ThroughlineError('snapshot.not_found', 'this session has no base to compare with', {
    hint: 'it works in the repository itself; `git diff` shows what changed there',
  });
};
