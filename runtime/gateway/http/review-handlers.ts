import type { reviewRoutes } from '../../../actors/protocol/gateway/review-routes.ts';
import type { ReviewCommands } from '../../work/offered/review-commands.ts';
import type { Handlers } from './handler.ts';

const done = { ok: true } as const;

/** What the routes of a review do. */
export const reviewHandlers = (review: ReviewCommands): Pick<Handlers, keyof typeof reviewRoutes> => ({
  reviewRanges: ({ parameters }) => review.reviewRanges(parameters.id),
  reviewFiles: ({ parameters, query }) => review.reviewFiles(parameters.id, query.range),
  reviewPatch: ({ parameters, query }) => review.reviewPatch(parameters.id, query),
  reviewBlob: ({ parameters, query }) => review.reviewBlob(parameters.id, query.blob),
  lookedAt: async ({ parameters, body }) => {
    await review.lookedAt(parameters.id, body.snapshot);
    return done;
  },
  viewed: async ({ parameters, body }) => {
    await review.viewed(parameters.id, body);
    return done;
  },
  reviewComments: ({ parameters, query }) => review.reviewComments(parameters.id, query),
  comment: ({ parameters, body }) => review.comment(parameters.id, body),
  changeComment: async ({ parameters, body }) => {
    await review.changeComment(parameters.id, parameters.commentId, body);
    return done;
  },
  removeComment: async ({ parameters }) => {
    await review.removeComment(parameters.id, parameters.commentId);
    return done;
  },
  sendReview: ({ parameters, body }) => review.sendReview(parameters.id, body),
  unqueueReview: async ({ parameters }) => {
    await review.unqueueReview(parameters.id);
    return done;
  },
  reviewPrompt: ({ parameters, query }) => review.reviewPrompt(parameters.id, query),
  openInEditor: async ({ parameters, body }) => ({ ...done, ...(await review.openInEditor(parameters.id, body)) }),
});
