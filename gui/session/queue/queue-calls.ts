/** The routes of prompts that wait, with the view that asks for them: the first view needs none of them. */
import type { RouteLine } from '../../../actors/protocol/gateway/caller.ts';
import type { CallOf } from '../../connection/api.ts';

const lines = {
  queuePrompt: 'POST /api/sessions/{id}/queue',
  queue: 'GET /api/sessions/{id}/queue',
  changeQueued: 'POST /api/sessions/{id}/queue/{queueId}',
  withdrawQueued: 'DELETE /api/sessions/{id}/queue/{queueId}',
  sendQueued: 'POST /api/sessions/{id}/queue/{queueId}/send',
} as const;

type Names = keyof typeof lines;

export const queueCalls = (callOf: CallOf) => callOf(lines satisfies { readonly [Name in Names]: RouteLine<Name> });

export type QueueCalls = ReturnType<typeof queueCalls>;
