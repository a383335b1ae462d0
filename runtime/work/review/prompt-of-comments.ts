/** The prompt that comments make: which they are, and what it says. */
import { type CommentToSend, commentPrompt } from '../../../actors/model/review/comment-prompt.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { maxComments } from '../../../actors/protocol/gateway/review-routes.ts';
import type { ReviewComment, SessionWork } from '../../../actors/protocol/gateway/work.ts';
import { type Placed, placingOf } from './place-comments.ts';
import type { SessionTrees } from './session-trees.ts';
import { commentOf } from './write-comments.ts';

export type ToSend = { readonly comments: readonly ReviewComment[]; readonly words: string };

/**
 * The comments of these ids, without ids those that are open; in the order of their files and lines, with what waits to be
 * sent already, for one prompt brings all of it. There may be none.
 *
 * Raises `review.not_found`, and `input.invalid` for more than a prompt brings.
 */
export const toSend = (work: SessionWork, ids: readonly string[] | undefined, words: string): ToSend => {
  const meant = ids?.map((id) => commentOf(work, id)) ?? work.comments.filter(isOpen);
  const waiting = work.comments.filter(({ queued }) => queued);
  const comments = [...new Set([...waiting, ...meant])].sort(byPlace);
  if (comments.length > maxComments) {
    throw new ThroughlineError('input.invalid', `a prompt brings at most ${maxComments} comments`, {
      hint: 'send some of them, by their ids',
    });
  }
  const said = [work.queued?.words ?? '', words].filter((each) => each.trim() !== '');
  return { comments, words: said.join('\n\n') };
};

/** As `toSend`; raises `input.invalid` when there is none as well. */
export const somethingToSend = (...given: Parameters<typeof toSend>): ToSend => {
  const found = toSend(...given);
  if (found.comments.length > 0) return found;
  throw new ThroughlineError('input.invalid', 'there is no comment to send', {
    hint: 'write one first, or name one that was sent before',
  });
};

const isOpen = ({ resolved, queued, sentWith }: ReviewComment): boolean =>
  !resolved && !queued && sentWith.length === 0;

const byPlace = (left: ReviewComment, right: ReviewComment): number =>
  left.path < right.path ? -1 : left.path > right.path ? 1 : left.from - right.from;

/** What the agent is told of them, with where their lines are now. Raises what git raises. */
export const promptOfComments = async (trees: SessionTrees, { comments, words }: ToSend): Promise<string> => {
  const { tree } = await trees.now();
  const after = comments.filter(({ side }) => side === 'after');
  const placed = await trees.place(after.map(placingOf), tree);
  const placedNow = comments.map((comment): CommentToSend => {
    const { path, side, from, to, quote, text } = comment;
    const place = placed[after.indexOf(comment)];
    return { path, side, from, to, quote: quote.text, text, now: placeNow(place, comment) };
  });
  return commentPrompt(placedNow, words);
};

const placeNow = (place: Placed | undefined, { path, from, to }: ReviewComment): CommentToSend['now'] => {
  // What nobody could look for is taken to be where it was.
  if (place === undefined || place.unread) return { path, from, to };
  if (place.path === null || place.followed.kind !== 'same') return null;
  return { path: place.path, from: place.followed.from, to: place.followed.to };
};
