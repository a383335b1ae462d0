/** What is said to a served runtime over sockets of our own. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { readToken } from '../../../runtime/data/data-directory.ts';
import { rawExchange, requestText } from '../../runtime/gateway/world.ts';
import type { Served } from '../../support/served.ts';
import type { World } from '../../support/world.ts';

export const portOf = (runtime: Served): number => Number(new URL(runtime.client.endpoint.url).port);

export const tokenOf = (world: World): string => readToken(world.directory) ?? '';

/** A request with the right token, as raw text is sent; `more` are header lines. */
export const send = (
  world: World,
  runtime: Served,
  line: string,
  body: string | Buffer = '',
  more: readonly string[] = [],
): ReturnType<typeof rawExchange> => {
  const head = requestText(
    { port: portOf(runtime) },
    {
      line: `${line} HTTP/1.1`,
      authorization: `Bearer ${tokenOf(world)}`,
      more: ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, ...more],
    },
  );
  return rawExchange(portOf(runtime), Buffer.concat([Buffer.from(head), Buffer.from(body)]));
};

/** A connection that takes what comes and says nothing. */
export const silentSocket = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' }).resume();
  socket.on('error', () => {});
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
};
