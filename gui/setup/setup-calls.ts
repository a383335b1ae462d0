/** The routes about what a repository has run, with the files that ask for them. */
import type { RouteLine } from '../../actors/protocol/gateway/caller.ts';
import type { CallOf } from '../connection/api.ts';

const lines = {
  checks: 'GET /api/sessions/{id}/checks',
  repositorySetup: 'GET /api/repositories/setup',
  agreeToSetup: 'POST /api/repositories/agreement',
} as const;

type Names = keyof typeof lines;

export const setupCalls = (callOf: CallOf) => callOf(lines satisfies { readonly [Name in Names]: RouteLine<Name> });
