/**
 * The one typed caller of the gateway's routes. Of the contract only types are imported: its schemas would weigh more
 * than the rest of the window. Whoever calls brings what differs from one to the other: where the runtime is, how a
 * request shows who it is from, what answers are parsed by, and which errors are raised.
 */
import type { z } from 'zod';
import type { RouteAnswer, RouteName, routes } from './api.ts';

type Routes = typeof routes;

/** A route's method and path template, as the contract has them: `GET /api/sessions/{id}`. */
export type RouteLine<Name extends RouteName> = `${Routes[Name]['method']} ${Routes[Name]['path']}`;

type Part<Name extends RouteName, Key extends 'parameters' | 'query' | 'body'> = Routes[Name] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? Key extends 'query'
    ? Query<z.input<Schema>>
    : { readonly [K in Key]: z.input<Schema> }
  : unknown;

/** A query of which nothing has to be said can be left out. */
type Query<Given> = Record<never, never> extends Given ? { readonly query?: Given } : { readonly query: Given };

type AnyInput = {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

/** What a route takes: its parameters, query and body, as far as it has them. */
export type RouteInput<Name extends RouteName> = Part<Name, 'parameters'> &
  Part<Name, 'query'> &
  Part<Name, 'body'> &
  AnyInput;

/** What is asked of a route, in the words of `fetch`. */
export type CallRequest = {
  readonly method: string;
  readonly redirect: 'error';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type CallerParts<Names extends RouteName, Options> = {
  readonly lineOf: (name: Names) => string;
  /** Sends a request to the runtime and shows it who asks. When it raises, nothing has answered. */
  readonly send: (path: string, request: CallRequest, name: Names, options: Options) => Promise<Response>;
  /** Raises what is wrong with an answer. */
  readonly parse: <Name extends Names>(name: Name, answer: unknown) => RouteAnswer<Name>;
  /**
   * What a failed call raises. Of one that was refused: its status, and the problem as it came. With a status from 200 to
   * 299 what answered does not keep to the contract, and with 0 nothing did; `said` is then the cause.
   */
  readonly errorOf: (status: number, said: unknown) => Error;
};

export type Call<Names extends RouteName, Options> = <Name extends Names>(
  name: Name,
  input: RouteInput<Name>,
  options?: Options,
) => Promise<RouteAnswer<Name>>;

/** Gives the function that calls a route by its name. It raises what `errorOf` makes, or the caller's signal's reason. */
export const createCaller =
  <Names extends RouteName, Options extends { readonly signal?: AbortSignal | undefined }>(
    parts: CallerParts<Names, Options | undefined>,
  ): Call<Names, Options> =>
  async (name, { parameters = {}, query = {}, body }, options) => {
    const [method = '', path = ''] = filled(parts.lineOf(name), parameters).split(' ');
    const request = {
      method,
      redirect: 'error' as const,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    };
    let status = 0;
    let said: unknown;
    try {
      const response = await parts.send(path + queryOf(query), request, name, options);
      const text = await response.text();
      status = response.status;
      said = JSON.parse(text);
      if (response.ok) return parts.parse(name, said);
    } catch (cause) {
      if (options?.signal?.aborted) throw cause;
      said = cause;
    }
    throw parts.errorOf(status, said);
  };

/** A line with its parameters in place; what stands in for one has no space. */
const filled = (line: string, parameters: Readonly<Record<string, unknown>>): string =>
  line.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(parameters[key])));

const queryOf = (query: Readonly<Record<string, unknown>>): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return `${search}` && `?${search}`;
};
