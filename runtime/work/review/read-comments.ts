/** The comments of a review as they are shown: where their lines are, and what became of them. */
import { commentState } from '../../../actors/model/review/comment-state.ts';
import type { PlacedComment } from '../../../actors/protocol/gateway/review-routes.ts';
import type { ReviewComment } from '../../../actors/protocol/gateway/work.ts';
import { answeredRuns, type KnownAnswers } from './answered.ts';
import { type Placed, type Placing, placeInTree, placingOf } from './place-comments.ts';
import type { SessionTrees } from './session-trees.ts';

export type ShownComments = {
  readonly comments: PlacedComment[];
  readonly queued: { commentIds: string[]; words: string } | null;
};

/**
 * All comments of a session. Those on lines after the changes are placed in `tree` (the tree as it is now), those on lines
 * before them in `from`; where that is not given, they are not placed.
 *
 * Raises what git raises.
 */
export const readComments = async (
  trees: SessionTrees,
  { tree, from }: { readonly tree?: string | undefined; readonly from?: string | undefined },
  known: KnownAnswers,
): Promise<ShownComments> => {
  const { work, repository } = trees;
  const queued = work.queued === null ? null : { ...work.queued };
  if (work.comments.length === 0) return { comments: [], queued };
  const target = tree ?? (await trees.now()).tree;
  const [after, before, answered] = await Promise.all([
    placeInTree(repository, placingsOf(work.comments, 'after'), target),
    from === undefined ? [] : placeInTree(repository, placingsOf(work.comments, 'before'), from),
    answeredRuns(repository, work, known),
  ]);
  const placed = { after: after.values(), before: before.values() };
  return {
    comments: work.comments.map((comment) => {
      const next = placed[comment.side].next();
      const answeredIn = answered.get(comment.commentId) ?? null;
      return shown(comment, next.done ? null : next.value, answeredIn);
    }),
    queued,
  };
};

const placingsOf = (comments: readonly ReviewComment[], side: ReviewComment['side']): readonly Placing[] =>
  comments.filter((comment) => comment.side === side).map(placingOf);

const shown = (comment: ReviewComment, placed: Placed | null, answeredIn: number | null): PlacedComment => {
  const { commentId, path, side, from, to, quote, text, tree, snapshot, at, sentWith } = comment;
  const followed = placed === null || placed.unread ? null : placed.followed;
  return {
    commentId,
    path,
    side,
    from,
    to,
    quote: quote.text,
    text,
    tree,
    snapshot,
    at,
    state: commentState(comment, answeredIn),
    sentWith: sentWith.at(-1) ?? null,
    answeredIn,
    pathNow: placed?.path ?? null,
    lines: followed === null || followed.kind === 'gone' ? null : { from: followed.from, to: followed.to },
    changed: followed?.kind === 'changed',
    nearest: followed?.kind === 'gone' && placed?.path != null ? followed.nearest : null,
  };
};
