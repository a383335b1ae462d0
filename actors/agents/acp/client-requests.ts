/** What an agent may ask of its client, besides permission: files and terminals, both confined to the worktree. */

import { storedValue } from '../../model/run/stored-text.ts';
import { asThroughlineError, type ThroughlineError } from '../../protocol/facts/error.ts';
import { createFileRequests, type FileRequestOptions, isMissing } from './file-requests.ts';
import { createTerminalRequests, type TerminalRequestOptions } from './terminal-requests.ts';
import { rpcErrors } from './wire/json-rpc.ts';

export type ClientRequestOutcome =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly data?: unknown };

export type ClientRequestOptions = FileRequestOptions & TerminalRequestOptions;

const maxNoteBytes = 2_048;

/** `signal` says that the agent takes its request back. */
export type ClientRequests = (method: string, params: unknown, signal: AbortSignal) => Promise<ClientRequestOutcome>;

/** Carries out what the agent asks and notes it. Never raises: what goes wrong is the answer. */
export const createClientRequests = (options: ClientRequestOptions): ClientRequests => {
  const files = createFileRequests(options);
  const terminals = createTerminalRequests(options);
  const methods: Readonly<Record<string, (params: unknown, signal: AbortSignal) => Promise<unknown>>> = {
    'fs/read_text_file': files.read,
    'fs/write_text_file': files.write,
    'terminal/create': terminals.create,
    'terminal/output': terminals.output,
    'terminal/wait_for_exit': terminals.waitForExit,
    'terminal/kill': terminals.kill,
    'terminal/release': terminals.release,
  };
  return async (method, params, signal) => {
    const perform = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (perform === undefined) {
      options.note('unknown_request', { method: method.slice(0, 200), params: storedValue(params, maxNoteBytes) });
      return { kind: 'error', code: rpcErrors.methodNotFound, message: `there is no method ${method}` };
    }
    try {
      return { kind: 'result', result: await perform(params, signal) };
    } catch (thrown) {
      if (signal.aborted) return { kind: 'error', code: rpcErrors.requestCancelled, message: 'request cancelled' };
      if (isMissing(thrown)) return missingAnswer(thrown, params);
      const error = asThroughlineError(thrown);
      options.note('client_request_failed', { method, code: error.code, message: error.message.slice(0, 500) });
      return { kind: 'error', code: rpcCodeOf(error), message: error.message };
    }
  };
};

/** As agents know it: by the protocol's code, by the words of its library, or by the system's word in them. */
const missingAnswer = ({ message }: ThroughlineError, params: unknown): ClientRequestOutcome => {
  const uri = typeof params === 'object' && params !== null && 'path' in params ? params.path : undefined;
  return { kind: 'error', code: rpcErrors.notFound, message: `Resource not found: ${message} (ENOENT)`, data: { uri } };
};

const rpcCodeOf = (error: ThroughlineError): number =>
  error.code === 'input.invalid' || error.code === 'agent.outside_worktree'
    ? rpcErrors.invalidParams
    : rpcErrors.internal;
