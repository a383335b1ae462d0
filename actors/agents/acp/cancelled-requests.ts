/**
 * Requests that are taken back (`$/cancel_request`). Whoever takes one back still gets its one answer: this error, or
 * what was done all the same. Only what merely waits is cut short; an effect that was begun is told as it ended.
 */
import * as z from 'zod';
import { type RequestId, rpcId } from './wire/json-rpc.ts';

const parameters = z.looseObject({ requestId: rpcId });

/** Which of its requests the agent takes back; undefined when the parameters do not say. */
export const cancelledRequest = (params: unknown): RequestId | undefined =>
  parameters.safeParse(params).data?.requestId;

/** The agent's requests that are being carried out and may be taken back. */
export const createCancelledRequests = () => {
  const open = new Map<RequestId, AbortController>();
  return {
    /** Carries a request out; the signal says that it was taken back. */
    whileOpen: async <Value>(id: RequestId, perform: (signal: AbortSignal) => Promise<Value>): Promise<Value> => {
      const controller = new AbortController();
      open.set(id, controller);
      try {
        return await perform(controller.signal);
      } finally {
        if (open.get(id) === controller) open.delete(id);
      }
    },
    cancel: (id: RequestId): void => open.get(id)?.abort(),
  };
};

/** What is waited for, unless the signal comes first: then its reason is raised. */
export const unlessCancelled = <Value>(signal: AbortSignal, waiting: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const cancel = (): void => reject(signal.reason);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    waiting.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
