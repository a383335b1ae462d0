/** The OpenAPI document, made from the contract's table when it is first asked for. */
import * as z from 'zod';
import { actorsLive, actorsMessage } from '../../../actors/protocol/gateway/actor-system.ts';
import { eventTail, problem, type Route, routes, tailMessage } from '../../../actors/protocol/gateway/api.ts';
import { dashboardLive, windowMessage } from '../../../actors/protocol/gateway/window.ts';
import { problemContentType } from './problems.ts';

export const openApiPath = '/api/openapi.json';

type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI 3.1 document of every route and the event tail. */
export const openApiDocument = (version: string): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  paths[eventTail.path] = { get: eventTailOperation() };
  paths[dashboardLive.path] = { get: dashboardLiveOperation() };
  paths[actorsLive.path] = { get: actorsLiveOperation() };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Throughline',
      version,
      description: 'The runtime, on loopback. Every request needs the token of its data directory.',
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  };
};

const operation = (name: string, route: Route): Json => ({
  operationId: name,
  summary: route.summary,
  ...(route.open && { security: [] }),
  parameters: [...parametersOf(route.parameters, 'path'), ...parametersOf(route.query, 'query')],
  ...(route.body && { requestBody: { required: true, content: jsonContent(schemaOf(route.body, 'input')) } }),
  responses: { 200: { description: 'Done', content: contentOf(route) }, ...refusal },
});

const contentOf = ({ bytes, answer }: Route): Json =>
  bytes === undefined
    ? jsonContent(schemaOf(answer, 'output'))
    : Object.fromEntries(bytes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));

const eventTailOperation = (): Json => ({
  operationId: 'eventTail',
  summary: 'A WebSocket that sends every event after a position (without one: from now on), then the live ones',
  description: 'One JSON text frame for each message. A client that sends anything is cut off.',
  parameters: parametersOf(eventTail.query, 'query'),
  responses: { 101: { description: 'The WebSocket is open' }, ...refusal },
  'x-websocket-message': schemaOf(tailMessage, 'output'),
});

const dashboardLiveOperation = (): Json => ({
  operationId: 'dashboardLive',
  summary: 'A WebSocket that sends the dashboard, or what changed since a version, and then each change',
  description: 'One JSON text frame for each message. A client that is behind gets what it missed joined into one.',
  parameters: parametersOf(dashboardLive.query, 'query'),
  responses: { 101: { description: 'The WebSocket is open' }, ...refusal },
  'x-websocket-message': schemaOf(windowMessage, 'output'),
});

const actorsLiveOperation = (): Json => ({
  operationId: 'actorsLive',
  summary: 'A WebSocket that sends how the actors are, a few times a second, and what the machine of a session does',
  description: 'One JSON text frame for each message. A client that is behind gets the newest sample.',
  parameters: parametersOf(actorsLive.query, 'query'),
  responses: { 101: { description: 'The WebSocket is open' }, ...refusal },
  'x-websocket-message': schemaOf(actorsMessage, 'output'),
});

const refusal = {
  default: {
    description: 'Refused or failed; `code` says why',
    content: { [problemContentType.split(';')[0] ?? '']: { schema: { $ref: '#/components/schemas/Problem' } } },
  },
} as const;

const jsonContent = (schema: Json): Json => ({ 'application/json': { schema } });

const parametersOf = (schema: z.ZodType | undefined, place: 'path' | 'query'): readonly Json[] => {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
};

/** OpenAPI 3.1 takes JSON Schema 2020-12 as it is; only the dialect's own mark need not stand in every piece. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};
