import type { FromSession, HostReply, HostRequest } from '../protocol/threads/session-messages.ts';

/** Asks the runtime for what only the main thread can do, and matches its replies. */
export const createHostRequests = (send: (message: FromSession) => void) => {
  const waiting = new Map<number, (reply: HostReply) => void>();
  let nextId = 0;
  return {
    ask: (request: HostRequest): Promise<HostReply> =>
      new Promise((resolve) => {
        const requestId = nextId;
        nextId += 1;
        waiting.set(requestId, resolve);
        send({ kind: 'request', requestId, request });
      }),
    receive: (requestId: number, reply: HostReply): void => {
      waiting.get(requestId)?.(reply);
      waiting.delete(requestId);
    },
  };
};

export type HostRequests = ReturnType<typeof createHostRequests>;
