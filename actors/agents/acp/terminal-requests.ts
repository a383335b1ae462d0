/** What an agent asks of terminals, as the protocol has it, handed on to the main thread, which alone runs commands. */
import * as z from 'zod';
import { storedValue } from '../../model/run/stored-text.ts';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import type { HostReply, HostRequest } from '../../protocol/threads/session-messages.ts';
import { unlessCancelled } from './cancelled-requests.ts';
import { parseParameters } from './wire/parse-as.ts';
import { resolveInside } from './worktree-files.ts';

const create = z.looseObject({
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
  cwd: z.string().nullish(),
  outputByteLimit: z.number().int().min(0).nullish(),
});
const existing = z.looseObject({ terminalId: z.string() });

const defaultOutputBytes = 1024 * 1024;
const maxNoteBytes = 2_048;

export type TerminalRequestOptions = {
  /** The worktree, beyond which no command is begun. */
  readonly folder: string;
  /** The folder in it where commands are begun that name none. */
  readonly workingFolder?: string;
  readonly askHost: (request: HostRequest) => Promise<HostReply>;
  readonly note: (name: string, details: Record<string, unknown>) => void;
};

/** Runs commands for an agent. Raises `input.invalid`, `agent.outside_worktree`, and what the host refuses. */
export const createTerminalRequests = ({ folder, workingFolder = folder, askHost, note }: TerminalRequestOptions) => {
  // An agent may ask for a terminal's output many times a second; one note says that it looks at it.
  const lookedAt = new Set<string>();

  const ask = async <Kind extends HostReply['kind']>(
    kind: Kind,
    request: HostRequest,
  ): Promise<Extract<HostReply, { readonly kind: Kind }>> => {
    const reply = await askHost(request);
    if (isOf(reply, kind)) return reply;
    throw reply.kind === 'failed'
      ? ThroughlineError.fromPlain(reply.error)
      : new ThroughlineError('internal', 'the request could not be carried out');
  };

  return {
    create: async (params: unknown) => {
      const { command, args, env, cwd, outputByteLimit } = parseParameters(create, params, 'terminal/create');
      const place = await resolveInside(folder, cwd ?? workingFolder);
      const { terminalId } = await ask('terminal_created', {
        kind: 'terminal_create',
        command,
        arguments: args ?? [],
        environment: Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
        folder: place,
        outputByteLimit: outputByteLimit ?? defaultOutputBytes,
      });
      note('terminal_created', {
        terminalId,
        command: command.slice(0, 500),
        ...(args && args.length > 0 ? { arguments: storedValue(args, maxNoteBytes) } : {}),
        folder: place,
      });
      return { terminalId };
    },

    output: async (params: unknown) => {
      const { terminalId } = parseParameters(existing, params, 'terminal/output');
      const { output, truncated, exit } = await ask('terminal_output', { kind: 'terminal_output', terminalId });
      if (!lookedAt.has(terminalId)) note('terminal_looked_at', { terminalId });
      lookedAt.add(terminalId);
      return { output, truncated, ...(exit === null ? {} : { exitStatus: exit }) };
    },

    waitForExit: async (params: unknown, signal: AbortSignal) => {
      const { terminalId } = parseParameters(existing, params, 'terminal/wait_for_exit');
      const { exit } = await unlessCancelled(signal, ask('terminal_exited', { kind: 'terminal_wait', terminalId }));
      note('terminal_exited', { terminalId, ...exit });
      return exit;
    },

    kill: async (params: unknown): Promise<null> => {
      const { terminalId } = parseParameters(existing, params, 'terminal/kill');
      await ask('done', { kind: 'terminal_kill', terminalId });
      note('terminal_killed', { terminalId });
      return null;
    },

    release: async (params: unknown): Promise<null> => {
      const { terminalId } = parseParameters(existing, params, 'terminal/release');
      await ask('done', { kind: 'terminal_release', terminalId });
      lookedAt.delete(terminalId);
      note('terminal_released', { terminalId });
      return null;
    },
  };
};

const isOf = <Kind extends HostReply['kind']>(
  reply: HostReply,
  kind: Kind,
): reply is Extract<HostReply, { readonly kind: Kind }> => reply.kind === kind;
