/** What the runtime offers of the review of a session's changes. */
import type * as z from 'zod';
import type { CommentId, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { ReviewFiles, ReviewRanges, reviewRoutes } from '../../../actors/protocol/gateway/review-routes.ts';

type Routes = typeof reviewRoutes;
type Asked<Name extends keyof Routes, Part extends 'query' | 'body'> =
  Routes[Name] extends Record<Part, infer Schema extends z.ZodType> ? Readonly<z.infer<Schema>> : never;
type Answered<Name extends keyof Routes> = Promise<Readonly<z.infer<Routes[Name]['answer']>>>;

/**
 * Each raises `session.not_found`. What looks at trees raises `snapshot.not_found` for a range of which something is
 * missing, `worktree.missing` where there is nothing to look at, and what git raises.
 */
export type ReviewCommands = {
  readonly reviewRanges: (id: SessionId) => Promise<ReviewRanges>;
  /** Over the range that a review begins with, where none is given. */
  readonly reviewFiles: (id: SessionId, range: string | undefined) => Promise<ReviewFiles>;
  readonly reviewPatch: (id: SessionId, asked: Asked<'reviewPatch', 'query'>) => Answered<'reviewPatch'>;
  /** Raises `review.not_found` for what is no picture of a tree of this session, and `request.too_large`. */
  readonly reviewBlob: (id: SessionId, blob: string) => Answered<'reviewBlob'>;
  /** Raises `snapshot.not_found`. */
  readonly lookedAt: (id: SessionId, snapshot: number) => Promise<void>;
  readonly viewed: (id: SessionId, file: Asked<'viewed', 'body'>) => Promise<void>;
  readonly reviewComments: (id: SessionId, asked: Asked<'reviewComments', 'query'>) => Answered<'reviewComments'>;
  /** Raises `review.not_found` when the tree has no such lines. */
  readonly comment: (id: SessionId, comment: Asked<'comment', 'body'>) => Promise<{ readonly commentId: CommentId }>;
  /** Raises `review.not_found`; `input.invalid` for other words of one that was sent. */
  readonly changeComment: (
    id: SessionId,
    commentId: CommentId,
    change: Asked<'changeComment', 'body'>,
  ) => Promise<void>;
  /** Raises `review.not_found`. */
  readonly removeComment: (id: SessionId, commentId: CommentId) => Promise<void>;
  /** Raises `session.busy` while a run is under way, unless it may be queued; `review.not_found`; what `prompt` raises. */
  readonly sendReview: (id: SessionId, asked: Asked<'sendReview', 'body'>) => Answered<'sendReview'>;
  readonly unqueueReview: (id: SessionId) => Promise<void>;
  readonly reviewPrompt: (id: SessionId, asked: Asked<'reviewPrompt', 'query'>) => Answered<'reviewPrompt'>;
  /**
   * Raises `review.not_found` for what is no file of the session's folder, or leads out of it; `desktop.unavailable`
   * where no editor is found.
   */
  readonly openInEditor: (id: SessionId, place: Asked<'openInEditor', 'body'>) => Promise<{ readonly editor: string }>;
};
