import { loopbackSockets } from '../../processes/loopback-sockets.ts';

/** The two ports of a connection, as its socket here has them. */
export type Connection = { readonly localPort?: number | undefined; readonly remotePort?: number | undefined };

/**
 * Whether the process at the other end of a connection over loopback is one of our user's, or of root's, who can do
 * everything here anyway. For what a secret alone does not decide, because others may have seen it. True where the
 * system does not tell.
 */
export type IsFromOurUser = (connection: Connection) => boolean;

/** Finds it out once for each connection. */
export const createIsFromOurUser = (): IsFromOurUser => {
  const known = new WeakMap<Connection, boolean>();
  return (connection) => {
    const answer = known.get(connection) ?? findOut(connection);
    known.set(connection, answer);
    return answer;
  };
};

const findOut = ({ localPort, remotePort }: Connection): boolean => {
  // It has ended.
  if (localPort === undefined || remotePort === undefined) return false;
  const sockets = loopbackSockets();
  if (sockets === null) return true;
  const peer = sockets.find((socket) => socket.localPort === remotePort && socket.remotePort === localPort);
  // Who hangs up at once is in no table any more, and nobody's.
  if (peer === undefined) return false;
  // A socket that its process has closed already is said to be root's, too.
  return peer.user === 0 ? peer.isEstablished : peer.user === process.getuid?.();
};
