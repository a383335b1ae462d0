/** The gateway's routes as functions, by the cookie that the window was let in with. */
import type { Problem, RouteAnswer, RouteName } from '../../actors/protocol/gateway/api.ts';
import { createCaller, type Call as RouteCall, type RouteLine } from '../../actors/protocol/gateway/caller.ts';
import type { Doubt } from './doubt.ts';

const endpoints = {
  health: 'GET /api/health',
  dashboard: 'GET /api/dashboard',
  session: 'GET /api/sessions/{id}',
  history: 'GET /api/sessions/{id}/history',
  agents: 'GET /api/agents',
  startSession: 'POST /api/sessions',
  prompt: 'POST /api/sessions/{id}/prompt',
  resume: 'POST /api/sessions/{id}/resume',
  interrupt: 'POST /api/sessions/{id}/interrupt',
  decide: 'POST /api/sessions/{id}/approvals/{approvalId}',
  chooseOption: 'POST /api/sessions/{id}/options',
  pause: 'POST /api/sessions/{id}/pause',
  continue: 'POST /api/sessions/{id}/continue',
  endLeftRunning: 'POST /api/sessions/{id}/end-left-running',
  archive: 'POST /api/sessions/{id}/archive',
  files: 'GET /api/sessions/{id}/files',
  agentOptions: 'GET /api/agents/{name}/options',
  rename: 'POST /api/sessions/{id}/rename',
  remove: 'DELETE /api/sessions/{id}',
  find: 'GET /api/sessions/{id}/find',
  changes: 'GET /api/sessions/{id}/changes',
  openWorktree: 'POST /api/sessions/{id}/open-worktree',
  work: 'GET /api/sessions/{id}/work',
  steps: 'GET /api/sessions/{id}/runs/{run}/steps',
  overview: 'GET /api/sessions/{id}/runs/{run}/overview',
  whatIf: 'POST /api/sessions/{id}/runs/{run}/what-if',
  search: 'GET /api/search',
  repositories: 'GET /api/repositories',
  folders: 'GET /api/folders',
  repository: 'GET /api/repository',
  reconnectKey: 'POST /api/reconnect-key',
  reconnect: 'POST /api/reconnect',
  recall: 'GET /api/window/remembered',
  remember: 'PUT /api/window/remembered/{name}',
} as const satisfies { readonly [Name in RouteName]?: RouteLine<Name> };

export type EndpointName = keyof typeof endpoints;

/** What the runtime refused with, or that it does not answer (`code` is then `runtime.unreachable`). */
export class ApiError extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly status: number;

  constructor(
    message: string,
    details: { code: string; hint?: string | null | undefined; status?: number; cause?: unknown },
  ) {
    super(message, details);
    this.name = 'ApiError';
    this.code = details.code;
    this.hint = details.hint ?? null;
    this.status = details.status ?? 0;
  }
}

export type CallOptions = {
  readonly signal?: AbortSignal;
  /** Sent to its end although the page is left; such a body has room for 64 KiB. */
  readonly keepalive?: boolean;
};

/** What finds out whether it is the runtime that answers; it says nothing that is worth something to others. */
const asksForRuntime: readonly RouteName[] = ['health', 'reconnect'];

/** Calls a route. Raises an `ApiError`, or the signal's reason when it was aborted. */
export type Call = RouteCall<EndpointName, CallOptions>;

/** Makes a `call` of the routes with these lines. */
export type CallOf = <Names extends RouteName>(
  lines: {
    readonly [Name in Names]: RouteLine<Name>;
  },
) => RouteCall<Names, CallOptions>;

/** Calls of the runtime this page is from: see `createCallOf`. */
export const createCall = (doubt: Doubt): Call => createCallOf(doubt)<EndpointName>(endpoints);

/**
 * Calls of the runtime this page is from. While that is in doubt they wait, and are not sent if it is another. What comes
 * in a file of its own brings the lines of its routes along.
 */
export const createCallOf =
  (doubt: Doubt): CallOf =>
  <Names extends RouteName>(lines: { readonly [Name in Names]: RouteLine<Name> }) =>
    createCaller<Names, CallOptions>({
      lineOf: (name) => lines[name],
      send: async (path, request, name, options) => {
        if (doubt.isRaised() && !asksForRuntime.includes(name) && !(await doubt.isRuntime())) return Response.error();
        return fetch(path, { ...request, ...options, credentials: 'same-origin' });
      },
      // The gateway validates what it sends against the same table.
      parse: <Name extends Names>(_: Name, answer: unknown) => answer as RouteAnswer<Name>,
      errorOf: (status, said) => {
        if (status < 400) return unreachable(said);
        const { detail, code, hint } = (said ?? {}) as Partial<Problem>;
        return new ApiError(detail ?? `The runtime answered with ${status}.`, {
          code: code ?? 'internal',
          hint,
          status,
        });
      },
    });

/** Gets what is no JSON, a picture's bytes, of the runtime this page is from. Raises an `ApiError`. */
export type FetchBytes = (path: string) => Promise<Blob>;

export const createFetchBytes =
  (doubt: Doubt): FetchBytes =>
  async (path) => {
    if (doubt.isRaised() && !(await doubt.isRuntime())) throw unreachable(null);
    const response = await fetch(path, { redirect: 'error', credentials: 'same-origin' });
    if (response.ok) return response.blob();
    throw new ApiError(`The runtime answered with ${response.status}.`, { code: 'internal', status: response.status });
  };

const unreachable = (cause: unknown): ApiError =>
  new ApiError('The runtime does not answer.', {
    code: 'runtime.unreachable',
    hint: 'It may have been stopped. Start it again with: throughline serve',
    cause,
  });
