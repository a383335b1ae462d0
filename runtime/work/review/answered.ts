/** Which comments were answered: git says that their lines changed after they had been sent. */
import type { ReviewComment, SessionWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';
import type { Repository } from '../../git/repository.ts';
import { type Placed, type Placing, placeInTree, placingOf } from './place-comments.ts';

/** The run that answered a comment which was sent with a run, by both: what has ended does not become other. */
export type KnownAnswers = Map<string, number>;

const maxKnown = 10_000;

type Watched = {
  readonly comment: ReviewComment;
  readonly run: number;
  /** Its lines as they were when it was sent, or where they had been before they were gone. */
  readonly placing: Placing;
  readonly wasGone: boolean;
};

/**
 * The runs that answered comments, by the comments' ids: of each the first, from the one that it was sent with, at whose
 * end its lines were not what they had been at that one's start; of one whose lines were gone, at whose end something
 * stood there again. What is now as it was is not answered, and what the agent says counts for nothing.
 *
 * What is found is added to `known`. Raises what git raises.
 */
export const answeredRuns = async (
  repository: Repository,
  work: SessionWork,
  known: KnownAnswers,
): Promise<ReadonlyMap<string, number>> => {
  const answered = new Map<string, number>();
  const sent = work.comments.flatMap((comment) => {
    const run = comment.sentWith.at(-1);
    return run === undefined || comment.resolved ? [] : [{ comment, run }];
  });
  const ends = work.snapshots.filter(({ reason }) => reason === 'run_end');
  const last = ends.at(-1);
  if (last === undefined || sent.length === 0) return answered;

  const watched: Watched[] = [];
  for (const [tree, ofTree] of byStart(work.snapshots, sent)) {
    const placings = ofTree.map(({ comment }) => placingOf(comment));
    const placed = await placeInTree(repository, placings, tree);
    ofTree.forEach((each, index) => {
      const [original, found] = [placings[index], placed[index]];
      if (original === undefined || found === undefined || found.unread) return;
      const { path, followed } = found;
      const isThere = path !== null && followed.kind !== 'gone';
      const placing = isThere ? { tree, path, from: followed.from, to: followed.to } : original;
      watched.push({ ...each, placing, wasGone: !isThere });
    });
  }

  const answeredBy = async (end: Snapshot, among: readonly Watched[]): Promise<readonly Watched[]> => {
    if (among.length === 0) return [];
    const placed = await placeInTree(
      repository,
      among.map(({ placing }) => placing),
      end.tree,
    );
    return among.filter(({ wasGone }, index) => isOther(placed[index], wasGone));
  };
  // Most runs change few of them, and one that is now as it was is not answered: so the last end is asked first.
  let waiting: readonly Watched[] = [];
  for (const each of await answeredBy(last, watched)) {
    const run = known.get(keyOf(each));
    if (run === undefined) waiting = [...waiting, each];
    else answered.set(each.comment.commentId, run);
  }
  for (const end of ends) {
    const { run } = end;
    if (run === null || waiting.length === 0) continue;
    const candidates = waiting.filter((each) => each.run <= run);
    const found = end === last ? candidates : await answeredBy(end, candidates);
    for (const each of found) {
      answered.set(each.comment.commentId, run);
      if (known.size < maxKnown) known.set(keyOf(each), run);
    }
    waiting = waiting.filter((each) => !found.includes(each));
  }
  return answered;
};

const keyOf = ({ comment, run }: Watched): string => `${comment.commentId} ${run}`;

const byStart = <Sent extends { readonly run: number }>(
  snapshots: readonly Snapshot[],
  sent: readonly Sent[],
): ReadonlyMap<string, readonly Sent[]> => {
  const groups = new Map<string, Sent[]>();
  for (const each of sent) {
    const start = snapshots.find(({ reason, run }) => reason === 'run_start' && run === each.run);
    if (start === undefined) continue;
    groups.set(start.tree, [...(groups.get(start.tree) ?? []), each]);
  }
  return groups;
};

const isOther = (placed: Placed | undefined, wasGone: boolean): boolean => {
  if (placed === undefined || placed.unread === true) return false;
  return wasGone ? placed.followed.kind !== 'gone' : placed.followed.kind !== 'same';
};
