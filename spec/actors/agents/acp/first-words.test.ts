/** What agents print on the way to their first answer, and how they word it. */
import * as assert from 'uvu/assert';
import { type AgentListener, createAgentConnection } from '../../../../actors/agents/acp/agent-connection.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import type { Wire } from '../../session/agent-script.ts';

const test = suite('first words of an agent');

const results: Readonly<Record<string, unknown>> = {
  initialize: { protocolVersion: 1, agentCapabilities: {} },
  'session/new': { sessionId: 's-1' },
  'session/prompt': { stopReason: 'end_turn' },
};

const answerLine = (message: Wire, result: unknown = results[message.method ?? '']): string =>
  JSON.stringify({ jsonrpc: '2.0', id: message.id, result });

/** A connection to an agent that writes these bytes when it is asked this method, and answers plainly otherwise. */
const talk = (speak: (message: Wire, plain: string) => string) => {
  const lines: string[] = [];
  const odd: string[] = [];
  const listener: AgentListener = {
    onUpdate: ({ sessionUpdate }) => lines.push(`update ${sessionUpdate}`),
    onRequest: () => {},
    onLine: (name, text) => lines.push(`${name} ${text}`),
    onCancelled: () => {},
    onNotification: (method) => lines.push(`notification ${method}`),
    onRefused: () => {},
    onOdd: (method, parts) => odd.push(...parts.map(({ path }) => `${method} ${path}`)),
    onHeard: () => {},
    subagentOf: () => null,
  };
  const connection = createAgentConnection((text) => {
    const message = JSON.parse(text) as Wire;
    queueMicrotask(() => connection.receive(Buffer.from(speak(message, answerLine(message)))));
  }, listener);
  return { connection, lines, odd };
};

const opened = async ({ connection }: Pick<ReturnType<typeof talk>, 'connection'>): Promise<string> => {
  await connection.initialize('1.2.3');
  const options = {
    folder: '/work',
    agentSessionId: null,
    mode: null,
    mcpServers: [],
    additionalDirectories: [],
    neverLoads: null,
    onReplay: () => {},
  };
  await connection.open(options);
  return (await connection.prompt({ texts: ['Do it'], parts: [] })).stopReason;
};

const first = (write: (plain: string, message: Wire) => string) =>
  talk((message, plain) => (message.method === 'initialize' ? write(plain, message) : `${plain}\n`));

const log = [
  'dotenv injected 0 vars',
  '[info] {"level":30}',
  '{"level":"info","msg":"x"}',
  '{"id":0,"msg":"a log with an id"}',
  '42',
  '"text"',
  'null',
  '[]',
];

const beginnings: readonly (readonly [string, (plain: string, message: Wire) => string, readonly string[]])[] = [
  ['a byte order mark', (plain) => `\uFEFF${plain}\n`, []],
  ['an escape of a terminal', (plain) => `\x1b[?25h${plain}\n`, ['unparsed \x1b[?25h']],
  ['words without a line end', (plain) => `Loading {config}… ${plain}\n`, ['unparsed Loading {config}… ']],
  ['words behind it', (plain) => `${plain} ready\n`, ['unparsed  ready']],
  ['the ends of lines of another system', (plain) => `${plain}\r\n`, []],
  ['headers of another protocol', (plain) => `Content-Length: 9\r\n\r\n${plain}\n`, ['unparsed Content-Length: 9']],
  ['a log', (plain) => `${log.join('\n')}\n${plain}\n`, log.map((line) => `unparsed ${line}`)],
  [
    'a log in JSON with the id of our request and a result',
    (plain, { id }) => `{"id":${id},"level":"info","msg":"request seen","result":null}\n${plain}\n`,
    ['unparsed {"id":0,"level":"info","msg":"request seen","result":null}'],
  ],
  ['no word of which protocol it is', (plain) => `${plain.replace('"jsonrpc":"2.0",', '')}\n`, []],
];

for (const [name, write, noted] of beginnings) {
  test(`it costs that at most, and the conversation is opened: ${name}`, async () => {
    const world = first(write);
    assert.is(await opened(world), 'end_turn');
    assert.equal(world.lines, noted);
  });
}

test('after the first answer a line with a message inside it is a line that cannot be read', async () => {
  const world = talk((message, plain) =>
    message.method === 'session/new' ? `words ${plain}\n${plain}\n` : `${plain}\n`,
  );
  await opened(world);
  assert.match(world.lines.join(), /^unparsed words \{/);
  assert.equal(world.connection.unread(), [], 'the answer came after all');
});

test('the lines in place of the answer that is waited for are remembered, and no others', async () => {
  const world = talk(({ method }, plain) => (method === 'session/new' ? `[${plain}]\n` : `a log\n${plain}\n`));
  void opened(world);
  await until('the list is heard', () => world.lines.length === 2);
  assert.is(world.connection.waitsFor(), 'session/new');
  assert.equal(
    world.connection.unread().map((line) => line.slice(0, 2)),
    ['[{'],
  );
});

test('ids that come back as text are answers, and those of nobody are not', async () => {
  const world = talk((_message, plain) => `${plain.replace(/"id":(\d+)/, '"id":"$1"')}\n${plain}\n`);
  assert.is(await opened(world), 'end_turn');
  assert.is(world.lines.filter((line) => line.startsWith('unexpected')).length, 3);
});

test('a line as long as a hostile agent likes is not searched for a message', async () => {
  const world = first((plain) => `${'{'.repeat(2_000_000)}\n${plain}\n`);
  assert.is(await opened(world), 'end_turn');
});

const oddAnswers: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
  ['a version that is a text', { initialize: { protocolVersion: '1' } }, []],
  [
    'a version of the agent that is a number',
    { initialize: { protocolVersion: 1, agentInfo: { name: 'x', version: 1 } } },
    ['initialize agentInfo.version'],
  ],
  [
    'no name',
    { initialize: { protocolVersion: 1, agentInfo: { title: 'X', version: '1' } } },
    ['initialize agentInfo.name'],
  ],
  [
    'a way to log in without an id',
    { initialize: { protocolVersion: 1, authMethods: [{ name: 'no id' }] } },
    ['initialize authMethods.0.id'],
  ],
  [
    'a capability in words',
    { initialize: { protocolVersion: 1, agentCapabilities: { loadSession: 'yes' } } },
    ['initialize agentCapabilities.loadSession'],
  ],
];

const answering = (given: Readonly<Record<string, unknown>>) =>
  talk((message) => `${answerLine(message, given[message.method ?? ''] ?? results[message.method ?? ''])}\n`);

for (const [name, given, odd] of oddAnswers) {
  test(`an odd part that is optional costs that part and a note: ${name}`, async () => {
    const world = answering(given);
    assert.is(await opened(world), 'end_turn');
    assert.equal(world.odd, odd);
  });
}

test('the error of a part that is needed names the answer and the field', async () => {
  const needed = [
    [{ initialize: { protocolVersion: {} } }, /initialize .*: protocolVersion: /],
    [{ initialize: { protocolVersion: 1, agentInfo: 5 }, 'session/new': { sessionId: 7 } }, /session id/],
    [{ 'session/prompt': { stopReason: 5, usage: 'x' } }, /session\/prompt .*: stopReason: .*string/],
  ] as const;
  for (const [given, words] of needed) {
    const message = await opened(answering(given)).catch((error: Error) => error.message);
    assert.match(message, words);
  }
});

test.run();
