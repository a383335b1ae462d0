/** What an agent may ask of its client, besides permission: files and terminals, both confined to the worktree. */

import { storedValue } from '../../model/run/stored-text.ts';
import { asThroughlineError, codeOf, ThroughlineError } from '../../protocol/facts/error.ts';
import type { HostReply, HostRequest } from '../../protocol/threads/session-messages.ts';
import { fileRequests } from './file-requests.ts';
import { terminalRequests } from './terminal-requests.ts';
import { rpcErrors } from './wire/json-rpc.ts';
import { parseAs } from './wire/parse-as.ts';
import { readTextFile, resolveInside, writeTextFile } from './worktree-files.ts';

export type ClientRequestOutcome =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly code: number; readonly message: string };

export type ClientRequestOptions = {
  readonly folder: string;
  readonly askHost: (request: HostRequest) => Promise<HostReply>;
  readonly note: (name: string, details: Record<string, unknown>) => void;
};

const maxNoteBytes = 2_048;
const defaultTerminalOutputBytes = 1024 * 1024;

const result = (value: unknown): ClientRequestOutcome => ({ kind: 'result', result: value });

export type ClientRequests = (method: string, params: unknown) => Promise<ClientRequestOutcome>;

/** Carries out what the agent asks and notes it. Never raises: what goes wrong is the answer. */
export const createClientRequests = (options: ClientRequestOptions): ClientRequests => {
  // An agent may ask for a terminal's output many times a second; one note says that it looks at it.
  const terminalsLookedAt = new Set<string>();
  return async (method, params) => {
    try {
      return await perform(method, params, { ...options, terminalsLookedAt });
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      options.note('client_request_failed', { method, code: error.code, message: error.message.slice(0, 500) });
      const isMissing = codeOf(thrown) === 'ENOENT';
      return { kind: 'error', code: isMissing ? rpcErrors.notFound : rpcCodeOf(error), message: error.message };
    }
  };
};

const rpcCodeOf = (error: ThroughlineError): number =>
  error.code === 'input.invalid' || error.code === 'agent.outside_worktree'
    ? rpcErrors.invalidParams
    : rpcErrors.internal;

const perform = async (
  method: string,
  params: unknown,
  { folder, askHost, note, terminalsLookedAt }: ClientRequestOptions & { readonly terminalsLookedAt: Set<string> },
): Promise<ClientRequestOutcome> => {
  switch (method) {
    case 'fs/read_text_file': {
      const { path, line, limit } = parse(fileRequests.read, params, method);
      const content = await readTextFile(folder, { path, line: line ?? null, limit: limit ?? null });
      note('file_read', { path, characters: content.length });
      return result({ content });
    }
    case 'fs/write_text_file': {
      const { path, content } = parse(fileRequests.write, params, method);
      await writeTextFile(folder, { path, content });
      note('file_written', { path, characters: content.length });
      return result(null);
    }
    case 'terminal/create': {
      const request = parse(terminalRequests.create, params, method);
      const reply = await askHost({
        kind: 'terminal_create',
        command: request.command,
        arguments: request.args ?? [],
        environment: Object.fromEntries((request.env ?? []).map(({ name, value }) => [name, value])),
        folder: await resolveInside(folder, request.cwd ?? folder),
        outputByteLimit: request.outputByteLimit ?? defaultTerminalOutputBytes,
      });
      if (reply.kind !== 'terminal_created') return refused(reply);
      note('terminal_created', { terminalId: reply.terminalId, command: request.command.slice(0, 500) });
      return result({ terminalId: reply.terminalId });
    }
    case 'terminal/output': {
      const { terminalId } = parse(terminalRequests.existing, params, method);
      const reply = await askHost({ kind: 'terminal_output', terminalId });
      if (reply.kind !== 'terminal_output') return refused(reply);
      if (!terminalsLookedAt.has(terminalId)) note('terminal_looked_at', { terminalId });
      terminalsLookedAt.add(terminalId);
      const { output, truncated, exit } = reply;
      return result({ output, truncated, ...(exit === null ? {} : { exitStatus: exit }) });
    }
    case 'terminal/wait_for_exit': {
      const { terminalId } = parse(terminalRequests.existing, params, method);
      const reply = await askHost({ kind: 'terminal_wait', terminalId });
      if (reply.kind !== 'terminal_exited') return refused(reply);
      note('terminal_exited', { terminalId, ...reply.exit });
      return result(reply.exit);
    }
    case 'terminal/kill': {
      const { terminalId } = parse(terminalRequests.existing, params, method);
      const reply = await askHost({ kind: 'terminal_kill', terminalId });
      if (reply.kind !== 'done') return refused(reply);
      note('terminal_killed', { terminalId });
      return result(null);
    }
    case 'terminal/release': {
      const { terminalId } = parse(terminalRequests.existing, params, method);
      const reply = await askHost({ kind: 'terminal_release', terminalId });
      if (reply.kind !== 'done') return refused(reply);
      terminalsLookedAt.delete(terminalId);
      note('terminal_released', { terminalId });
      return result(null);
    }
    default:
      note('unknown_request', { method: method.slice(0, 200), params: storedValue(params, maxNoteBytes) });
      return { kind: 'error', code: rpcErrors.methodNotFound, message: `there is no method ${method}` };
  }
};

const refused = (reply: HostReply): never => {
  throw reply.kind === 'failed'
    ? ThroughlineError.fromPlain(reply.error)
    : new ThroughlineError('internal', 'the request could not be carried out');
};

const parse = <Value>(schema: Parameters<typeof parseAs<Value>>[0], params: unknown, method: string): Value =>
  parseAs(schema, params, `the parameters of ${method} are`, 'input.invalid');
