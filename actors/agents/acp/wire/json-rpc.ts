/**
 * JSON-RPC 2.0 over lines, both ways: our requests to the agent, and the agent's requests to us. The two sides number
 * their requests independently, so the ids are two spaces that are never mixed.
 */
import * as z from 'zod';
import { jsonOf } from '../../../model/run/stored-text.ts';
import type { ThroughlineError } from '../../../protocol/facts/error.ts';

export const rpcId = z.union([z.number(), z.string(), z.null()]);
const errorObject = z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() });
const message = z.looseObject({
  id: rpcId.optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});

type RpcError = z.infer<typeof errorObject>;
export type RequestId = z.infer<typeof rpcId>;

/** What one line was. */
export type Incoming =
  | { readonly kind: 'request'; readonly id: RequestId; readonly method: string; readonly params: unknown }
  | { readonly kind: 'notification'; readonly method: string; readonly params: unknown }
  /** The answer to one of our requests; it was handed to whoever asked. */
  | { readonly kind: 'answer' }
  /** JSON-RPC, but nothing we wait for: an answer to no question, or a second one. */
  | { readonly kind: 'unexpected' }
  /** Not JSON, or not JSON-RPC. */
  | { readonly kind: 'unparsed' };

/** Codes of JSON-RPC and of the protocol that we answer with. */
export const rpcErrors = {
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  notFound: -32002,
  requestCancelled: -32800,
} as const;

/** An error that the agent answered with. */
export class AgentAnsweredError extends Error {
  readonly method: string;
  /** Its own words, without the method. */
  readonly said: string;
  readonly code: number;
  readonly data: unknown;
  constructor(method: string, error: RpcError) {
    super(`${method}: ${error.message}`);
    this.method = method;
    this.said = error.message;
    this.code = error.code;
    this.data = error.data;
  }
}

type Waiting = {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
};

export const createJsonRpc = (send: (line: string) => void) => {
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let closed: ThroughlineError | null = null;

  const write = (body: object): void => {
    // What is answered after its end would reach the process that took its place, whose ids begin at 0 again.
    if (closed === null) send(`${JSON.stringify({ jsonrpc: '2.0', ...body })}\n`);
  };

  const settle = (requestId: number, result: unknown, error: RpcError | null): boolean => {
    const request = waiting.get(requestId);
    if (request === undefined) return false;
    waiting.delete(requestId);
    if (error === null) request.resolve(result);
    else request.reject(new AgentAnsweredError(request.method, error));
    return true;
  };

  return {
    /** Asks the agent; rejects with AgentAnsweredError, or with the error given to `close`. */
    request: (method: string, params: unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (closed !== null) {
          reject(closed);
          return;
        }
        const requestId = nextId;
        nextId += 1;
        waiting.set(requestId, { method, resolve, reject });
        write({ id: requestId, method, params });
      }),

    notify: (method: string, params: unknown): void => write({ method, params }),
    answer: (requestId: RequestId, result: unknown): void => write({ id: requestId, result }),
    answerError: (requestId: RequestId, code: number, text: string, data?: unknown): void =>
      write({ id: requestId, error: { code, message: text, data } }),

    /** Takes one line: settles our request if it is an answer, and says what it was. */
    receive: (line: string): Incoming => {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        return { kind: 'unparsed' };
      }
      const parsed = message.safeParse(value);
      if (!parsed.success || isOfAnotherKind(parsed.data)) return { kind: 'unparsed' };
      const { id: messageId, method, params, result, error } = parsed.data;
      if (method !== undefined) {
        return messageId === undefined
          ? { kind: 'notification', method, params }
          : { kind: 'request', id: messageId, method, params };
      }
      const failed = error === undefined || error === null ? null : readError(error);
      if (!('result' in parsed.data) && failed === null) return { kind: 'unparsed' };
      const requestId = ownId(messageId);
      return requestId !== null && settle(requestId, result, failed) ? { kind: 'answer' } : { kind: 'unexpected' };
    },

    /** The method of the request that has waited longest for its answer; null when none does. */
    waitsFor: (): string | null => [...waiting.values()][0]?.method ?? null,

    /** We give up waiting: the agent is told so of every request that it has not answered. An answer still counts. */
    cancelWaiting: (): void => {
      for (const each of waiting.keys()) write({ method: '$/cancel_request', params: { requestId: each } });
    },

    /** The agent is gone: everyone who waits for an answer gets this error. */
    close: (error: ThroughlineError): void => {
      closed = error;
      for (const request of waiting.values()) request.reject(error);
      waiting.clear();
    },
  };
};

export type JsonRpc = ReturnType<typeof createJsonRpc>;

const members = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/** A line of a log in JSON may have an id, too. What does not say that it is JSON-RPC is that by its members alone. */
const isOfAnotherKind = (body: Readonly<Record<string, unknown>>): boolean =>
  body.jsonrpc === undefined && Object.keys(body).some((name) => !members.has(name));

/** Our ids are numbers; some agents give them back as text. */
const ownId = (given: RequestId | undefined): number | null => {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : null;
};

/** The error of an answer. One that is worded in another way is an answer all the same: somebody waits for it. */
const readError = (error: unknown): RpcError => {
  const parsed = errorObject.safeParse(error);
  return parsed.success
    ? parsed.data
    : { code: rpcErrors.internal, message: (jsonOf(error) ?? 'an error').slice(0, 500) };
};
