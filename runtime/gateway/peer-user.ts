import { readFileSync } from 'node:fs';

/** The two ports of a connection, as its socket here has them. */
export type Connection = { readonly localPort?: number | undefined; readonly remotePort?: number | undefined };

const known = new WeakMap<Connection, boolean>();

/**
 * Whether the process at the other end of a connection over loopback is one of our user's, or of root's, who can do
 * everything here anyway. For what a secret alone does not decide, because others may have seen it. True where the
 * system does not tell (only Linux does). Found out once for each connection.
 */
export const isFromOurUser = (connection: Connection): boolean => {
  const answer = known.get(connection) ?? findOut(connection);
  known.set(connection, answer);
  return answer;
};

const tables = ['/proc/net/tcp', '/proc/net/tcp6'];
const established = '01';

const findOut = ({ localPort, remotePort }: Connection): boolean => {
  // It has ended.
  if (localPort === undefined || remotePort === undefined) return false;
  const [ours, theirs] = [hexadecimal(localPort), hexadecimal(remotePort)];
  let isTold = false;
  for (const table of tables) {
    const lines = linesOf(table);
    isTold ||= lines.length > 0;
    for (const line of lines) {
      // sl, local address, remote address, state, queues, timer, retransmits, user, …
      const [, local = '', remote = '', state, , , , user = ''] = line.trim().split(/\s+/);
      if (local.endsWith(`:${theirs}`) && remote.endsWith(`:${ours}`) && isLoopback(local) && isLoopback(remote)) {
        // A socket that its process has closed already is said to be root's, too.
        return user === '0' ? state === established : Number(user) === process.getuid?.();
      }
    }
  }
  // Who hangs up at once is in no table any more, and nobody's.
  return !isTold;
};

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return []; // another system, or one without IPv6
  }
};

const hexadecimal = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/** 127.0.0.1 as the tables have it, also where a program uses it through IPv6, and ::1. */
const isLoopback = (address: string): boolean => /^(?:(?:0{16}FFFF0000|)0100007F|0{24}01000000):/.test(address);
