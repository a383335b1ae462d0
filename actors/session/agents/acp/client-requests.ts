/** What an agent may ask of its client, besides permission: files and terminals, both confined to the worktree. */
import { asThroughlineError, ThroughlineError } from '../../../protocol/error.ts';
import type { HostReply, HostRequest } from '../../../protocol/session-messages.ts';
import { rpcErrors } from './json-rpc.ts';
import { fileRequests, terminalRequests } from './schemas.ts';
import { readTextFile, resolveInside, writeTextFile } from './worktree-files.ts';

export type ClientRequestOutcome =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly code: number; readonly message: string };

export type ClientRequestOptions = {
  readonly folder: string;
  readonly askHost: (request: HostRequest) => Promise<HostReply>;
  readonly note: (name: string, details: Record<string, unknown>) => void;
};

const defaultTerminalOutputBytes = 1024 * 1024;

const result = (value: unknown): ClientRequestOutcome => ({ kind: 'result', result: value });

/** Carries out a request of the agent and notes it. Never raises: what goes wrong is the answer. */
export const answerClientRequest = async (
  method: string,
  params: unknown,
  options: ClientRequestOptions,
): Promise<ClientRequestOutcome> => {
  try {
    return await perform(method, params, options);
  } catch (thrown) {
    const error = asThroughlineError(thrown);
    options.note('client_request_failed', { method, code: error.code, message: error.message.slice(0, 500) });
    const isMissing = (thrown as { code?: unknown } | null)?.code === 'ENOENT';
    return { kind: 'error', code: isMissing ? rpcErrors.notFound : codeOf(error), message: error.message };
  }
};

const codeOf = (error: ThroughlineError): number =>
  error.code === 'input.invalid' || error.code === 'agent.outside_worktree'
    ? rpcErrors.invalidParams
    : rpcErrors.internal;

const perform = async (
  method: string,
  params: unknown,
  { folder, askHost, note }: ClientRequestOptions,
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
      const reply = await askHost({ kind: 'terminal_output', ...parse(terminalRequests.existing, params, method) });
      if (reply.kind !== 'terminal_output') return refused(reply);
      const { output, truncated, exit } = reply;
      return result({ output, truncated, ...(exit === null ? {} : { exitStatus: exit }) });
    }
    case 'terminal/wait_for_exit': {
      const reply = await askHost({ kind: 'terminal_wait', ...parse(terminalRequests.existing, params, method) });
      return reply.kind === 'terminal_exited' ? result(reply.exit) : refused(reply);
    }
    case 'terminal/kill':
    case 'terminal/release': {
      const kind = method === 'terminal/kill' ? 'terminal_kill' : 'terminal_release';
      const reply = await askHost({ kind, ...parse(terminalRequests.existing, params, method) });
      return reply.kind === 'done' ? result(null) : refused(reply);
    }
    default:
      note('unknown_request', { method: method.slice(0, 200) });
      return { kind: 'error', code: rpcErrors.methodNotFound, message: `there is no method ${method}` };
  }
};

const refused = (reply: HostReply): ClientRequestOutcome => ({
  kind: 'error',
  code: rpcErrors.internal,
  message: reply.kind === 'failed' ? reply.error.message : 'the request could not be carried out',
});

type Schema<Value> = {
  safeParse: (value: unknown) => { success: true; data: Value } | { success: false; error: Error };
};

const parse = <Value>(schema: Schema<Value>, params: unknown, method: string): Value => {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw new ThroughlineError('input.invalid', `the parameters of ${method} are not as the protocol says`, {
    cause: parsed.error,
  });
};
