/** The runtime's only door: HTTP and WebSocket on loopback. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Problem } from '../../actors/protocol/api.ts';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/error.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../surface.ts';
import { type GuardPolicy, guardRequest } from './guard.ts';
import { createHandlers } from './handlers.ts';
import { answerHeaders } from './headers.ts';
import { type GatewayLimits, gatewayLimits } from './limits.ts';
import { problemContentType, problemOf } from './problems.ts';
import { createRouter, type Router, splitUrl } from './router.ts';
import { createTailClients } from './tail-clients.ts';

export type Gateway = {
  readonly url: string;
  readonly port: number;
  /** Takes nothing new, lets the answers under way go out, ends the rest. Idempotent. */
  readonly close: () => Promise<void>;
};

export type GatewayOptions = {
  readonly runtime: Runtime;
  readonly token: string;
  /** 0, the default, takes any free one. */
  readonly port?: number;
  readonly version: string;
  readonly log: Log;
  /** Called after somebody asked for the runtime's end; calling `close` is up to it. */
  readonly onStopRequested: () => void;
  readonly limits?: Partial<GatewayLimits>;
};

/** Listens on 127.0.0.1. Raises `runtime.start_failed` when the port is not to be had. */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { runtime, token, log, version, onStopRequested } = options;
  const limits = { ...gatewayLimits, ...options.limits };
  const router = withOpenApi(createRouter(createHandlers({ runtime, version, onStopRequested }), limits), version);
  const tails = createTailClients(runtime, log, limits);
  // Who the guard lets in depends on the port, which is known when the server listens.
  let policy: GuardPolicy | undefined;
  const refusalOf = (request: IncomingMessage): ThroughlineError | null =>
    policy === undefined
      ? new ThroughlineError('runtime.unreachable', 'the runtime is starting')
      : guardRequest(request, policy);

  const logFailure = (error: ThroughlineError, status: number, request: IncomingMessage): void => {
    if (status < 500) return;
    log.error('a request failed', { method: request.method, path: splitUrl(request.url ?? '').path, error });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const refusal = refusalOf(request);
      if (refusal !== null) throw refusal;
      send(request, response, limits, 200, 'application/json; charset=utf-8', await router(request));
    } catch (thrown) {
      if (response.destroyed) return; // the client left, often in the middle of its body
      const error = asThroughlineError(thrown);
      const problem = problemOf(error);
      logFailure(error, problem.status, request);
      send(request, response, limits, problem.status, problemContentType, problem);
    }
  };

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy());
    try {
      const refusal = refusalOf(request);
      if (refusal !== null) throw refusal;
      await tails.accept(request, socket, head);
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      const problem = problemOf(error);
      logFailure(error, problem.status, request);
      refuseUpgrade(socket, problem);
    }
  };

  const server = createServer(
    {
      // The guard says what is wrong with Host; Node would answer in words of its own.
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
    },
    (request, response) => {
      request.on('error', () => {});
      response.on('error', () => {});
      void answer(request, response);
    },
  );
  server.maxConnections = limits.sockets;
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
  const port = await listen(server, options.port ?? 0);
  policy = { port, token };

  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () => {
      closed ??= closeServer(server, tails.close);
      return closed;
    },
  };
};

const withOpenApi = (router: Router, version: string): Router => {
  let document: Promise<unknown> | undefined;
  return (request) => {
    if (request.method !== 'GET' || request.url !== '/api/openapi.json') return router(request);
    document ??= import('./open-api.ts').then(({ openApiDocument }) => openApiDocument(version));
    return document;
  };
};

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  limits: GatewayLimits,
  status: number,
  contentType: string,
  value: unknown,
): void => {
  const body = Buffer.from(JSON.stringify(value));
  // A client that takes nothing of its answer for so long is given up.
  response.socket?.setTimeout(limits.stalledMs);
  response.writeHead(status, {
    ...answerHeaders,
    'content-type': contentType,
    'content-length': body.length,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    // What is left of a body that nobody wants would be read as the next request.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
};

const refuseUpgrade = (socket: Duplex, problem: Problem): void => {
  if (socket.destroyed) return;
  const body = JSON.stringify(problem);
  const headers = {
    ...answerHeaders,
    'content-type': problemContentType,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${problem.status} ${problem.title}`, ...lines, '', body].join('\r\n'), () => socket.destroy());
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new ThroughlineError('runtime.start_failed', `port ${port} of 127.0.0.1 cannot be used: ${cause.message}`, {
          hint: 'choose another one, or none to have any that is free',
          cause,
        }),
      );
    });
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {}); // such as too many open files: the next connection may work again
      resolve((server.address() as AddressInfo).port);
    });
  });

const farewellMs = 1_000;

const closeServer = (server: Server, closeTails: () => void): Promise<void> =>
  new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), farewellMs);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
    closeTails();
  });
