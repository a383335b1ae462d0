/** Which comments were answered: git says that their lines changed after they had been sent. */
import type { ReviewComment, SessionWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';
import type { Repository } from '../../git/repository.ts';
import { type Placed, type Placing, placeInTree, placingOf } from './place-comments.ts';

/**
 * The runs that answered comments, by the comments' ids: of each the first, from the one that it was sent with, at whose
 * end its lines were not what they had been at that one's start. What the agent says counts for nothing.
 *
 * Raises what git raises.
 */
export const answeredRuns = async (repository: Repository, work: SessionWork): Promise<ReadonlyMap<string, number>> => {
  const answered = new Map<string, number>();
  const sent = work.comments.flatMap((comment) => {
    const run = comment.sentWith.at(-1);
    return run === undefined || comment.resolved ? [] : [{ comment, run }];
  });
  const ends = work.snapshots.filter(({ reason }) => reason === 'run_end');
  const last = ends.at(-1);
  if (last === undefined || sent.length === 0) return answered;

  // Where their lines were when they were sent, from where they are followed on.
  const asSent: { readonly comment: ReviewComment; readonly run: number; readonly placing: Placing }[] = [];
  for (const [tree, ofTree] of byStart(work.snapshots, sent)) {
    const placed = await placeInTree(
      repository,
      ofTree.map(({ comment }) => placingOf(comment)),
      tree,
    );
    ofTree.forEach(({ comment, run }, index) => {
      const placing = placingAt(placed[index], tree);
      if (placing !== null) asSent.push({ comment, run, placing });
    });
  }

  let waiting = asSent;
  const changedBy = async (end: Snapshot, among: typeof asSent) => {
    const placed = await placeInTree(
      repository,
      among.map(({ placing }) => placing),
      end.tree,
    );
    return among.filter((_, index) => isChanged(placed[index]));
  };
  // Most runs change few of them, and one that is now as it was is not answered: so the last end is asked first.
  waiting = await changedBy(last, waiting);
  for (const end of ends) {
    const { run } = end;
    if (run === null || waiting.length === 0) continue;
    const candidates = waiting.filter((each) => each.run <= run);
    const changed = end === last ? candidates : candidates.length === 0 ? [] : await changedBy(end, candidates);
    for (const { comment } of changed) answered.set(comment.commentId, run);
    waiting = waiting.filter((each) => !changed.includes(each));
  }
  return answered;
};

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

/** Lines that are gone already are watched by the line that is nearest to them. */
const placingAt = (placed: Placed | undefined, tree: string): Placing | null => {
  if (placed === undefined || placed.path === null || placed.unread) return null;
  const { path, followed } = placed;
  const [from, to] = followed.kind === 'gone' ? [followed.nearest, followed.nearest] : [followed.from, followed.to];
  return from === 0 ? null : { tree, path, from, to };
};

const isChanged = (placed: Placed | undefined): boolean =>
  placed !== undefined && placed.unread !== true && placed.followed.kind !== 'same';
