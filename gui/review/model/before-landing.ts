/** What stands before the landing of a session, as far as it is known. */
import type { ShownWork } from '../../../actors/protocol/gateway/work.ts';

export type Standing =
  | { readonly kind: 'passed' | 'running' | 'failed'; readonly check: string }
  | { readonly kind: 'comments'; readonly count: number };

/** In the order in which it is shown: checks by their names, and comments that nobody has sent. */
export const standsBefore = ({ checks, openComments }: ShownWork): readonly Standing[] => [
  ...Object.entries(checks)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([check, state]): Standing => {
      if (state === 'passed' || state === 'running') return { kind: state, check };
      return { kind: 'failed', check };
    }),
  ...(openComments > 0 ? [{ kind: 'comments', count: openComments } as const] : []),
];
