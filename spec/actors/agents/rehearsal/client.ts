import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  AgentCapabilities,
  PermissionOption,
  SessionInfo,
  SessionModeState,
  SessionUpdate,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk';
import type { ScriptInput } from '../../../../actors/agents/rehearsal/stage/script.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';

const main = fileURLToPath(new URL('../../../../actors/agents/rehearsal/main.ts', import.meta.url));

/** What may come on the wire, as far as the tests look into it. */
export type Message = {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: {
    readonly sessionId?: string;
    readonly update?: SessionUpdate & { readonly mood?: string };
    readonly toolCall?: ToolCallUpdate;
    readonly options?: readonly PermissionOption[];
    readonly path?: string;
    readonly content?: string;
    readonly terminalId?: string;
  };
  readonly result?: {
    readonly protocolVersion?: number;
    readonly agentCapabilities?: AgentCapabilities;
    readonly sessionId?: string;
    readonly modes?: SessionModeState;
    readonly stopReason?: string;
    readonly sessions?: readonly SessionInfo[];
  };
  readonly error?: { readonly code: number; readonly message: string };
};

type Exit = { readonly code: number | null; readonly signal: string | null };

/** A client that speaks plain ACP to a rehearsal process and keeps every line that came. */
export type Client = {
  readonly child: ChildProcess;
  readonly lines: Buffer[];
  readonly messages: Message[];
  readonly stderr: () => string;
  readonly exited: Promise<Exit>;
  readonly send: (message: unknown) => void;
  readonly request: (method: string, params: unknown) => Promise<Message>;
  readonly notify: (method: string, params: unknown) => void;
  readonly updates: <Kind extends SessionUpdate['sessionUpdate']>(
    kind: Kind,
  ) => Extract<SessionUpdate, { sessionUpdate: Kind }>[];
  readonly said: () => string;
  readonly asked: (method: string) => Promise<Message>;
  readonly answer: (request: Message, result: unknown) => void;
  readonly decide: (request: Message, optionId: string) => void;
  readonly start: (cwd: string) => Promise<string>;
  readonly prompt: (sessionId: string, text: string) => Promise<Message>;
  readonly kill: () => Promise<Exit>;
};

const clients: ChildProcess[] = [];
const killGroup = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has gone already.
  }
};

/** For the end of a suite: the agent of a test that failed in its middle would keep the test process waiting. */
export const killClients = (): void => {
  for (const child of clients) killGroup(child);
};

export const scriptFile = (turns: ScriptInput['turns'], rest: Partial<ScriptInput> = {}): string => {
  const path = join(temporaryFolder('script'), 'script.json');
  writeFileSync(path, JSON.stringify({ name: 'test', ...rest, turns }));
  return path;
};

export const startClient = (script: string, state: string = temporaryFolder('state')): Client => {
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--script', script, '--state', state], {
    // A process group of its own, as the program gives every agent, so that its commands end with it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  clients.push(child);
  const lines: Buffer[] = [];
  const messages: Message[] = [];
  const waiting = new Map<number, (message: Message) => void>();
  let stderr = '';
  let rest = Buffer.alloc(0);
  let nextId = 100;

  const receive = (line: Buffer): void => {
    lines.push(line);
    let message: Message;
    try {
      message = JSON.parse(line.toString('utf8')) as Message;
    } catch {
      return;
    }
    messages.push(message);
    if (message.method === undefined && typeof message.id === 'number') waiting.get(message.id)?.(message);
  };
  child.stdout.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      receive(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  const exited = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));

  const send = (message: unknown): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const request = (method: string, params: unknown): Promise<Message> => {
    const id = nextId;
    nextId += 1;
    send({ jsonrpc: '2.0', id, method, params });
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  const allUpdates = (): SessionUpdate[] =>
    messages.flatMap((message) => (message.method === 'session/update' ? (message.params?.update ?? []) : []));
  const updates: Client['updates'] = (kind) =>
    allUpdates().filter((update): update is Extract<SessionUpdate, { sessionUpdate: typeof kind }> => {
      return update.sessionUpdate === kind;
    });

  let askedFor = 0;
  return {
    child,
    lines,
    messages,
    stderr: () => stderr,
    exited,
    send,
    request,
    notify: (method, params) => send({ jsonrpc: '2.0', method, params }),
    updates,
    said: () =>
      updates('agent_message_chunk')
        .map(({ content }) => (content.type === 'text' ? content.text : ''))
        .join(''),
    asked: async (method) => {
      const found = await until(`the agent asks ${method}`, () =>
        messages.find((message, place) => {
          if (message.method !== method || message.id === undefined || place < askedFor) return false;
          askedFor = place + 1;
          return true;
        }),
      );
      return found;
    },
    answer: (asking, result) => send({ jsonrpc: '2.0', id: asking.id, result }),
    decide: (asking, optionId) =>
      send({ jsonrpc: '2.0', id: asking.id, result: { outcome: { outcome: 'selected', optionId } } }),
    start: async (cwd) => {
      await request('initialize', { protocolVersion: 1, clientCapabilities: {} });
      const { result } = await request('session/new', { cwd, mcpServers: [] });
      return result?.sessionId ?? '';
    },
    prompt: (sessionId, text) => request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] }),
    kill: () => {
      killGroup(child);
      return exited;
    },
  };
};
