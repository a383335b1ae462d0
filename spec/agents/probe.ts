/**
 * Drives a real agent on its stdio without Throughline, and writes down the wire: how the recordings of `spec/recordings`
 * are made, and how to find out what a new version of an agent does before blaming the runtime.
 *
 *   npm run test:agents -- --probe opencode [--announce fs,terminal] [--record FOLDER]
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import { environmentFor } from './environment.ts';
import { cacheFolder, type InstalledAgent } from './install.ts';
import { createModelServer } from './model-server.ts';
import { createRepository } from './repository.ts';
import { askingPrompt } from './scenarios.ts';

const requestTimeLimitMs = 60_000;

const message = z.looseObject({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});
type Message = z.infer<typeof message>;

const permissionRequest = z.looseObject({
  options: z.array(z.looseObject({ optionId: z.string(), kind: z.string() })),
});
const initialized = z.looseObject({
  agentCapabilities: z
    .looseObject({
      loadSession: z.boolean().optional(),
      sessionCapabilities: z.looseObject({ resume: z.unknown().optional() }).optional(),
    })
    .optional(),
});
const newSession = z.looseObject({ sessionId: z.string() });
const update = z.looseObject({ update: z.looseObject({ sessionUpdate: z.string() }) });
const stop = z.looseObject({ stopReason: z.string() });
const fileRequest = z.looseObject({ path: z.string(), content: z.string().optional() });
const terminalRequest = z.looseObject({ command: z.string(), args: z.array(z.string()).optional() });

export type ProbeOptions = {
  readonly announce: { readonly fs: boolean; readonly terminal: boolean };
  /**
   * A folder for the recordings, one of each process: `announced` or `live`, then `resume` and `load`, whatever the
   * agent offers. One JSON object a line: `t`, `dir` and `msg`.
   */
  readonly record?: string | undefined;
  readonly print: (line: string) => void;
};

export const probeAgent = async (installed: InstalledAgent, options: ProbeOptions): Promise<void> => {
  const { print } = options;
  const folder = temporaryFolder(`probe-${installed.agent.name}`);
  const home = join(folder, 'home');
  mkdirSync(home);
  const repository = createRepository(join(folder, 'repository'));
  const model = await createModelServer();
  // What is recorded holds no path of this machine.
  const anonymous = (line: string): string =>
    line
      .replaceAll(repository, '/repo')
      .replaceAll(home, '/home/user')
      .replaceAll(folder, '/home')
      .replaceAll(cacheFolder(), '/agents');
  const { agent } = installed;
  const [command, ...args] = agent.command;
  const wires: Wire[] = [];
  const launch = (what: string): Wire => {
    const child = spawn(join(installed.binFolder, command), args, {
      cwd: repository,
      env: environmentFor(installed, { home, modelUrl: model.url }),
      stdio: 'pipe',
      // A group of its own, so that the agent's children end with it.
      detached: true,
    });
    const record =
      options.record === undefined ? undefined : join(options.record, `${command}-${agent.version}.${what}.jsonl`);
    const wire = createWire(child, { record, missingFilesAreEmpty: agent.missingFilesAreEmpty === true }, anonymous);
    wires.push(wire);
    return wire;
  };
  const begun = Date.now();
  const since = (): string => `${Date.now() - begun} ms`;
  const initialize = async (wire: Wire) =>
    initialized.parse(
      await wire.request('initialize', {
        protocolVersion: 1,
        clientCapabilities: {
          fs: { readTextFile: options.announce.fs, writeTextFile: options.announce.fs },
          terminal: options.announce.terminal,
        },
        clientInfo: { name: 'throughline-probe', version: '0' },
      }),
    ).agentCapabilities;
  const begin = async (wire: Wire): Promise<string> =>
    newSession.parse(await wire.request('session/new', { cwd: repository, mcpServers: [] })).sessionId;
  const prompt = async (wire: Wire, sessionId: string, text: string): Promise<string> =>
    stop.parse(await wire.request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] })).stopReason;
  const slowly = (requests: number): Promise<unknown> =>
    until('the slow stream has begun', () => model.requests.filter(isUnderWay).length >= requests, {
      timeLimitMs: requestTimeLimitMs,
    });
  const present = (file: string): string => (existsSync(join(repository, file)) ? 'present' : 'absent');

  try {
    const isAnnounced = options.announce.fs || options.announce.terminal;
    const wire = launch(isAnnounced ? 'announced' : 'live');
    const capabilities = await initialize(wire);
    print(`initialize answered after ${since()}`);
    const sessionId = await begin(wire);
    print(`session/new answered after ${since()}`);
    const modeId = agent.askingMode;
    if (modeId !== undefined) await wire.request('session/set_mode', { sessionId, modeId });
    print(`EDIT allowed: ${await prompt(wire, sessionId, 'EDIT edited.txt')}, edited.txt ${present('edited.txt')}`);
    print(`SHELL allowed: ${await prompt(wire, sessionId, 'SHELL shell.txt')}, shell.txt ${present('shell.txt')}`);
    wire.decide('reject_once');
    const refused = await prompt(wire, sessionId, askingPrompt(agent, 'refused.txt'));
    print(`refused: ${refused}, refused.txt ${present('refused.txt')}`);
    const cancelled = prompt(wire, sessionId, 'SLOW');
    await slowly(1);
    wire.notify('session/cancel', { sessionId });
    print(`SLOW cancelled: ${await cancelled}`);
    print(`CONTINUE: ${await prompt(wire, sessionId, 'CONTINUE')}`);
    const killed = prompt(wire, sessionId, 'SLOW').then(
      (reason) => `ended with ${reason}`,
      () => 'the agent is gone',
    );
    await slowly(2);
    wire.kill();
    print(`SLOW, killed: ${await killed}`);

    const ways = [
      ...(capabilities?.sessionCapabilities?.resume ? ['resume'] : []),
      ...(capabilities?.loadSession ? ['load'] : []),
    ];
    for (const way of ways) {
      const next = launch(way);
      await initialize(next);
      const parameters = { sessionId, cwd: repository, mcpServers: [] };
      const taken = await next.request(`session/${way}`, parameters).then(
        () => sessionId,
        (error: unknown) => {
          print(`session/${way} was refused: ${error}`);
          return begin(next);
        },
      );
      print(`session/${way}, in a new process: updates before its answer: ${next.updates.join(', ') || 'none'}`);
      print(`CONTINUE: ${await prompt(next, taken, 'CONTINUE')}`);
      next.kill();
    }
  } finally {
    for (const wire of wires) wire.kill();
    await model.close();
    for (const wire of wires) {
      for (const [name, count] of wire.asked) print(`the agent asked for ${name} ${count} times`);
      if (wire.complaints() !== '') print(`stderr: ${wire.complaints()}`);
    }
    for (const { said, ...request } of model.requests)
      print(`model: ${JSON.stringify(request)}, of ${said.length} letters`);
    for (const error of model.errors) print(`model server error: ${error}`);
  }
};

const isUnderWay = ({ scenario, pieces }: { scenario: string; pieces: number }): boolean =>
  scenario === 'slow' && pieces > 20;

type Wire = ReturnType<typeof createWire>;

class ResourceNotFound extends Error {
  constructor(path: string) {
    super(`Resource not found: ${path}`);
  }
}

const longestRecordedText = 500;

/** One agent puts half a megabyte of its skills into its list of commands. */
const shortened = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > longestRecordedText
    ? `${value.slice(0, 100)}…[${value.length - 100} characters left out]`
    : value;

/** Our end of the wire: JSON lines out and in, each written to the recording, and answers to what the agent asks. */
const createWire = (
  child: ChildProcessWithoutNullStreams,
  { record, missingFilesAreEmpty }: { readonly record: string | undefined; readonly missingFilesAreEmpty: boolean },
  anonymous: (line: string) => string,
) => {
  const begun = performance.now();
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const terminals = new Map<string, { output: string; exitCode: number | undefined }>();
  const asked = new Map<string, number>();
  let nextId = 0;
  let decision = 'allow_once';
  let stderr = '';
  const updates: string[] = [];

  if (record !== undefined) writeFileSync(record, '');
  const note = (dir: 'c2a' | 'a2c', msg: unknown): void => {
    const t = Math.round((performance.now() - begun) * 10) / 10;
    if (record !== undefined) appendFileSync(record, `${anonymous(JSON.stringify({ t, dir, msg }, shortened))}\n`);
  };
  const send = (fields: object): void => {
    const outgoing = { jsonrpc: '2.0', ...fields };
    note('c2a', outgoing);
    child.stdin.write(`${JSON.stringify(outgoing)}\n`);
  };
  const terminalOf = (params: unknown) => {
    const { terminalId } = z.looseObject({ terminalId: z.string() }).parse(params);
    const terminal = terminals.get(terminalId);
    if (terminal === undefined) throw new Error(`no terminal ${terminalId}`);
    return terminal;
  };
  const answer = async (method: string, params: unknown): Promise<unknown> => {
    switch (method) {
      case 'session/request_permission': {
        const { options } = permissionRequest.parse(params);
        const option = options.find(({ kind }) => kind === decision) ?? options[0];
        return { outcome: { outcome: 'selected', optionId: option?.optionId } };
      }
      case 'fs/read_text_file': {
        const { path } = fileRequest.parse(params);
        if (!existsSync(path) && !missingFilesAreEmpty) throw new ResourceNotFound(path);
        return { content: existsSync(path) ? readFileSync(path, 'utf8') : '' };
      }
      case 'fs/write_text_file': {
        const { path, content } = fileRequest.parse(params);
        writeFileSync(path, content ?? '');
        return {};
      }
      case 'terminal/create': {
        const { command, args = [] } = terminalRequest.parse(params);
        const terminal: { output: string; exitCode: number | undefined } = { output: '', exitCode: undefined };
        const terminalId = `terminal-${terminals.size + 1}`;
        terminals.set(terminalId, terminal);
        const shell = spawn(command, args, { shell: args.length === 0 });
        for (const stream of [shell.stdout, shell.stderr]) {
          stream.on('data', (chunk: Buffer) => {
            terminal.output += chunk.toString('utf8');
          });
        }
        shell.on('close', (code) => {
          terminal.exitCode = code ?? 1;
        });
        return { terminalId };
      }
      case 'terminal/output':
        return { output: terminalOf(params).output, truncated: false };
      case 'terminal/wait_for_exit':
        return { exitCode: await until('the command ended', () => terminalOf(params).exitCode?.toString()) };
      case 'terminal/release':
      case 'terminal/kill':
        return {};
      default:
        throw new Error(`${method} is not known`);
    }
  };
  const receive = (incoming: Message): void => {
    const { id, method } = incoming;
    if (method !== undefined && id !== undefined) {
      asked.set(method, (asked.get(method) ?? 0) + 1);
      answer(method, incoming.params).then(
        (result) => send({ id, result }),
        (error: unknown) => {
          const code = error instanceof ResourceNotFound ? -32002 : -32603;
          send({ id, error: { code, message: error instanceof Error ? error.message : String(error) } });
        },
      );
    } else if (method === 'session/update') {
      updates.push(update.parse(incoming.params).update.sessionUpdate);
    } else if (typeof id === 'number') {
      const request = waiting.get(id);
      waiting.delete(id);
      if (incoming.error === undefined) request?.resolve(incoming.result);
      else request?.reject(new Error(JSON.stringify(incoming.error)));
    }
  };

  createInterface({ input: child.stdout }).on('line', (line) => {
    const raw: unknown = JSON.parse(line);
    note('a2c', raw);
    receive(message.parse(raw));
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-2_000);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the agent ended (${code ?? signal}): ${stderr}`));
  });
  child.stdin.on('error', () => {});

  return Object.freeze({
    asked,
    complaints: () => stderr.trim(),
    /** The kinds of update so far. */
    updates,
    kill: () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, 'SIGKILL');
      }
    },
    notify: (method: string, params: object) => send({ method, params }),
    /** The kind of option that answers permission requests from here on. */
    decide: (kind: 'allow_once' | 'reject_once') => {
      decision = kind;
    },
    request: (method: string, params: object): Promise<unknown> => {
      const id = nextId++;
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<never>((_, reject) => {
        const error = new Error(`${method} was not answered within ${requestTimeLimitMs} ms; stderr: ${stderr}`);
        timer = setTimeout(() => reject(error), requestTimeLimitMs);
      });
      const answered = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
      send({ id, method, params });
      return Promise.race([answered, limit]).finally(() => clearTimeout(timer));
    },
  });
};
