/** What each route does: its parsed request to the runtime, and the runtime's answer back. */
import type * as z from 'zod';
import type { RouteAnswer, RouteName, routes } from '../../actors/protocol/api.ts';
import type { ApprovalId, SessionId } from '../../actors/protocol/ids.ts';
import type { HistoryPlace, Runtime } from '../surface.ts';

type Parsed<Name extends RouteName, Part extends 'parameters' | 'query' | 'body'> =
  (typeof routes)[Name] extends Record<Part, infer Schema extends z.ZodType> ? z.infer<Schema> : undefined;

/** A request after its schemas. */
export type RouteRequest<Name extends RouteName> = {
  readonly parameters: Parsed<Name, 'parameters'>;
  readonly query: Parsed<Name, 'query'>;
  readonly body: Parsed<Name, 'body'>;
};

/** A handler for every route: a route without one does not compile. */
export type Handlers = {
  readonly [Name in RouteName]: (
    request: RouteRequest<Name>,
  ) => Promise<Readonly<RouteAnswer<Name>>> | Readonly<RouteAnswer<Name>>;
};

export type HandlerSurroundings = {
  readonly runtime: Runtime;
  readonly version: string;
  /** Called after somebody asked for the runtime's end and was answered. */
  readonly onStopRequested: () => void;
};

export const createHandlers = ({ runtime, version, onStopRequested }: HandlerSurroundings): Handlers => ({
  health: () => ({ ok: true, pid: process.pid, version, position: runtime.head() }),
  dashboard: () => runtime.dashboard(),
  session: ({ parameters }) => runtime.session(sessionId(parameters.id)),
  history: async ({ parameters, query }) => {
    const after = query.after === undefined ? null : placeOf(query.after);
    const { events, next } = await runtime.history(sessionId(parameters.id), after, query.limit);
    return { events: [...events], next: next === null ? null : `${next.run}:${next.seq}` };
  },
  agents: async () => ({ agents: [...(await runtime.agents())] }),
  verify: () => runtime.verify(),
  startSession: ({ body }) => runtime.startSession(body),
  prompt: ({ parameters, body }) => runtime.prompt(sessionId(parameters.id), body.prompt),
  resume: ({ parameters, body }) => runtime.resume(sessionId(parameters.id), body.prompt),
  interrupt: async ({ parameters }) => {
    await runtime.interrupt(sessionId(parameters.id));
    return done;
  },
  decide: async ({ parameters, body }) => {
    await runtime.decide(sessionId(parameters.id), parameters.approvalId.toLowerCase() as ApprovalId, body);
    return done;
  },
  rename: async ({ parameters, body }) => {
    await runtime.rename(sessionId(parameters.id), body.name);
    return done;
  },
  remove: async ({ parameters, query }) => {
    const { parkedRef } = await runtime.remove(sessionId(parameters.id), { force: query.force === 'true' });
    return { ok: true, parkedRef };
  },
  stop: () => {
    setImmediate(onStopRequested);
    return done;
  },
});

const done = { ok: true } as const;

/** Ids are written in lower case; who copies one from elsewhere may not. */
const sessionId = (id: string): SessionId => id.toLowerCase() as SessionId;

const placeOf = (cursor: string): HistoryPlace => {
  const [run = 0, seq = 0] = cursor.split(':').map(Number);
  return { run, seq };
};
