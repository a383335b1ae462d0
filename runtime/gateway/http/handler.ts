/** What does the work of a route: one function for each of them. */
import type * as z from 'zod';
import type { RouteAnswer, RouteName, routes } from '../../../actors/protocol/gateway/api.ts';

type Parsed<Name extends RouteName, Part extends 'parameters' | 'query' | 'body'> =
  (typeof routes)[Name] extends Record<Part, infer Schema extends z.ZodType> ? z.infer<Schema> : undefined;

/** A request after its schemas. */
export type RouteRequest<Name extends RouteName> = {
  readonly parameters: Parsed<Name, 'parameters'>;
  readonly query: Parsed<Name, 'query'>;
  readonly body: Parsed<Name, 'body'>;
};

/** What is known of who asks beside what he asks. */
export type Asker = {
  /** The Host header, which the guard looked at. */
  readonly host: string;
};

/** A handler for every route: a route without one does not compile. */
export type Handlers = {
  readonly [Name in RouteName]: (
    request: RouteRequest<Name>,
    asker: Asker,
  ) => Promise<Readonly<RouteAnswer<Name>>> | Readonly<RouteAnswer<Name>>;
};
