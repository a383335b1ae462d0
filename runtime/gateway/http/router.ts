/**
 * From a request to its route and through the route's schemas, both ways. Driven by the contract's table alone. On
 * Node's own server: a web framework of Fetch's kind took 20 to 25 ms of each start to match fourteen paths.
 */
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type Route, type RouteName, routes } from '../../../actors/protocol/gateway/api.ts';
import type { Asker, Handlers, RouteRequest } from './handler.ts';
import { readJsonBody } from './read-body.ts';

/** Answers a request that the guard let in, or raises a ThroughlineError. */
export type Router = (request: IncomingMessage) => Promise<unknown>;

export const createRouter = (handlers: Handlers, limits: { readonly bodyBytes: number }): Router => {
  const serve = async <Name extends RouteName>(
    name: Name,
    found: Record<string, string>,
    request: IncomingMessage,
  ): Promise<unknown> => {
    const route: Route = routes[name];
    const { search } = splitUrl(request.url ?? '');
    // The table's types say what each schema gives, but not to a function that is handed the schemas as such.
    const parsed = {
      parameters: route.parameters && parseBy(route.parameters, found, 'the path'),
      query: parseQuery(route.query ?? noQuery, search),
      body:
        route.body && parseBy(route.body, await readJsonBody(request, route.bodyBytes ?? limits.bodyBytes), 'the body'),
    } as RouteRequest<Name>;
    const asker: Asker = { host: request.headers.host ?? '' };
    const answer = await handlers[name](parsed, asker);
    return route.answer.parse(answer);
  };

  return async (request) => {
    const { path } = splitUrl(request.url ?? '');
    for (const { name, method, segments } of compiledRoutes) {
      if (method !== request.method) continue;
      const found = matchPath(segments, path);
      if (found !== null) return serve(name, found, request);
    }
    throw new ThroughlineError('route.not_found', `there is no ${request.method} ${path.slice(0, 200)}`, {
      hint: 'GET /api/openapi.json says what there is',
    });
  };
};

/** Whether the request is for a route that is answered without the token. */
export const isOpenRoute = ({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): boolean => {
  const { path } = splitUrl(url);
  return compiledRoutes.some((route) => route.open && route.method === method && route.path === path);
};

export const splitUrl = (url: string): { readonly path: string; readonly search: string } => {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, search: '' } : { path: url.slice(0, mark), search: url.slice(mark + 1) };
};

/** Parses what stands after the question mark. Raises `input.invalid`, also for a name that stands there twice. */
export const parseQuery = <Schema extends z.ZodType>(schema: Schema, search: string): z.infer<Schema> => {
  const entries = [...new URLSearchParams(search)];
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ThroughlineError('input.invalid', `the query has ${twice} more than once`);
  return parseBy(schema, Object.fromEntries(entries), 'the query');
};

const noQuery = z.strictObject({});

const compiledRoutes = (Object.keys(routes) as RouteName[]).map((name) => {
  const { method, path, open }: Route = routes[name];
  return { name, method, path, open, segments: path.split('/') };
});

/** The parameters of a path that fits, or null. */
const matchPath = (segments: readonly string[], path: string): Record<string, string> | null => {
  const given = path.split('/');
  if (given.length !== segments.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    // Taken as it is: what a parameter can be needs no %-escapes, so one that has some is refused by its schema.
    if (name !== undefined) parameters[name] = text;
    else if (segment !== text) return null;
  }
  return parameters;
};

const parseBy = <Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.infer<Schema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  const message = `${what} is wrong${place === '' ? '' : ` at ${place}`}: ${issue?.message ?? 'it does not fit'}`;
  throw new ThroughlineError('input.invalid', message.slice(0, 500), {
    hint: 'GET /api/openapi.json has the schemas',
    cause: parsed.error,
  });
};
