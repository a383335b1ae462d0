/** What lands, of all sessions: the runtime's queue. */
import type { RouteLine } from '../../../actors/protocol/gateway/caller.ts';
import type { QueuedLanding } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { CallOf } from '../../connection/api.ts';

export type QueueSource = {
  readonly list: (stop: AbortSignal) => Promise<readonly QueuedLanding[]>;
  readonly withdraw: (landing: QueuedLanding) => Promise<unknown>;
  readonly undo: (landing: QueuedLanding) => Promise<unknown>;
};

const lines = {
  landings: 'GET /api/landings',
  withdrawLanding: 'DELETE /api/sessions/{id}/landings/{landingId}',
  undoLanding: 'POST /api/sessions/{id}/landings/{landingId}/undo',
} as const;

type Names = keyof typeof lines;

export const queueSource = (callOf: CallOf): QueueSource => {
  const call = callOf(lines satisfies { readonly [Name in Names]: RouteLine<Name> });
  const parametersOf = ({ landingId, session }: QueuedLanding) => ({ id: session.id, landingId });
  return {
    list: async (signal) => (await call('landings', {}, { signal })).landings,
    withdraw: (landing) => call('withdrawLanding', { parameters: parametersOf(landing) }),
    undo: (landing) => call('undoLanding', { parameters: parametersOf(landing), body: {} }),
  };
};
