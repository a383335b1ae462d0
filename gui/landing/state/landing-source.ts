/** Where the face of a landing gets what it shows, and who does what it asks for: the routes of one session. */
import type { RouteLine } from '../../../actors/protocol/gateway/caller.ts';
import type { RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import type { LandingPreview } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { PullRequestAnswer, PushAnswer } from '../../../actors/protocol/gateway/origin-routes.ts';
import type { Connection } from '../../connection/connection.ts';
import type { Decided } from '../model/decided.ts';

export type LandingSource = {
  readonly position: () => Promise<number>;
  readonly preview: (stop: AbortSignal) => Promise<LandingPreview>;
  readonly setup: (stop: AbortSignal) => Promise<RepositorySetupAnswer>;
  readonly land: (
    decided: Decided,
    how: { readonly despiteChecks: boolean; readonly waits: boolean },
  ) => Promise<unknown>;
  /** With the hash of hooks they run, and are agreed to; without one those run that were agreed to before. */
  readonly commit: (decided: Decided, hooks: string | null) => Promise<unknown>;
  readonly undo: (landingId: string) => Promise<unknown>;
  readonly withdraw: (landingId: string) => Promise<unknown>;
  readonly runChecks: () => Promise<unknown>;
  readonly stopCheck: (commandId: string) => Promise<unknown>;
  readonly sendCheck: (commandId: string) => Promise<unknown>;
  /** Pushes its own branch, or the one that it landed on. */
  readonly push: (landed: boolean) => Promise<PushAnswer>;
  /** Asks where the repository is hosted: that takes a moment. */
  readonly pullRequest: () => Promise<PullRequestAnswer>;
  readonly openPullRequest: (request: {
    readonly title: string;
    readonly body: string;
    readonly draft: boolean;
  }) => Promise<PullRequestAnswer>;
  readonly sendFeedback: (ids: readonly string[]) => Promise<unknown>;
};

const lines = {
  dashboard: 'GET /api/dashboard',
  landing: 'GET /api/sessions/{id}/landing',
  commit: 'POST /api/sessions/{id}/commit',
  land: 'POST /api/landings',
  withdrawLanding: 'DELETE /api/sessions/{id}/landings/{landingId}',
  undoLanding: 'POST /api/sessions/{id}/landings/{landingId}/undo',
  checks: 'GET /api/sessions/{id}/checks',
  runChecks: 'POST /api/sessions/{id}/checks',
  cancelCheck: 'POST /api/sessions/{id}/checks/{commandId}/cancel',
  sendCheck: 'POST /api/sessions/{id}/checks/{commandId}/send',
  push: 'POST /api/sessions/{id}/push',
  pullRequest: 'GET /api/sessions/{id}/pull-request',
  openPullRequest: 'POST /api/sessions/{id}/pull-request',
  sendPullRequest: 'POST /api/sessions/{id}/pull-request/send',
} as const;

type Names = keyof typeof lines;

export const landingSource = ({ callOf }: Connection, id: string): LandingSource => {
  const call = callOf(lines satisfies { readonly [Name in Names]: RouteLine<Name> });
  const parameters = { id };
  return {
    position: async () => (await call('dashboard', {})).version,
    preview: (signal) => call('landing', { parameters }, { signal }),
    setup: async (signal) => (await call('checks', { parameters }, { signal })).setup,
    land: ({ way, message, nameAgent }, { despiteChecks, waits }) =>
      call('land', {
        body: { sessions: [id], how: way, messages: { [id]: message }, nameAgent, despiteChecks, waits },
      }),
    commit: ({ message, nameAgent }, hooks) =>
      call('commit', { parameters, body: { message, nameAgent, hooks: hooks ?? 'agreed' } }),
    undo: (landingId) => call('undoLanding', { parameters: { id, landingId }, body: {} }),
    withdraw: (landingId) => call('withdrawLanding', { parameters: { id, landingId } }),
    runChecks: () => call('runChecks', { parameters, body: {} }),
    stopCheck: (commandId) => call('cancelCheck', { parameters: { id, commandId }, body: {} }),
    sendCheck: (commandId) => call('sendCheck', { parameters: { id, commandId }, body: {} }),
    push: (landed) => call('push', { parameters, body: { landed } }),
    pullRequest: () => call('pullRequest', { parameters }),
    openPullRequest: (request) => call('openPullRequest', { parameters, body: request }),
    sendFeedback: (ids) => call('sendPullRequest', { parameters, body: { feedback: [...ids] } }),
  };
};
