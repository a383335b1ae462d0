/**
 * An ACP agent that behaves until it is prompted, and then does what its argument says. What the rehearsal agent can do
 * wrong by a script is not here.
 *
 *   node misbehaving.mjs FAULT
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const fault = process.argv[2] ?? '';
/** @typedef {(result: object) => void} Answer */

/** @param {object} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
/** @param {object} fields */
const update = (fields) => send({ method: 'session/update', params: { sessionId: 'one', update: fields } });
/** @param {string} text */
const say = (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
/** @param {string} name */
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @type {Record<string, (answer: Answer) => void>} */
const faults = {
  /** As much on stderr as it takes, for ever. */
  'stderr-flood': () => {
    say('Flooding.');
    const bytes = Buffer.alloc(65_536, 'e');
    const more = () => {
      while (process.stderr.write(bytes));
      process.stderr.once('drain', more);
    };
    more();
  },
  /** Has its client run something that says as much as it can, for ever. */
  'terminal-flood': () => {
    say('Flooding.');
    send({ id: 'flood', method: 'terminal/create', params: { sessionId: 'one', command: 'yes', args: ['flood'] } });
  },
  /** Thousands of tool calls, each begun and ended. */
  'tool-calls': (answer) => {
    for (let index = 0; index < 5_000; index += 1) {
      const toolCallId = `call ${index}`;
      update({ sessionUpdate: 'tool_call', toolCallId, title: `Call ${index}`, kind: 'read', status: 'pending' });
      update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'completed' });
    }
    answer({ stopReason: 'end_turn' });
  },
  /** Answers with ids that nobody gave, of every kind, then with the right one. */
  'wrong-ids': (answer) => {
    for (const id of [-1, 1e300, 'none', '', null, true, {}, []]) send({ id, result: { stopReason: 'end_turn' } });
    say('The right one.');
    answer({ stopReason: 'end_turn' });
  },
  /** Asks for permission again and again under one id, and for a tool call that there is not. */
  'same-permission': () => {
    say('Asking.');
    const options = [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }];
    for (let time = 0; time < 3; time += 1) {
      const params = { sessionId: 'one', toolCall: { toolCallId: 'same', title: 'Again' }, options };
      send({ id: 'same', method: 'session/request_permission', params });
    }
  },
  /** Leaves a process that rises again each time it is asked to end. */
  phoenix: (answer) => {
    spawn('setsid', [here('phoenix.sh'), '5'], { detached: true, stdio: 'ignore' }).unref();
    say('It will rise.');
    answer({ stopReason: 'end_turn' });
  },
  /** Leaves very many processes at once, each in a session of its own. */
  many: (answer) => {
    for (let index = 0; index < 100; index += 1) {
      spawn('setsid', ['sleep', '600'], { detached: true, stdio: 'ignore' }).unref();
    }
    say('Here they are.');
    answer({ stopReason: 'end_turn' });
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (method === 'initialize') send({ id, result: { protocolVersion: 1, agentCapabilities: {} } });
  else if (method === 'session/new') send({ id, result: { sessionId: 'one' } });
  else if (method === 'session/prompt') faults[fault]?.((result) => send({ id, result }));
});
