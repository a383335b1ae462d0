import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { createAgentConnection } from '../../../../actors/agents/acp/agent-connection.ts';
import type { OpeningOptions } from '../../../../actors/agents/acp/opening.ts';
import { promptBlocks } from '../../../../actors/agents/acp/prompt-block.ts';
import type { ContentPart } from '../../../../actors/protocol/facts/content-part.ts';
import { ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import type { Wire } from '../../session/agent-script.ts';

const test = suite('agent connection');

type Answers = Readonly<Record<string, unknown>>;

const refusal = (message: string) => ({ error: { code: -32002, message } });

/** A connection to an agent that gives these answers by method; one without an answer stays silent. */
const connect = (answers: Answers) => {
  const asked: Wire[] = [];
  const heard: string[] = [];
  const connection = createAgentConnection(
    (text) => {
      const message = JSON.parse(text) as Wire;
      asked.push(message);
      const answer = message.method === undefined ? undefined : answers[message.method];
      if (answer === undefined || message.id === undefined) return;
      const body = typeof answer === 'object' && answer !== null && 'error' in answer ? answer : { result: answer };
      const line = `${JSON.stringify({ jsonrpc: '2.0', id: message.id, ...body })}\n`;
      queueMicrotask(() => connection.receive(Buffer.from(line)));
    },
    {
      onUpdate: ({ sessionUpdate }) => heard.push(`update ${sessionUpdate}`),
      onRequest: (id, method) => heard.push(`request ${id} ${method}`),
      onLine: (name, text, bytes) => heard.push(`${name} ${text}${bytes === undefined ? '' : ` ${bytes}`}`),
      onCancelled: (id) => heard.push(`cancelled ${id}`),
      onNotification: (method) => heard.push(`notification ${method}`),
      onRefused: ({ message }) => heard.push(`refused ${message}`),
      onOdd: (method) => heard.push(`odd ${method}`),
      onHeard: () => {},
      subagentOf: () => null,
    },
  );
  return { asked, connection, heard, methods: () => asked.map(({ method }) => method) };
};

const initialized = (sessionCapabilities: unknown, loadSession = true) => ({
  protocolVersion: 1,
  agentCapabilities: { loadSession, sessionCapabilities },
});

const open = async (answers: Answers, options: Partial<OpeningOptions> = {}) => {
  const world = connect(answers);
  await world.connection.initialize('1.2.3');
  const phases: string[] = [];
  const opening = await world.connection.open({
    folder: '/work',
    agentSessionId: null,
    mcpServers: [],
    additionalDirectories: [],
    neverLoads: null,
    onReplay: (phase) => phases.push(phase),
    ...options,
  });
  return { ...world, opening, phases };
};

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => assert.unreachable('it was answered'),
    (error) => error,
  );

test('it says who it is and what it offers', async () => {
  const { asked } = await open({ initialize: initialized({}), 'session/new': { sessionId: 'a' } });
  assert.equal(asked[0]?.params, {
    protocolVersion: 1,
    clientCapabilities: {
      fs: { readTextFile: true, writeTextFile: true },
      terminal: true,
      auth: { terminal: true },
      elicitation: { form: {}, url: {} },
      session: { compaction: {}, notices: {}, configOptions: { boolean: {} } },
      plan: {},
      subagents: {},
      _meta: { 'terminal-auth': true, jetbrains: { air: { version: 1, capabilities: ['sessionFailure'] } } },
    },
    clientInfo: { name: 'throughline', title: 'Throughline', version: '1.2.3' },
  });
  assert.equal(asked[1]?.params, { cwd: '/work', mcpServers: [] });
});

test('an agent of another version of the protocol is refused', async () => {
  const { connection } = connect({ initialize: { protocolVersion: 2 } });
  assert.match((await rejection(connection.initialize('1'))).message, 'version 2');
});

test('a new conversation is begun', async () => {
  const { opening } = await open({ initialize: initialized({}), 'session/new': { sessionId: 'a' } });
  assert.equal(opening, { how: 'begun', agentSessionId: 'a', said: { sessionId: 'a' }, lost: null, leftOut: [] });
});

test('a conversation is resumed where the agent can', async () => {
  const { opening, phases, methods } = await open(
    { initialize: initialized({ resume: {} }), 'session/resume': {} },
    { agentSessionId: 'earlier' },
  );
  assert.equal(opening, { how: 'resumed', agentSessionId: 'earlier', said: {}, lost: null, leftOut: [] });
  assert.equal(methods(), ['initialize', 'session/resume']);
  assert.equal(phases, ['begins', 'ends']);
});

test('it is loaded where the agent cannot resume, whatever it words that as', async () => {
  for (const capabilities of [{}, { resume: null }, { resume: false }, null, undefined]) {
    const { opening, phases, methods } = await open(
      { initialize: initialized(capabilities), 'session/load': null },
      { agentSessionId: 'earlier' },
    );
    assert.equal(opening, { how: 'loaded', agentSessionId: 'earlier', said: null, lost: null, leftOut: [] });
    assert.equal(methods(), ['initialize', 'session/load']);
    assert.equal(phases, ['begins', 'ends']);
  }
});

test('what is refused is tried in the next way, down to a new conversation, and every refusal is told', async () => {
  const { opening, phases, heard } = await open(
    {
      initialize: initialized({ resume: {} }),
      'session/resume': refusal('gone'),
      'session/load': refusal('No previous sessions found for this project'),
      'session/new': { sessionId: 'b' },
    },
    { agentSessionId: 'earlier' },
  );
  assert.equal(opening, {
    how: 'begun_anew',
    agentSessionId: 'b',
    said: { sessionId: 'b' },
    lost: 'it refused session/load: No previous sessions found for this project',
    leftOut: [],
  });
  assert.equal(phases, ['begins', 'refused', 'begins', 'refused']);
  assert.equal(heard, [
    'refused session/resume: gone',
    'refused session/load: No previous sessions found for this project',
  ]);
});

test('an agent that can do neither begins anew without being asked for it', async () => {
  const { methods } = await open(
    { initialize: initialized(null, false), 'session/new': { sessionId: 'b' } },
    { agentSessionId: 'earlier' },
  );
  assert.equal(methods(), ['initialize', 'session/new']);
});

test('an option is set in the conversation that was opened', async () => {
  const { asked, connection } = await open({
    initialize: initialized({}),
    'session/new': { sessionId: 'a' },
    'session/set_mode': {},
  });
  await connection.set({ method: 'session/set_mode', parameters: { modeId: 'plan' } });
  assert.equal(asked[2]?.params, { sessionId: 'a', modeId: 'plan' });
});

test('an answer that is not as the protocol says is an error that names the method', async () => {
  assert.match((await rejection(connect({ initialize: 'hello' }).connection.initialize('1'))).message, 'initialize');
  assert.match((await rejection(open({ initialize: initialized({}), 'session/new': {} }))).message, 'session id');
  const { connection } = await open({
    initialize: initialized({}),
    'session/new': { sessionId: 'a' },
    'session/prompt': {},
  });
  assert.match((await rejection(connection.prompt({ texts: ['Do it'], parts: [] }))).message, 'session/prompt');
});

test('a turn is spoken and cancelled in the conversation that was opened', async () => {
  const { asked, connection } = await open({
    initialize: initialized({}),
    'session/new': { sessionId: 'a' },
    'session/prompt': { stopReason: 'end_turn', usage: { totalTokens: 3 }, _meta: {} },
  });
  connection.cancel();
  assert.equal(asked.at(-1), { jsonrpc: '2.0', method: 'session/cancel', params: { sessionId: 'a' } });
  assert.is((await connection.prompt({ texts: ['Do it'], parts: [] })).stopReason, 'end_turn');
  assert.equal(asked.at(-1)?.params, { sessionId: 'a', prompt: [{ type: 'text', text: 'Do it' }] });
});

test('before a conversation is open there is nothing to cancel', () => {
  const { asked, connection } = connect({});
  connection.cancel();
  assert.equal(asked, []);
});

test('every line goes to whom it concerns', () => {
  const { connection, heard } = connect({});
  const lines = [
    '{"method":"session/update","params":{"sessionId":"a","update":{"sessionUpdate":"plan"}}}',
    '{"method":"session/update","params":{"no":"update"}}',
    '{"method":"_x/y"}',
    '{"id":0,"method":"fs/read_text_file"}',
    '{"id":5,"result":1}',
    'oops',
  ];
  connection.receive(Buffer.from(`${lines.join('\n')}\n`));
  assert.equal(heard, [
    'update plan',
    `unparsed ${lines[1]}`,
    'notification _x/y',
    'request 0 fs/read_text_file',
    `unexpected ${lines[4]}`,
    'unparsed oops',
  ]);
});

test('a close takes in the last line, and tells whoever waits', async () => {
  const { connection, heard } = connect({});
  const waiting = connection.initialize('1');
  connection.receive(Buffer.from('half a li'));
  connection.close(new ThroughlineError('agent.exited', 'it is gone'));
  assert.equal(heard, ['unparsed half a li']);
  assert.is((await rejection(waiting)).message, 'it is gone');
});

test('an agent that sees no images is given none, and files by their address', async () => {
  const folder = temporaryFolder('prompt-blocks');
  writeFileSync(join(folder, 'a.txt'), 'what is in it');
  const parts: readonly ContentPart[] = [{ type: 'link', uri: 'a.txt', name: 'a.txt' }];
  const can = (promptCapabilities: Readonly<Record<string, boolean>>) => ({
    protocolVersion: 1,
    agentCapabilities: { promptCapabilities },
  });
  const uri = pathToFileURL(join(folder, 'a.txt')).href;
  assert.equal(await promptBlocks({ texts: ['Read'], parts }, can({}), folder), [
    { type: 'text', text: 'Read' },
    { type: 'resource_link', uri, name: 'a.txt' },
  ]);
  assert.equal(await promptBlocks({ texts: [], parts }, can({ embeddedContext: true }), folder), [
    { type: 'resource', resource: { uri, text: 'what is in it' } },
  ]);
  const image: ContentPart = { type: 'image', mimeType: 'image/png', bytes: 1, sha256: '', data: 'AA==' };
  const refused = await rejection(promptBlocks({ texts: [], parts: [image] }, can({ image: false }), folder));
  assert.match(refused.message, 'takes no images');
});

test('what the agent takes back is told by its id, and what we give up is taken back, an answer all the same counting', async () => {
  const { asked, connection, heard } = await open({ initialize: initialized({}), 'session/new': { sessionId: 'a' } });
  const say = (message: object) =>
    connection.receive(Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`));
  for (const params of [{ requestId: 3 }, { requestId: '3' }, { requestId: null }, {}, { requestId: {} }]) {
    say({ method: '$/cancel_request', params });
  }
  assert.equal(heard, [
    'cancelled 3',
    'cancelled 3',
    'cancelled null',
    'notification $/cancel_request',
    'notification $/cancel_request',
  ]);
  const turn = connection.prompt({ texts: ['Do it'], parts: [] });
  while (asked.at(-1)?.method !== 'session/prompt') await Promise.resolve();
  const { id } = asked.at(-1) ?? {};
  connection.giveUp();
  assert.equal(asked.at(-1), { jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: id } });
  say({ id, result: { stopReason: 'cancelled' } });
  assert.is((await turn).stopReason, 'cancelled');
  connection.giveUp();
  assert.is(asked.filter(({ method }) => method === '$/cancel_request').length, 1);
});

test('a conversation is closed only where that is offered, and a refusal of it is told and harms nothing', async () => {
  const answers = {
    initialize: initialized({ close: {} }),
    'session/new': { sessionId: 'a' },
    'session/close': refusal('no'),
  };
  const offered = await open(answers);
  await offered.connection.closeConversation();
  assert.equal(offered.asked.at(-1)?.params, { sessionId: 'a' });
  assert.equal(offered.heard, ['refused session/close: no']);
  const other = await open({ ...answers, initialize: initialized({}) });
  await other.connection.closeConversation();
  assert.is(other.methods().includes('session/close'), false);
});

test.run();
