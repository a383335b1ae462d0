import type { z } from 'zod';
import { type ErrorCode, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { problem, type Route, type RouteAnswer, type RouteName, routes } from '../../../actors/protocol/gateway/api.ts';
import { exitCodeByError } from '../invocation/exit-codes.ts';
import { authorizationFor } from './authorization.ts';

/** Where a runtime answers, and what it wants to see. */
export type Endpoint = { readonly url: string; readonly token: string };

type Part<Name extends RouteName, Key extends 'parameters' | 'query' | 'body'> = (typeof routes)[Name] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? { readonly [K in Key]: z.input<Schema> }
  : unknown;

/** What a route takes: its parameters, query and body, as far as it has them. */
export type RouteInput<Name extends RouteName> = Part<Name, 'parameters'> & Part<Name, 'query'> & Part<Name, 'body'>;

/** The runtime's routes as functions. */
export type Client = {
  readonly endpoint: Endpoint;
  /** Raises what the runtime refused with, or `runtime.unreachable`. */
  readonly call: <Name extends RouteName>(
    name: Name,
    input: RouteInput<Name>,
    options?: { readonly timeLimitMs?: number },
  ) => Promise<RouteAnswer<Name>>;
};

type AnyInput = {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

// Starting an agent's worktree on a large repository takes its time; a runtime that is silent this long is broken.
const defaultTimeLimitMs = 120_000;

export const createClient = (endpoint: Endpoint): Client => ({
  endpoint,
  call: async (name, input, { timeLimitMs = defaultTimeLimitMs } = {}) => {
    const route: Route = routes[name];
    const { parameters = {}, query = {}, body } = input as AnyInput;
    const url = new URL(pathOf(route.path, parameters), endpoint.url);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const response = await fetchOrUnreachable(url, {
      method: route.method,
      redirect: 'error',
      headers: {
        authorization: authorizationFor(endpoint),
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeLimitMs),
    });
    const answer = await response.json().catch((cause: unknown) => {
      throw notOurs(endpoint, cause);
    });
    if (!response.ok) throw refusal(endpoint, answer);
    const parsed = route.answer.safeParse(answer);
    if (!parsed.success) throw notOurs(endpoint, parsed.error);
    // The schema was picked by the name, which the compiler cannot follow through the lookup.
    return parsed.data as RouteAnswer<typeof name>;
  },
});

const pathOf = (template: string, parameters: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(parameters[key] ?? ''));

const fetchOrUnreachable = async (url: URL, request: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, request);
  } catch (cause) {
    throw new ThroughlineError('runtime.unreachable', `the runtime at ${url.origin} does not answer`, {
      hint: 'its log is runtime.log in the data directory; `throughline serve` starts one in the foreground',
      cause,
    });
  }
};

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(exitCodeByError, code);

const refusal = (endpoint: Endpoint, answer: unknown): ThroughlineError => {
  const parsed = problem.safeParse(answer);
  if (!parsed.success) return notOurs(endpoint, parsed.error);
  const { code, detail, hint } = parsed.data;
  return ThroughlineError.fromPlain({ code: isErrorCode(code) ? code : 'internal', message: detail, hint });
};

const notOurs = (endpoint: Endpoint, cause: unknown): ThroughlineError =>
  new ThroughlineError('runtime.unreachable', `what answers at ${endpoint.url} is no Throughline of this version`, {
    hint: 'stop it with the version that started it, then try again',
    cause,
  });
