/** A runtime's routes and feeds as functions, for the command line and for programs of others. */
import { type RouteAnswer, type RouteName, routes, type TailMessage } from '../../actors/protocol/gateway/api.ts';
import { type Call, createCaller, type RouteInput } from '../../actors/protocol/gateway/caller.ts';
import type { DashboardSnapshot } from '../../actors/protocol/gateway/dashboard.ts';
import { authorizationFor, type Endpoint } from './authorization.ts';
import type { TailOptions } from './event-tail.ts';
import type { FollowOptions } from './follow.ts';
import { refusalOf } from './refusal.ts';

export type CallOptions = {
  /** Ends the waiting; what was asked for may happen all the same. The call then raises the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long an answer is waited for, in milliseconds. Default: 120,000, at most 300,000. */
  readonly timeLimitMs?: number | undefined;
};

/** A call of one route. Where a route needs nothing, its input can be left out. */
export type RouteFunction<Name extends RouteName> = (
  ...given: Record<never, never> extends RouteInput<Name>
    ? [input?: RouteInput<Name>, options?: CallOptions]
    : [input: RouteInput<Name>, options?: CallOptions]
) => Promise<RouteAnswer<Name>>;

/**
 * Every route of the contract by its name, as `GET /api/openapi.json` describes them: what each takes (`parameters` of
 * its path, `query`, `body`) and answers. Answers are parsed: one that does not keep to the contract is
 * `runtime.unreachable`, which is also what a runtime that does not answer is. What a runtime refuses with is raised as
 * the `ThroughlineError` it was, with a stable `code`.
 */
export type RouteFunctions = { readonly [Name in RouteName]: RouteFunction<Name> };

export type Client = RouteFunctions & {
  readonly endpoint: Endpoint;
  /** Calls a route that is named by a value. */
  readonly call: Call<RouteName, CallOptions>;
  /**
   * Events as they are committed (`event`), each once and in order of position, from a position on and over lost
   * connections and restarts of the runtime; on each connection `caught_up` says that what follows is live. A slow reader
   * slows the sending, and nothing piles up. Of a session that is unknown nothing comes. Ends when its signal is aborted.
   * Raises what the runtime refuses with (`request.unauthorized`; `input.invalid` for a position after the end of the
   * log), and `runtime.unreachable` when nothing answers for longer than `patienceMs`.
   */
  readonly tail: (options?: TailOptions) => AsyncGenerator<TailMessage, void, undefined>;
  /**
   * The dashboard's rows in the default order: as they are, and again whenever they have changed. Who reads slowly gets
   * newer ones. Ends and raises as `tail` does.
   */
  readonly dashboards: (options?: FollowOptions) => AsyncGenerator<DashboardSnapshot, void, undefined>;
  /** The client of the runtime that serves now: of a data directory another one may have taken over. Null: none does. */
  readonly again: () => Promise<Client | null>;
};

// Starting an agent's worktree on a large repository takes its time; a runtime that is silent this long is broken.
const defaultTimeLimitMs = 120_000;

/**
 * The client of the runtime at an endpoint; nothing is asked of it yet. `find` says where the runtime is after a
 * connection was lost: at the same place, unless something better is known.
 */
export const createClient = (
  endpoint: Endpoint,
  find: () => Promise<Endpoint | null> = async () => endpoint,
): Client => {
  const call = createCaller<RouteName, CallOptions>({
    lineOf: (name) => `${routes[name].method} ${routes[name].path}`,
    send: async (path, request, _, { signal, timeLimitMs = defaultTimeLimitMs } = {}) => {
      const limit = AbortSignal.timeout(timeLimitMs);
      return fetch(new URL(path, endpoint.url), {
        ...request,
        headers: { accept: 'application/json', ...request.headers, authorization: authorizationFor(endpoint) },
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
    },
    // The schema was picked by the name, which the compiler cannot follow through the lookup.
    parse: (name, answer) => routes[name].answer.parse(answer) as RouteAnswer<typeof name>,
    errorOf: (status, said) => refusalOf(endpoint.url, status, said),
  });
  const place = { endpoint, find };
  return {
    ...routeFunctions(call),
    endpoint,
    call,
    // What is followed goes over a WebSocket, whose code takes 10 ms to load that a call need not wait for.
    async *tail(options = {}) {
      const { tailEvents } = await import('./event-tail.ts');
      yield* tailEvents(place, options);
    },
    async *dashboards(options = {}) {
      const { followDashboard } = await import('./follow-dashboard.ts');
      yield* followDashboard(place, options);
    },
    again: async () => {
      const found = await find();
      return found && createClient(found, find);
    },
  };
};

const routeFunctions = (call: Call<RouteName, CallOptions>): RouteFunctions => {
  const names = Object.keys(routes) as RouteName[];
  const functions = names.map((name) => [name, (input = {}, options?: CallOptions) => call(name, input, options)]);
  // One function for each name, made alike: that each has its own route's types is what `call` promises.
  return Object.fromEntries(functions) as RouteFunctions;
};
