// A small agent of the protocol, with a helper process of its own; the variant says what it does in a turn.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [variant = ''] = process.argv.slice(2);
const sessionId = 's-1';
/** @type {Map<unknown, (answer: any) => void>} */
const waiting = new Map();
let requests = 1_000;
/** @type {(value?: unknown) => void} */
let onCancel = () => {};

/** @param {object} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
/** @param {object} given */
const update = (given) => send({ method: 'session/update', params: { sessionId, update: given } });
/** @param {string} text */
const say = (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
/** @type {(method: string, params: object) => Promise<any>} */
const ask = (method, params) =>
  new Promise((resolve) => {
    requests += 1;
    waiting.set(requests, resolve);
    send({ id: requests, method, params: { sessionId, ...params } });
  });

// As agents have them: a server of tools, a model's own program. It is there before the first turn.
const helper = spawn('sleep', ['601'], { stdio: 'ignore' });

/** @type {Record<string, (text: string) => Promise<string>>} */
const turns = {
  terminal: async () => {
    const script = 'echo TERM-LINE-1; sleep 0.6; echo TERM-LINE-2; exit 3';
    const { terminalId } = (await ask('terminal/create', { command: 'sh', args: ['-c', script] })).result;
    const content = [{ type: 'terminal', terminalId }];
    update({
      sessionUpdate: 'tool_call',
      toolCallId: 'c1',
      title: 'sh',
      kind: 'execute',
      status: 'in_progress',
      content,
    });
    await ask('terminal/wait_for_exit', { terminalId });
    update({ sessionUpdate: 'tool_call_update', toolCallId: 'c1', status: 'completed' });
    await ask('terminal/release', { terminalId });
    return 'end_turn';
  },
  // As codex does: a shell in a group of its own, which goes on when its turn is cancelled.
  leaves: async (text) => {
    if (text.includes('quick')) return 'end_turn';
    spawn('sh', ['-c', 'sleep 602 & sleep 603'], { stdio: 'ignore', detached: true }).unref();
    say('working');
    await new Promise((resolve) => {
      onCancel = resolve;
    });
    return 'cancelled';
  },
};

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, method, params, ...answer } = JSON.parse(line);
    if (method === undefined) {
      waiting.get(id)?.(answer);
      waiting.delete(id);
    } else if (method === 'initialize') send({ id, result: { protocolVersion: 1, agentCapabilities: {} } });
    else if (method === 'session/new') send({ id, result: { sessionId } });
    else if (method === 'session/cancel') onCancel();
    else if (method === 'session/prompt') {
      const text = params.prompt.map((/** @type {{ text: string }} */ part) => part.text).join('');
      const stopReason = await turns[variant]?.(text);
      send({ id, result: { stopReason } });
    } else if (id !== undefined) send({ id, error: { code: -32601, message: 'no such method' } });
  })
  .on('close', () => {
    helper.kill();
    process.exit(0);
  });
