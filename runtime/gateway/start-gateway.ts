/** The runtime's only door: HTTP and WebSocket on loopback. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { Problem } from '../../actors/protocol/gateway/api.ts';
import type { Log } from '../data/log.ts';
import type { Runtime } from '../surface.ts';
import { createAccess } from './access/access.ts';
import { type GuardPolicy, guardPlace, guardRequest } from './access/guard.ts';
import { type GatewayLimits, gatewayLimits } from './access/limits.ts';
import { listenOnLoopback } from './access/listen-on-loopback.ts';
import { createIsFromOurUser } from './access/peer-user.ts';
import { createStrangers } from './access/strangers.ts';
import { createWindowHosts } from './access/window-host.ts';
import { createHandlers } from './http/handlers.ts';
import { answerHeaders } from './http/headers.ts';
import { builtWindowFolders } from './http/page-files.ts';
import { createPages, type Page } from './http/pages.ts';
import { problemContentType, problemOf } from './http/problems.ts';
import { createRouter, isOpenRoute, type Router, splitUrl } from './http/router.ts';
import { createSocketClients } from './live/socket-clients.ts';

export type Gateway = {
  readonly url: string;
  readonly port: number;
  /** A new one-time URL of the window. */
  readonly windowUrl: () => string;
  /** Takes nothing new, lets the answers under way go out, ends the rest. Idempotent. */
  readonly close: () => Promise<void>;
};

export type GatewayOptions = {
  readonly runtime: Runtime;
  readonly token: string;
  /** 0 takes any free one, as does none unless the preferred one is free. */
  readonly port?: number | undefined;
  readonly preferredPort?: number | null;
  readonly version: string;
  readonly log: Log;
  /** Called after somebody asked for the runtime's end; calling `close` is up to it. */
  readonly onStopRequested: () => void;
  readonly limits?: Partial<GatewayLimits>;
  /** Where the window's files are, the first that has one; by default where they are built to. */
  readonly windowFolders?: readonly string[];
};

const starting = new ThroughlineError('runtime.unreachable', 'the runtime is starting');

/** Listens on 127.0.0.1 and ::1. Raises `runtime.start_failed` when the port is not to be had. */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { runtime, token, log, version, onStopRequested } = options;
  const limits = { ...gatewayLimits, ...options.limits };
  const hosts = createWindowHosts(token);
  const access = createAccess({ token, hosts, port: () => policy?.port ?? 0 });
  const sockets = createSocketClients(runtime, log, limits);
  const strangers = createStrangers(limits.strangers);
  const handlers = createHandlers({
    runtime,
    access,
    raiseWindow: sockets.raiseWindow,
    version,
    clients: sockets.counts,
    onStopRequested,
  });
  const router = withOpenApi(createRouter(handlers, limits), version);
  const isFromOurUser = createIsFromOurUser();
  const pages = createPages(access, isFromOurUser, options.windowFolders ?? builtWindowFolders);
  // Who the guard lets in depends on the port, which is known when the server listens.
  let policy: GuardPolicy | undefined;
  const guarded = (request: IncomingMessage, guard: typeof guardRequest): void => {
    const refusal = policy === undefined ? starting : guard(request, policy);
    if (refusal !== null) throw refusal;
    if (guard === guardRequest) strangers.trust(request.socket);
  };

  const logFailure = (error: ThroughlineError, status: number, request: IncomingMessage): void => {
    if (status < 500) return;
    log.error('a request failed', { method: request.method, path: splitUrl(request.url ?? '').path, error });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      guarded(request, guardPlace);
      const page = await pages(request);
      if (page !== null) return sendPage(request, response, limits, page);
      if (!isOpenRoute(request)) guarded(request, guardRequest);
      const value = await router(request);
      if (isBytes(value)) return sendBytes(request, response, limits, value);
      send(request, response, limits, 200, 'application/json; charset=utf-8', value);
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
      guarded(request, guardRequest);
      await sockets.accept(request, socket, head);
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      const problem = problemOf(error);
      logFailure(error, problem.status, request);
      refuseUpgrade(socket, problem);
    }
  };

  const openDoor = (): Server => {
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
    server.on('connection', strangers.meet);
    server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
    return server;
  };
  const { servers, port } =
    options.port === undefined && options.preferredPort
      ? await listenOnLoopback(openDoor, options.preferredPort).catch(() => listenOnLoopback(openDoor, 0))
      : await listenOnLoopback(openDoor, options.port ?? 0);
  policy = {
    port,
    token,
    isOurs: hosts.isOurs,
    admits: (cookies, host, connection) => access.admits(cookies, host) && isFromOurUser(connection),
  };

  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    windowUrl: () => access.issueTicket().url,
    close: () => {
      closed ??= closeServers(servers, sockets.close);
      return closed;
    },
  };
};

const withOpenApi = (router: Router, version: string): Router => {
  let document: Promise<unknown> | undefined;
  return (request) => {
    if (request.method !== 'GET' || request.url !== '/api/openapi.json') return router(request);
    document ??= import('./http/open-api.ts').then(({ openApiDocument }) => openApiDocument(version));
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
  const headers = {
    ...answerHeaders,
    'content-type': contentType,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
  sendPage(request, response, limits, { status, headers, body: Buffer.from(JSON.stringify(value)) });
};

type Bytes = { readonly contentType: string; readonly bytes: Uint8Array };

const isBytes = (value: unknown): value is Bytes =>
  typeof value === 'object' && value !== null && 'bytes' in value && value.bytes instanceof Uint8Array;

/** Nothing in them may run or be taken for anything else, as with every answer (`answerHeaders`). */
const sendBytes = (
  request: IncomingMessage,
  response: ServerResponse,
  limits: GatewayLimits,
  { contentType, bytes }: Bytes,
): void => {
  const headers = { ...answerHeaders, 'content-type': contentType };
  sendPage(request, response, limits, { status: 200, headers, body: Buffer.from(bytes) });
};

const sendPage = (
  request: IncomingMessage,
  response: ServerResponse,
  limits: GatewayLimits,
  { status, headers, body }: Page,
): void => {
  // A client that takes nothing of its answer for so long is given up.
  response.socket?.setTimeout(limits.stalledMs);
  response.writeHead(status, {
    ...headers,
    'content-length': body.length,
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

const farewellMs = 1_000;

const closeServers = async (servers: readonly Server[], closeSockets: () => void): Promise<void> => {
  const all = Promise.all(servers.map(closeServer));
  closeSockets();
  await all;
};

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), farewellMs);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
