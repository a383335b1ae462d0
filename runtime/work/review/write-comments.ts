/** Comments written, changed, resolved and taken away: each is an entry in the session's ledger. */
import { v7 as uuid } from 'uuid';
import { linesOf } from '../../../actors/model/review/follow-lines.ts';
import { storedText } from '../../../actors/model/run/stored-text.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../../actors/protocol/facts/events.ts';
import { type CommentId, toCommentId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { ReviewComment, SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { Repository } from '../../git/repository.ts';
import { blobsAt } from '../../git/trees/blobs-at.ts';
import { readBlobs } from '../../git/trees/read-blobs.ts';
import { maxFollowedBytes } from './place-comments.ts';

/** A review with more comments that are not resolved is none that anybody reads. */
const maxCommentsOfSession = 1_000;
const maxQuoteBytes = 64 * 1024;

export type NewComment = Pick<ReviewComment, 'path' | 'side' | 'from' | 'to' | 'text' | 'tree' | 'snapshot'>;

/**
 * The entry of a comment on lines of a file in a tree, which are quoted as they stand there.
 *
 * Raises `review.not_found` for lines that are not there, and `request.too_large` for one comment too many.
 */
export const commentAdded = async (
  repository: Repository,
  work: SessionWork,
  comment: NewComment,
): Promise<{ readonly commentId: CommentId; readonly added: LedgerFact }> => {
  if (work.comments.filter(({ resolved }) => !resolved).length >= maxCommentsOfSession) {
    throw new ThroughlineError('request.too_large', `there are ${maxCommentsOfSession} comments already`, {
      hint: 'resolve some of them first',
    });
  }
  const { path, side, from, to, text, tree, snapshot } = comment;
  const lines = await linesAt(repository, tree, path);
  if (to > lines.length) {
    const count = lines.length === 1 ? 'one line' : `${lines.length} lines`;
    throw new ThroughlineError('review.not_found', `${path} has no line ${to}: it has ${count}`);
  }
  const quote = storedText(lines.slice(from - 1, to).join('\n'), maxQuoteBytes);
  const commentId = toCommentId(uuid());
  const payload = { commentId, path, side, from, to, quote, text: text.trim(), tree, snapshot };
  return { commentId, added: fact('comment_added', payload, toTimestamp(Date.now())) };
};

/** Raises `review.not_found` for what is no text of that tree, or larger than the 2 MB that are looked into. */
const linesAt = async (repository: Repository, tree: string, path: string): Promise<readonly string[]> => {
  const blob = (await blobsAt(repository, tree, [path]).catch(() => null))?.get(path);
  if (blob === undefined) throw new ThroughlineError('review.not_found', `there is no file ${path} in that tree`);
  const content = (await readBlobs(repository, [blob], maxFollowedBytes)).get(blob);
  if (content === undefined) {
    throw new ThroughlineError('review.not_found', `${path} is too large to be commented on by lines`);
  }
  if (content.includes(0)) throw new ThroughlineError('review.not_found', `${path} has no lines: it is binary`);
  return linesOf(content.toString('utf8'));
};

/** The comment. Raises `review.not_found`. */
export const commentOf = ({ comments }: SessionWork, commentId: string): ReviewComment => {
  const found = comments.find((comment) => comment.commentId === commentId);
  if (found !== undefined) return found;
  throw new ThroughlineError('review.not_found', `there is no comment ${commentId} in this session`);
};

/**
 * The entries that give a comment other words, resolve it or open it again; none for what is so already. A comment that
 * waits to be sent waits no more when it is resolved.
 *
 * Raises `review.not_found`, and `input.invalid` for other words of one that was sent.
 */
export const commentChanged = (
  work: SessionWork,
  commentId: CommentId,
  { text, resolved }: { readonly text?: string | undefined; readonly resolved?: boolean | undefined },
): readonly LedgerFact[] => {
  const comment = commentOf(work, commentId);
  const at = toTimestamp(Date.now());
  const facts: LedgerFact[] = [];
  if (text !== undefined && text.trim() !== comment.text) {
    if (comment.sentWith.length > 0) {
      throw new ThroughlineError('input.invalid', 'the agent has these words already', {
        hint: 'resolve the comment, and write another',
      });
    }
    facts.push(fact('comment_changed', { commentId, text: text.trim() }, at));
  }
  if (resolved !== undefined && resolved !== comment.resolved) {
    facts.push(fact('comment_resolved', { commentId, resolved }, at));
    if (resolved) facts.push(...unqueued(work, commentId));
  }
  return facts;
};

/** The entries that take a comment away. Raises `review.not_found`. */
export const commentRemoved = (work: SessionWork, commentId: CommentId): readonly LedgerFact[] => {
  commentOf(work, commentId);
  return [...unqueued(work, commentId), fact('comment_removed', { commentId }, toTimestamp(Date.now()))];
};

const unqueued = ({ queued }: SessionWork, commentId: CommentId): readonly LedgerFact[] => {
  if (queued === null || !queued.commentIds.includes(commentId)) return [];
  const commentIds = queued.commentIds.filter((other) => other !== commentId);
  return [fact('comments_queued', { commentIds, words: queued.words }, toTimestamp(Date.now()))];
};
