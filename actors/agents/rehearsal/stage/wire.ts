import { StringDecoder } from 'node:string_decoder';

/** What the other side, or we, refuse a request with. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const methodNotFound = -32601;
export const invalidParams = -32602;
export const internalError = -32603;
export const resourceNotFound = -32002;

type Id = string | number | null;

export type Answer = {
  readonly result: unknown;
  /** More than one answer to one request is a fault; the rehearsal agent can show it. */
  readonly times?: number;
  /** What follows the answer on the wire. */
  readonly afterwards?: () => Promise<void>;
};

export type WireHandlers = {
  readonly onRequest: (method: string, params: unknown) => Promise<Answer>;
  readonly onNotification: (method: string, params: unknown) => void;
};

export type Wire = {
  /** Everything that is sent settles when stdout takes more: who awaits it respects the reader's pace. */
  readonly write: (bytes: string | Uint8Array) => Promise<void>;
  readonly send: (message: unknown) => Promise<void>;
  readonly notify: (method: string, params: unknown) => Promise<void>;
  readonly request: (method: string, params: unknown) => Promise<unknown>;
  /** Settles when all that was written has left the process. */
  readonly flush: () => Promise<void>;
  /** Reads until the input ends. */
  readonly listen: (input: AsyncIterable<Buffer>, handlers: WireHandlers) => Promise<void>;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// Not node:readline: it also splits at U+2028 and U+2029, which are ordinary characters inside a JSON string.
async function* lines(input: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of input) {
    const pieces = decoder.write(chunk).split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield rest + piece;
      rest = '';
    }
    rest += last;
  }
  if (rest !== '') yield rest;
}

/** JSON-RPC 2.0, one message a line. */
export const createWire = (output: NodeJS.WritableStream): Wire => {
  const pending = new Map<number, { resolve: (result: unknown) => void; reject: (error: RequestError) => void }>();
  let nextId = 0;
  let drained: Promise<void> | undefined;

  const write = async (bytes: string | Uint8Array): Promise<void> => {
    if (output.write(bytes)) return;
    drained ??= new Promise((resolve) => {
      output.once('drain', () => {
        drained = undefined;
        resolve();
      });
    });
    await drained;
  };

  const send = (message: unknown): Promise<void> => write(`${JSON.stringify(message)}\n`);

  const answer = async (id: Id, method: string, params: unknown, handlers: WireHandlers): Promise<void> => {
    let given: Answer;
    try {
      given = await handlers.onRequest(method, params);
    } catch (thrown) {
      const code = thrown instanceof RequestError ? thrown.code : internalError;
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return send({ jsonrpc: '2.0', id, error: { code, message } });
    }
    for (let time = 0; time < (given.times ?? 1); time += 1) await send({ jsonrpc: '2.0', id, result: given.result });
    await given.afterwards?.();
  };

  const settle = ({ id, result, error }: Readonly<Record<string, unknown>>): void => {
    const request = typeof id === 'number' ? pending.get(id) : undefined;
    if (request === undefined || typeof id !== 'number') return;
    pending.delete(id);
    if (isRecord(error)) {
      const code = typeof error.code === 'number' ? error.code : internalError;
      request.reject(new RequestError(code, String(error.message ?? 'no message')));
    } else request.resolve(result);
  };

  const refuse = (code: number, message: string): void => {
    void send({ jsonrpc: '2.0', id: null, error: { code, message } });
  };

  const receive = (line: string, handlers: WireHandlers): void => {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      refuse(-32700, 'the line is not JSON');
      return;
    }
    if (!isRecord(message)) {
      refuse(-32600, 'the line is not a JSON-RPC message');
      return;
    }
    const { id, method, params } = message;
    if (typeof method !== 'string') settle(message);
    else if (id === undefined) handlers.onNotification(method, params);
    else if (typeof id === 'string' || typeof id === 'number') void answer(id, method, params, handlers);
    else refuse(-32600, 'the id is neither string nor number');
  };

  return Object.freeze({
    write,
    send,
    notify: (method: string, params: unknown) => send({ jsonrpc: '2.0', method, params }),
    request: async (method: string, params: unknown) => {
      const id = nextId;
      nextId += 1;
      const response = new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject }));
      // Taken care of even when nobody waits any more, for example because the turn was cancelled.
      response.catch(() => {});
      await send({ jsonrpc: '2.0', id, method, params });
      return response;
    },
    flush: () => new Promise<void>((resolve) => output.write('', () => resolve())),
    listen: async (input: AsyncIterable<Buffer>, handlers: WireHandlers) => {
      for await (const line of lines(input)) {
        if (line.trim() !== '') receive(line, handlers);
      }
    },
  });
};
