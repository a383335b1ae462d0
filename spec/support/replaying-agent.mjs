/**
 * An agent that tells its conversation again when it is taken up, on `session/load` and on `session/resume`: with the
 * ids of its first life, with others, or with none. It forgets everything with its process, so it always tells the same.
 * Arguments: `same`, `rewrite` or `noids`; then `resume` to offer resuming, and `tail` to tell something new at the end.
 */
import { createInterface } from 'node:readline';

const [, , how = 'same', ...more] = process.argv;
const sessionId = 'one';
/** @param {object} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
/** @param {object} fields */
const update = (fields) => send({ method: 'session/update', params: { sessionId, update: fields } });
/** @param {string} name */
const id = (name) => (how === 'same' ? name : how === 'rewrite' ? `r-${name}` : undefined);
/** @param {string} words */
const text = (words) => ({ type: 'text', text: words });
/** @param {string} words @param {string} [messageId] */
const say = (words, messageId) =>
  update({ sessionUpdate: 'agent_message_chunk', content: text(words), ...(messageId ? { messageId } : {}) });
const output = [{ type: 'content', content: text('a b c') }];

const replay = () => {
  update({ sessionUpdate: 'user_message_chunk', content: text('do it') });
  say('I begin now. ', id('m1'));
  const toolCallId = id('t1') ?? 't-none';
  update({
    sessionUpdate: 'tool_call',
    toolCallId,
    title: 'ls',
    kind: 'execute',
    status: 'completed',
    content: output,
  });
  say('I am done.', id('m2'));
  if (more.includes('tail')) say('One more thing.', id('m9'));
  update({ sessionUpdate: 'available_commands_update', availableCommands: [{ name: 'review', description: 'x' }] });
  update({ sessionUpdate: 'session_info_update', title: 'My fine title' });
};

/** @param {string} words */
const turn = (words) => {
  update({ sessionUpdate: 'available_commands_update', availableCommands: [{ name: 'review', description: 'x' }] });
  update({ sessionUpdate: 'session_info_update', title: 'My fine title' });
  if (!words.includes('do it')) {
    say('Second answer.', 'm3');
    return;
  }
  say('I begin ', 'm1');
  say('now. ', 'm1');
  update({ sessionUpdate: 'tool_call', toolCallId: 't1', title: 'ls', kind: 'execute', status: 'in_progress' });
  update({ sessionUpdate: 'tool_call_update', toolCallId: 't1', status: 'completed', content: output });
  say('I am done.', 'm2');
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id: requestId, method, params } = JSON.parse(line);
  /** @param {object} result */
  const answer = (result) => send({ id: requestId, result });
  switch (method) {
    case 'initialize':
      answer({
        protocolVersion: 1,
        agentCapabilities: {
          loadSession: true,
          ...(more.includes('resume') ? { sessionCapabilities: { resume: {} } } : {}),
        },
      });
      break;
    case 'session/new':
      answer({ sessionId });
      break;
    case 'session/load':
    case 'session/resume':
      replay();
      answer({});
      break;
    case 'session/prompt':
      turn(params.prompt.map((/** @type {{ text?: string }} */ block) => block.text ?? '').join(''));
      // An odd figure in the end of a turn: the turn has ended all the same.
      answer({ stopReason: 'end_turn', usage: { inputTokens: '12', outputTokens: 3, thoughtTokens: 1 } });
      break;
    default:
      if (requestId !== undefined) send({ id: requestId, error: { code: -32601, message: 'no such method' } });
  }
});
process.stdin.on('end', () => process.exit(0));
