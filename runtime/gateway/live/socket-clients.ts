/** The WebSocket side of the gateway: takes guarded upgrades, serves each client what it asks, and finds the dead ones. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { actorsLive, type ClientCounts } from '../../../actors/protocol/gateway/actor-system.ts';
import { eventTail } from '../../../actors/protocol/gateway/api.ts';
import { dashboardLive, type WindowMessage } from '../../../actors/protocol/gateway/window.ts';
import type { Log } from '../../data/log.ts';
import type { Runtime } from '../../surface.ts';
import type { GatewayLimits } from '../access/limits.ts';
import { parseQuery, splitUrl } from '../http/router.ts';
import { runEventTail, type TailOptions } from './event-tail.ts';
import { joinLiveActors } from './live-actors.ts';
import { createLiveDashboard } from './live-dashboard.ts';

export type SocketClients = {
  /** Raises a ThroughlineError when the upgrade is to be refused; the socket is then still the caller's. */
  readonly accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  /** How many there are, by what they follow. */
  readonly counts: () => ClientCounts;
  /** Asks the pages of the window of our own to come to the front; gives how many were asked. */
  readonly raiseWindow: () => number;
  readonly close: () => void;
};

/** What a client asked for, to be begun when its WebSocket is open. */
type Service = { readonly follows: keyof ClientCounts; readonly begin: (client: WebSocket) => void };

/** A client with what it had taken at the last heartbeat. */
type Client = {
  readonly client: WebSocket;
  readonly socket: Duplex;
  readonly follows: keyof ClientCounts;
  bytesWritten: number;
  answered: boolean;
};

export const createSocketClients = (runtime: Runtime, log: Log, limits: GatewayLimits): SocketClients => {
  const clients = new Set<Client>();
  let server: WebSocketServer | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let closing = false;

  const beat = (): void => {
    for (const entry of clients) {
      const bytesWritten = bytesWrittenBy(entry.socket);
      // A slow client may not have come to our last ping yet; as long as it takes something it lives.
      if (!entry.answered && bytesWritten === entry.bytesWritten) entry.client.terminate();
      else entry.client.ping();
      entry.answered = false;
      entry.bytesWritten = bytesWrittenBy(entry.socket);
    }
  };

  const join = (client: WebSocket, socket: Duplex, service: Service): void => {
    const entry: Client = { client, socket, follows: service.follows, bytesWritten: 0, answered: true };
    clients.add(entry);
    heartbeat ??= setInterval(beat, limits.heartbeatMs).unref();
    client.on('pong', () => {
      entry.answered = true;
    });
    // Malformed and oversized frames end here; ws closes the socket by itself after it.
    client.on('error', () => client.terminate());
    client.on('message', () => client.close(1008, 'this WebSocket only sends'));
    client.on('close', () => {
      clients.delete(entry);
      if (clients.size > 0) return;
      clearInterval(heartbeat);
      heartbeat = undefined;
    });
    service.begin(client);
  };

  const failed = (client: WebSocket, error: unknown): void => {
    log.error('a client could not be served', { error });
    client.close(1011, 'the runtime could not read its log');
  };

  const counts = (): ClientCounts => {
    const found = { dashboards: 0, tails: 0, actors: 0 };
    for (const { follows } of clients) found[follows] += 1;
    return found;
  };

  const ownWindows = new Set<WebSocket>();
  const dashboard = createLiveDashboard({
    runtime,
    throttleMs: limits.dashboardThrottleMs,
    bufferedBytes: limits.dashboardBufferedBytes,
    onFailed: (error) => {
      for (const { client, follows } of clients) if (follows === 'dashboards') failed(client, error);
    },
  });

  /** What a request asks for. Raises `route.not_found` and `input.invalid`. */
  const serviceFor = (request: IncomingMessage): Service => {
    const { path, search } = splitUrl(request.url ?? '');
    if (path === eventTail.path) {
      const options = tailOptions(search, runtime, limits);
      const begin = (client: WebSocket): void => {
        runEventTail(client, runtime, options).catch((error: unknown) => failed(client, error));
      };
      return { follows: 'tails', begin };
    }
    if (path === dashboardLive.path) {
      const { version, window } = parseQuery(dashboardLive.query, search);
      const begin = (client: WebSocket): void => {
        client.on('close', dashboard.join(client, version));
        if (window === undefined) return;
        ownWindows.add(client);
        client.on('close', () => ownWindows.delete(client));
      };
      return { follows: 'dashboards', begin };
    }
    if (path === actorsLive.path) {
      const session = parseQuery(actorsLive.query, search).session ?? null;
      const options = { runtime, session, clients: counts, bufferedBytes: limits.actorsBufferedBytes };
      return { follows: 'actors', begin: (client) => client.on('close', joinLiveActors(client, options)) };
    }
    throw new ThroughlineError('route.not_found', `there is no WebSocket at ${path.slice(0, 200)}`, {
      hint: `the event tail is at ${eventTail.path}, the dashboard at ${dashboardLive.path}, the actors at ${actorsLive.path}`,
    });
  };

  return {
    accept: async (request, socket, head) => {
      const service = serviceFor(request);
      // Loaded with the first client: ws takes 10 ms that a start need not wait for.
      server ??= await loadServer(limits);
      if (closing) throw new ThroughlineError('runtime.stopping', 'the runtime is stopping');
      if (socket.destroyed) return;
      server.handleUpgrade(request, socket, head, (client) => join(client, socket, service));
    },
    counts,
    raiseWindow: () => {
      const message: WindowMessage = { kind: 'raise' };
      for (const client of ownWindows) client.send(JSON.stringify(message));
      return ownWindows.size;
    },
    close: () => {
      closing = true;
      clearInterval(heartbeat);
      for (const { client } of clients) {
        client.close(1001, 'the runtime is stopping');
        setTimeout(() => client.terminate(), farewellMs).unref();
      }
    },
  };
};

const farewellMs = 500;

const loadServer = async (limits: GatewayLimits): Promise<WebSocketServer> => {
  const { WebSocketServer } = await import('ws');
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.tailFrameBytes,
  });
};

const tailOptions = (search: string, runtime: Runtime, limits: GatewayLimits): TailOptions => {
  const { after, session } = parseQuery(eventTail.query, search);
  const head = runtime.head();
  if (after !== undefined && after > head) {
    throw new ThroughlineError('input.invalid', `there is no position ${after}: the log ends at ${head}`, {
      hint: 'this is not the data directory that the position is from, or an older copy of it; begin anew',
    });
  }
  return {
    after: after ?? head,
    session,
    bufferedBytes: limits.tailBufferedBytes,
  };
};

const bytesWrittenBy = (socket: Duplex): number =>
  'bytesWritten' in socket && typeof socket.bytesWritten === 'number' ? socket.bytesWritten : 0;
