import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { loopbackSockets } from '../processes/loopback-sockets.ts';

/** Where a runtime answers, `http://127.0.0.1:PORT`, and what it wants to see: the token of its data directory. */
export type Endpoint = { readonly url: string; readonly token: string };

/**
 * The header that shows the token to the runtime at an endpoint, for the request that follows at once. Raises
 * `runtime.unreachable` when another user listens there, who may have taken the port of a runtime that has just died:
 * the token opens the next one, too. Where the system does not tell who listens, the header is given.
 */
export const authorizationFor = ({ url, token }: Endpoint): string => {
  const port = Number(new URL(url).port);
  const listeners = loopbackSockets()?.filter((socket) => socket.isListening && socket.localPort === port) ?? [];
  if (listeners.every(({ user }) => user === 0 || user === process.getuid?.())) return `Bearer ${token}`;
  throw new ThroughlineError('runtime.unreachable', `another user of this machine listens at ${url}`, {
    hint: 'the runtime has ended, and nothing was sent there; start it again, on another port: `throughline serve --port 0`',
  });
};
