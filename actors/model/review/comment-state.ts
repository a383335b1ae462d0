export type CommentState = 'open' | 'queued' | 'sent' | 'answered' | 'resolved';

/**
 * Where a comment stands. `answeredIn` is the run in which its lines changed after it was sent, as git says; null where
 * they are as they were. One that is written, sent and opened again counts as sent.
 */
export const commentState = (
  {
    resolved,
    queued,
    sentWith,
  }: { readonly resolved: boolean; readonly queued: boolean; readonly sentWith: readonly number[] },
  answeredIn: number | null,
): CommentState => {
  if (resolved) return 'resolved';
  if (queued) return 'queued';
  if (sentWith.length === 0) return 'open';
  return answeredIn === null ? 'sent' : 'answered';
};
