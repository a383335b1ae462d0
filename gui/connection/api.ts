/**
 * The gateway's routes as functions. Only the types of the contract are imported: its schemas would weigh more than the
 * rest of the window. The table of endpoints is checked against it by the compiler instead.
 */
import type { z } from 'zod';
import type { Problem, RouteAnswer, RouteName, routes } from '../../actors/protocol/gateway/api.ts';

type Routes = typeof routes;

type Part<Name extends RouteName, Key extends 'parameters' | 'query' | 'body'> = Routes[Name] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? { readonly [K in Key]: z.input<Schema> }
  : unknown;

/** What a route takes: its parameters, query and body, as far as it has them. */
export type RouteInput<Name extends RouteName> = Part<Name, 'parameters'> & Part<Name, 'query'> & Part<Name, 'body'>;

const endpoints = {
  health: ['GET', '/api/health'],
  dashboard: ['GET', '/api/dashboard'],
  session: ['GET', '/api/sessions/{id}'],
  history: ['GET', '/api/sessions/{id}/history'],
  agents: ['GET', '/api/agents'],
  startSession: ['POST', '/api/sessions'],
  prompt: ['POST', '/api/sessions/{id}/prompt'],
  resume: ['POST', '/api/sessions/{id}/resume'],
  interrupt: ['POST', '/api/sessions/{id}/interrupt'],
  decide: ['POST', '/api/sessions/{id}/approvals/{approvalId}'],
  rename: ['POST', '/api/sessions/{id}/rename'],
  remove: ['DELETE', '/api/sessions/{id}'],
  find: ['GET', '/api/sessions/{id}/find'],
  changes: ['GET', '/api/sessions/{id}/changes'],
  diff: ['GET', '/api/sessions/{id}/diff'],
  openWorktree: ['POST', '/api/sessions/{id}/open-worktree'],
  steps: ['GET', '/api/sessions/{id}/runs/{run}/steps'],
  overview: ['GET', '/api/sessions/{id}/runs/{run}/overview'],
  whatIf: ['POST', '/api/sessions/{id}/runs/{run}/what-if'],
  search: ['GET', '/api/search'],
  repositories: ['GET', '/api/repositories'],
  folders: ['GET', '/api/folders'],
  repository: ['GET', '/api/repository'],
  reconnectKey: ['POST', '/api/reconnect-key'],
  reconnect: ['POST', '/api/reconnect'],
  recall: ['GET', '/api/window/remembered'],
  remember: ['PUT', '/api/window/remembered/{name}'],
} as const satisfies { readonly [Name in RouteName]?: readonly [Routes[Name]['method'], Routes[Name]['path']] };

export type EndpointName = keyof typeof endpoints;

/** What the runtime refused with, or that it does not answer (`code` is then `runtime.unreachable`). */
export class ApiError extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly status: number;

  constructor(message: string, details: { code: string; hint?: string | null; status?: number; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.code = details.code;
    this.hint = details.hint ?? null;
    this.status = details.status ?? 0;
  }
}

type AnyInput = {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

export type CallOptions = {
  readonly signal?: AbortSignal;
  /** Sent to its end although the page is left; such a body has room for 64 KiB. */
  readonly keepalive?: boolean;
};

let makeSure: (() => Promise<boolean>) | null = null;

/**
 * While it is not known whether it is the runtime that answers at this address, a call waits for `ask` to say so, and
 * is not sent if it is not. Null ends that.
 */
export const doubtRuntime = (ask: (() => Promise<boolean>) | null): void => {
  makeSure = ask;
};

export const isRuntimeDoubted = (): boolean => makeSure !== null;

/** What finds that out; it says nothing that is worth something to others. */
const asksForRuntime: ReadonlySet<EndpointName> = new Set(['health', 'reconnect']);

/** Calls a route. Raises an `ApiError`, or the signal's reason when it was aborted. */
export const call = async <Name extends EndpointName>(
  name: Name,
  input: RouteInput<Name>,
  options: CallOptions = {},
): Promise<RouteAnswer<Name>> => {
  if (makeSure !== null && !asksForRuntime.has(name) && !(await makeSure())) throw unreachable();
  const [method, template] = endpoints[name];
  const { parameters = {}, query = {}, body } = input as AnyInput;
  const response = await fetchOrUnreachable(`${pathOf(template, parameters)}${queryOf(query)}`, {
    method,
    credentials: 'same-origin',
    redirect: 'error',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.keepalive === undefined ? {} : { keepalive: options.keepalive }),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response.status, answer);
  // The gateway validates what it sends against the same table.
  return answer as RouteAnswer<Name>;
};

const pathOf = (template: string, parameters: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(parameters[key] ?? ''));

const queryOf = (query: Readonly<Record<string, unknown>>): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const one of value) search.append(key, String(one));
    else if (value !== undefined && value !== null) search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
};

const fetchOrUnreachable = async (path: string, request: RequestInit): Promise<Response> => {
  try {
    return await fetch(path, request);
  } catch (cause) {
    if (request.signal?.aborted) throw cause;
    throw unreachable(cause);
  }
};

const unreachable = (cause?: unknown): ApiError =>
  new ApiError('The runtime does not answer.', {
    code: 'runtime.unreachable',
    hint: 'It may have been stopped. Start it again with: throughline serve',
    cause,
  });

const refusal = (status: number, answer: unknown): ApiError => {
  const { detail, code, hint } = (answer ?? {}) as Partial<Problem>;
  return new ApiError(detail ?? `The runtime answered with ${status}.`, {
    code: code ?? 'internal',
    hint: hint ?? null,
    status,
  });
};
