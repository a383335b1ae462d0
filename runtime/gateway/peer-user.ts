import { readFileSync } from 'node:fs';

/** The two ports of a connection, as its socket here has them. */
export type Connection = { readonly localPort?: number | undefined; readonly remotePort?: number | undefined };

/**
 * The user whose process is at the other end of a connection over loopback; null where the system does not tell (only
 * Linux does). For what a secret alone does not decide because others may have seen it.
 */
export const userOfPeer = ({ localPort, remotePort }: Connection): number | null => {
  if (localPort === undefined || remotePort === undefined) return null;
  const [ours, theirs] = [hexadecimal(localPort), hexadecimal(remotePort)];
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of linesOf(table)) {
      // sl, local address, remote address, state, queues, timer, retransmits, user, …
      const [, local = '', remote = '', , , , , user = ''] = line.trim().split(/\s+/);
      if (local.endsWith(`:${theirs}`) && remote.endsWith(`:${ours}`) && isLoopback(local) && isLoopback(remote)) {
        return Number(user);
      }
    }
  }
  return null;
};

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return []; // another system, or one without IPv6
  }
};

const hexadecimal = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/** 127.0.0.1 as the tables have it, also where a program uses it through IPv6. */
const isLoopback = (address: string): boolean => /^(?:0{16}FFFF0000|)0100007F:/.test(address);
