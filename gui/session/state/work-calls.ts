/** The routes of what is kept and put back, with the files that ask for them: the first view needs none of them. */
import type { RouteLine } from '../../../actors/protocol/gateway/caller.ts';
import type { CallOf } from '../../connection/api.ts';

const lines = {
  reviewFiles: 'GET /api/sessions/{id}/review/files',
  restore: 'POST /api/sessions/{id}/restore',
  previewRestore: 'POST /api/sessions/{id}/restore/preview',
  discarded: 'GET /api/discarded',
  restoreDiscarded: 'POST /api/discarded/{name}/restore',
  deleteDiscarded: 'DELETE /api/discarded/{name}',
} as const;

type Names = keyof typeof lines;

export const workCalls = (callOf: CallOf) => callOf(lines satisfies { readonly [Name in Names]: RouteLine<Name> });
