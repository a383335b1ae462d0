import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import * as assert from 'uvu/assert';
import { listenOnLoopback } from '../../../../runtime/gateway/access/listen-on-loopback.ts';
import { hasIPv6, loopbackAddresses } from '../../../support/loopback.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('listening on loopback');

const open = (): Server => createServer((socket) => socket.end('hello'));

const close = async (servers: readonly Server[]): Promise<void> => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
};

const heardAt = async (host: string, port: number): Promise<string> => {
  const socket = connect({ host, port });
  let text = '';
  for await (const piece of socket) text += String(piece);
  return text;
};

test('both addresses answer on one port', async () => {
  const { servers, port } = await listenOnLoopback(open, 0);
  for (const address of loopbackAddresses) assert.is(await heardAt(address, port), 'hello', address);
  assert.is(servers.length, loopbackAddresses.length);
  await close(servers);
});

test('a port at which somebody else has either address is not taken, and neither address is kept', async () => {
  if (!hasIPv6) return;
  for (const host of ['127.0.0.1', '::1']) {
    const other = createServer((socket) => socket.end('somebody else')).listen({ port: 0, host, ipv6Only: true });
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const refused = await listenOnLoopback(open, port).then(
      () => null,
      (error: Error & { code?: string }) => error,
    );
    assert.is(refused?.code, 'runtime.start_failed', host);
    assert.match(refused?.message ?? '', new RegExp(`port ${port} of ${host} cannot be used`));
    assert.is(await heardAt(host, port), 'somebody else');
    const free = host === '::1' ? '127.0.0.1' : '::1';
    const mine = createServer().listen({ port, host: free, ipv6Only: true });
    await once(mine, 'listening');
    await close([other, mine]);
  }
});

test.run();
