/** Both loopback addresses on one port: a browser asks ::1 first for a name below `localhost`, whoever listens there. */
import type { AddressInfo, Server } from 'node:net';
import { codeOf, ThroughlineError } from '../../../actors/protocol/facts/error.ts';

export type Listening<Door extends Server> = {
  readonly servers: readonly Door[];
  readonly port: number;
};

/** A port that is free on 127.0.0.1 is taken on ::1 when somebody else is there: then another one is tried. */
const maxAttempts = 20;

/**
 * Listens on 127.0.0.1 and, where there is IPv6, on ::1, each with a server of its own. Port 0 takes any that is free on
 * both. Raises `runtime.start_failed` when the port is not to be had.
 */
export const listenOnLoopback = async <Door extends Server>(
  open: () => Door,
  port: number,
): Promise<Listening<Door>> => {
  for (let attempt = 1; ; attempt += 1) {
    const overIPv4 = open();
    const taken = await listen(overIPv4, port, '127.0.0.1');
    const overIPv6 = open();
    try {
      await listen(overIPv6, taken, '::1');
      return { servers: [overIPv4, overIPv6], port: taken };
    } catch (thrown) {
      if (isWithoutAddress(thrown)) return { servers: [overIPv4], port: taken };
      await new Promise((resolve) => overIPv4.close(resolve));
      if (port !== 0 || attempt === maxAttempts) throw thrown;
    }
  }
};

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new ThroughlineError('runtime.start_failed', `port ${port} of ${host} cannot be used: ${cause.message}`, {
          hint: 'choose another one, or none to have any that is free',
          cause,
        }),
      );
    });
    server.listen({ port, host, ipv6Only: true }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {}); // such as too many open files: the next connection may work again
      resolve((server.address() as AddressInfo).port);
    });
  });

/** The machine has no ::1, so nobody listens there. */
const isWithoutAddress = (thrown: unknown): boolean =>
  thrown instanceof ThroughlineError && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(thrown.cause) ?? '');
