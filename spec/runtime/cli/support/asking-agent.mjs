/**
 * An agent that asks, in its one turn, what its argument says, and tells what it was answered:
 *
 *   node asking-agent.mjs VARIANT
 */
import { createInterface } from 'node:readline';

const variant = process.argv[2] ?? '';
const sessionId = 'conversation';
/** @type {(optionId: string, kind: string, name?: string) => object} */
const option = (optionId, kind, name = optionId) => ({ optionId, name, kind });
/** @type {(more?: object) => object} */
const call = (more = {}) => ({ toolCallId: 'a', title: 'Run a', kind: 'execute', ...more });
const onceOrNo = [option('yes', 'allow_once'), option('no', 'reject_once')];
/** @type {(toolCall: object, options: readonly object[]) => [string, object]} */
const permission = (toolCall, options) => ['session/request_permission', { toolCall, options }];

/** @type {Record<string, () => [string, object]>} */
const asks = {
  nokind: () =>
    permission(call(), [
      { optionId: 'yes', name: 'Yes' },
      { optionId: 'no', name: 'No' },
    ]),
  always: () => permission(call(), [option('yes', 'allow_always', 'Ever'), option('no', 'reject_once')]),
  empty: () => permission(call(), []),
  nothing: () => permission({ toolCallId: 'call_9f8e' }, onceOrNo),
  patch: () =>
    permission(
      call({
        title: 'edit',
        kind: 'edit',
        rawInput: { diff: `--- ${process.cwd()}/a.txt\n+++ ${process.cwd()}/a.txt\n@@ -1 +1 @@\n-one\n+two\n` },
      }),
      onceOrNo,
    ),
  question: () =>
    permission(
      {
        toolCallId: 'q',
        title: 'AskUserQuestion',
        rawInput: {
          questions: [{ question: 'Which database?', options: [{ label: 'SQLite' }, { label: 'Postgres' }] }],
        },
      },
      [
        option('q0_opt_0', 'allow_once', 'SQLite'),
        option('q0_opt_1', 'allow_once', 'Postgres'),
        option('q0_skip', 'reject_once', 'Skip'),
      ],
    ),
  form: () => [
    'elicitation/create',
    {
      mode: 'form',
      message: 'Which database?',
      requestedSchema: {
        type: 'object',
        properties: { db: { type: 'string', enum: ['pg', 'sqlite'] }, port: { type: 'integer' } },
        required: ['db'],
      },
    },
  ],
  page: () => [
    'elicitation/create',
    { mode: 'url', message: 'Log in', elicitationId: 'e', url: 'https://good.example@evil.example/x' },
  ],
};

/** @param {object} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
/** @param {string} text */
const say = (text) => {
  const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } };
  send({ method: 'session/update', params: { sessionId, update } });
};

/** @type {number | null} */
let turn = null;
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, result, error } = JSON.parse(line);
  switch (method) {
    case 'initialize':
      return send({ id, result: { protocolVersion: 1, agentInfo: { name: 'asking', version: '1' } } });
    case 'session/new':
      return send({ id, result: { sessionId } });
    case 'session/prompt': {
      turn = id;
      const [asked, params] = asks[variant]?.() ?? ['', {}];
      return send({ id: 'ask', method: asked, params: { sessionId, ...params } });
    }
    case undefined:
      say(`ANSWER ${JSON.stringify(result ?? error)}`);
      return send({ id: turn, result: { stopReason: 'end_turn' } });
    default:
      return undefined;
  }
});
process.stdin.on('end', () => process.exit(0));
