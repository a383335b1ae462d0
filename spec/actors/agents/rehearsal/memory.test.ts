import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';
import { killClients, scriptFile, startClient } from './client.ts';

const test = suite('the memory of the rehearsal agent');
test.after(killClients);

const twoTurns = () =>
  scriptFile([
    {
      steps: [
        { do: 'say', text: 'I begin.', chunkCharacters: 2, everyMs: 0 },
        { do: 'edit', path: 'a.txt', text: 'a' },
        { do: 'think', text: 'This one takes a while', everyMs: 0 },
        { do: 'run', command: 'echo begun; sleep 600' },
      ],
    },
    { steps: [{ do: 'say', text: 'I finish.', everyMs: 0 }] },
  ]);

/** A conversation whose process was killed while its command ran. */
const killedInMidTurn = async () => {
  const [state, cwd, script] = [temporaryFolder('state'), temporaryFolder('cwd'), twoTurns()];
  const client = startClient(script, state);
  const sessionId = await client.start(cwd);
  void client.prompt(sessionId, 'please begin');
  await until('the command runs', () =>
    client.updates('tool_call_update').some((update) => JSON.stringify(update.content ?? '').includes('begun')),
  );
  const exit = await client.kill();
  assert.is(exit.signal, 'SIGKILL');
  return { state, cwd, script, sessionId, before: client };
};

test('after SIGKILL in mid-turn, a load replays all of it unmarked, merged and with the same ids', async () => {
  const { state, cwd, script, sessionId, before } = await killedInMidTurn();
  const client = startClient(script, state);
  await client.request('initialize', { protocolVersion: 1 });
  const loaded = await client.request('session/load', { sessionId, cwd, mcpServers: [] });
  assert.is(loaded.result?.modes?.currentModeId, 'default');
  await until('commands are announced', () => client.updates('available_commands_update').length === 1);

  const kinds = client.messages.map((message) => message.params?.update?.sessionUpdate ?? message.id);
  assert.equal(kinds.slice(1), [
    'user_message_chunk',
    'agent_message_chunk',
    'tool_call',
    'tool_call_update',
    'agent_thought_chunk',
    'tool_call',
    'tool_call_update',
    101,
    'available_commands_update',
  ]);
  assert.equal(client.updates('user_message_chunk')[0]?.content, { type: 'text', text: 'please begin' });
  assert.is(client.said(), 'I begin.');
  assert.is(client.updates('agent_message_chunk')[0]?.messageId, before.updates('agent_message_chunk')[0]?.messageId);
  assert.equal(
    client.updates('tool_call').map((call) => call.toolCallId),
    before.updates('tool_call').map((call) => call.toolCallId),
  );
  assert.equal(
    client.updates('tool_call_update').map((update) => update.status),
    ['completed', 'in_progress'],
  );

  const again = startClient(script, state);
  await again.request('initialize', { protocolVersion: 1 });
  await again.request('session/load', { sessionId, cwd, mcpServers: [] });
  assert.is.not(again.updates('user_message_chunk')[0]?.messageId, client.updates('user_message_chunk')[0]?.messageId);

  await client.prompt(sessionId, 'go on');
  assert.is(client.said(), 'I begin.I finish.');
  await Promise.all([client.kill(), again.kill()]);
});

test('a resume replays nothing and goes on with the next turn', async () => {
  const { state, cwd, script, sessionId } = await killedInMidTurn();
  const client = startClient(script, state);
  await client.request('initialize', { protocolVersion: 1 });
  const resumed = await client.request('session/resume', { sessionId, cwd, mcpServers: [] });
  assert.is(resumed.result?.modes?.currentModeId, 'default');
  assert.is(client.messages.length, 2);
  assert.equal((await client.prompt(sessionId, 'go on')).result, { stopReason: 'end_turn' });
  assert.is(client.said(), 'I finish.');
  await client.kill();
});

test('a record that was cut by the kill is lost, and nothing else', async () => {
  const { state, cwd, script, sessionId } = await killedInMidTurn();
  const name = readdirSync(state).find((file) => file.startsWith(sessionId)) ?? '';
  const file = join(state, name);
  truncateSync(file, readFileSync(file).length - 5);
  for (const expected of ['I begin.I finish.', 'I begin.I finish.I finish.']) {
    const client = startClient(script, state);
    await client.request('initialize', { protocolVersion: 1 });
    await client.request('session/load', { sessionId, cwd, mcpServers: [] });
    await client.prompt(sessionId, 'go on');
    assert.is(client.said(), expected);
    await client.kill();
  }
});

test('conversations are listed, by folder', async () => {
  const [state, cwd] = [temporaryFolder('state'), temporaryFolder('cwd')];
  const client = startClient('quick', state);
  const sessionId = await client.start(cwd);
  await client.start(temporaryFolder('elsewhere'));
  await client.prompt(sessionId, 'A title\nand more');
  const sessions = (await client.request('session/list', { cwd })).result?.sessions;
  assert.equal(
    sessions?.map((session) => [session.sessionId, session.title]),
    [[sessionId, 'A title']],
  );
  assert.is((await client.request('session/list', {})).result?.sessions?.length, 2);
  assert.equal((await client.request('session/close', { sessionId })).result, {});
  assert.is((await client.prompt(sessionId, 'more')).error?.code, -32002);
  await client.kill();
});

test('a session id never reaches outside of the state folder', async () => {
  const client = startClient('quick');
  await client.request('initialize', { protocolVersion: 1 });
  const answer = await client.request('session/load', { sessionId: '../../etc/passwd', cwd: '/', mcpServers: [] });
  assert.is(answer.error?.code, -32002);
  await client.kill();
});

test('load and resume can be missing, or be refused', async () => {
  const state = temporaryFolder('state');
  const loadOnly = startClient('load-only', state);
  const announced = (await loadOnly.request('initialize', { protocolVersion: 1 })).result?.agentCapabilities;
  assert.is(announced?.loadSession, true);
  assert.is(announced?.sessionCapabilities?.resume, undefined);
  assert.is((await loadOnly.request('session/resume', { sessionId: 'x', cwd: '/' })).error?.code, -32601);

  const noMemory = startClient('no-memory', state);
  const none = (await noMemory.request('initialize', { protocolVersion: 1 })).result?.agentCapabilities;
  assert.is(none?.loadSession, false);
  assert.is((await noMemory.request('session/load', { sessionId: 'x', cwd: '/' })).error?.code, -32601);

  const forgetful = startClient(
    scriptFile([{ steps: [] }], { handshake: { refuseLoad: { message: 'No previous sessions found' } } }),
    state,
  );
  const sessionId = await forgetful.start(temporaryFolder('cwd'));
  const refused = await forgetful.request('session/load', { sessionId, cwd: '/' });
  assert.is(refused.error?.message, 'No previous sessions found');
  await Promise.all([loadOnly.kill(), noMemory.kill(), forgetful.kill()]);
});

test.run();
