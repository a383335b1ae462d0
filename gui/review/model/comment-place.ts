/** Where a comment stands in the trees that are looked at. */
import type { PlacedComment } from '../../../actors/protocol/gateway/review-routes.ts';

export type CommentPlace = {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** Its lines are not there any more: this is the nearest one. */
  readonly isGone: boolean;
};

export const commentPlace = ({ path, pathNow, from, to, lines, nearest }: PlacedComment): CommentPlace => {
  const pathHere = pathNow ?? path;
  if (lines !== null) return { path: pathHere, ...lines, isGone: false };
  // Of a file that is not there nothing is nearer than where they were.
  const line = Math.max(1, nearest ?? to);
  return { path: pathHere, from: nearest === null ? from : line, to: line, isGone: true };
};

/** Whether nobody has sent it yet. */
export const isUnsent = ({ state }: PlacedComment): boolean => state === 'open' || state === 'queued';
