/**
 * An agent that does what a test says, as a real process that speaks the Agent Client Protocol. Well-behaved agents are
 * the rehearsal agent's business; this one has no rules.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../support/temporary.ts';

/** What the body of a turn has to work with. It runs in the agent's process, so it sees nothing of the test's. */
export type Evil = {
  readonly folder: string;
  readonly prompt: string;
  readonly sessionId: string;
  /** What the test gave along. */
  readonly given: Readonly<Record<string, string>>;
  readonly say: (text: string) => void;
  readonly update: (update: Record<string, unknown>) => void;
  /** Asks the client; gives the whole answer, with `result` or `error`. */
  readonly ask: (method: string, params: Record<string, unknown>) => Promise<Answer>;
  readonly send: (line: string) => void;
};

export type Answer = {
  readonly result?: Readonly<Record<string, unknown>> | null;
  readonly error?: { readonly code: number; readonly message: string };
};

/** The name of an agent whose every turn is `turn`. It must not refer to anything outside of itself. */
export const evilAgent = (
  turn: (evil: Evil) => Promise<void>,
  given: Readonly<Record<string, string>> = {},
): string => {
  const path = join(temporaryFolder('evil'), 'agent.mjs');
  writeFileSync(path, `${program}\nserve(${turn.toString()}, ${JSON.stringify(given)});\n`);
  return `acp:"${process.execPath}" "${path}"`;
};

// `__name` is what the compiler that runs the tests puts around the functions in a turn.
const program = `
import { createInterface } from 'node:readline';
globalThis.__name = (named) => named;
const send = (line) => process.stdout.write(line + '\\n');
const write = (message) => send(JSON.stringify({ jsonrpc: '2.0', ...message }));
const waiting = new Map();
let next = 1000;
let folder = process.cwd();
const serve = (turn, given) => {
  // After a load it speaks of the conversation that it took up.
  let sessionId = 'evil-' + process.pid;
  const update = (update) => write({ method: 'session/update', params: { sessionId, update } });
  const evil = {
    given, update, send,
    say: (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
    ask: (method, params) => new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      write({ id, method, params: { sessionId, ...params } });
    }),
  };
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const { id, method, params, result, error } = JSON.parse(line);
    if (method === undefined) return waiting.get(id)?.({ result, error });
    if (method === 'initialize')
      return write({ id, result: { protocolVersion: 1, agentCapabilities: { loadSession: true } } });
    if (method === 'session/new' || method === 'session/load') {
      folder = params.cwd;
      sessionId = params.sessionId ?? sessionId;
      return write({ id, result: method === 'session/new' ? { sessionId } : {} });
    }
    if (method !== 'session/prompt') return id === undefined ? undefined : write({ id, result: {} });
    await turn({ ...evil, sessionId, folder, prompt: params.prompt.map(({ text }) => text).join('') });
    write({ id, result: { stopReason: 'end_turn' } });
  });
};
`;
