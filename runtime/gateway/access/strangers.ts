import type { Socket } from 'node:net';

/**
 * Connections that have not shown yet that they may ask anything. Everybody on the machine can make some, and there is
 * room for so many; when it is used up the oldest goes for the newest. So who keeps all of them open cannot keep the
 * owner out, who says what he wants at once.
 */
export type Strangers = {
  readonly meet: (socket: Socket) => void;
  /** It has shown the token, or the cookie: it counts no more. */
  readonly trust: (socket: Socket) => void;
};

export const createStrangers = (room: number): Strangers => {
  const waiting = new Set<Socket>();
  return {
    meet: (socket) => {
      waiting.add(socket);
      socket.once('close', () => waiting.delete(socket));
      if (waiting.size <= room) return;
      const [oldest] = waiting;
      if (oldest === undefined) return;
      waiting.delete(oldest);
      oldest.destroy();
    },
    trust: (socket) => void waiting.delete(socket),
  };
};
