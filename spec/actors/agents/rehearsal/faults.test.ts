import { readdirSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';
import { type Client, killClients, scriptFile, startClient } from './client.ts';

const test = suite('the faults of the rehearsal agent');
test.after(killClients);

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const begin = async (script: string, text = 'go'): Promise<{ client: Client; sessionId: string }> => {
  const client = startClient(script);
  const sessionId = await client.start(temporaryFolder('cwd'));
  void client.prompt(sessionId, text);
  return { client, sessionId };
};

test('a crash comes after everything that was said before it', async () => {
  const { client } = await begin('crash');
  assert.equal(await client.exited, { code: 1, signal: null });
  assert.is(client.said(), 'I am about to say something very impor');
  assert.match(client.stderr(), /this crash is part of the script/);

  const killed = await begin(scriptFile([{ steps: [{ do: 'crash', signal: 'SIGSEGV' }] }]));
  assert.is((await killed.client.exited).signal, 'SIGSEGV');
});

test('a hang ends with a cancel, or with stdin', async () => {
  const { client, sessionId } = await begin('hang');
  await until('it has spoken', () => client.said() === 'I will wait here until you cancel.');
  client.notify('session/cancel', { sessionId });
  await until('the turn has ended', () =>
    client.messages.some((message) => message.result?.stopReason === 'cancelled'),
  );
  client.child.stdin?.end();
  assert.equal(await client.exited, { code: 0, signal: null });
});

test('a stubborn agent ignores cancel, SIGTERM and the end of stdin, but not SIGKILL', async () => {
  const { client, sessionId } = await begin('stubborn');
  await until('it has spoken', () => client.said().endsWith('SIGTERM.'));
  client.notify('session/cancel', { sessionId });
  client.child.kill('SIGTERM');
  // It still answers after both: a later answer proves that neither ended it.
  assert.is((await client.request('session/list', {})).result?.sessions?.length, 1);
  client.child.stdin?.end();
  client.child.kill('SIGTERM');
  assert.is(client.child.exitCode, null);
  assert.is((await client.kill()).signal, 'SIGKILL');
});

test('a frozen agent reads nothing, not even a cancel, and SIGTERM still ends it', async () => {
  const { client, sessionId } = await begin(
    scriptFile([
      {
        steps: [{ do: 'hang', text: 'Frozen.', frozen: true }],
      },
    ]),
  );
  await until('it has spoken', () => client.said() === 'Frozen.');
  client.notify('session/cancel', { sessionId });
  client.child.kill('SIGTERM');
  assert.is((await client.exited).signal, 'SIGTERM');
  assert.not(client.messages.some((message) => message.result?.stopReason !== undefined));
});

test('a flood goes no further while nobody reads, obeys a cancel, and arrives whole', async () => {
  const flood = scriptFile([
    { steps: [{ do: 'flood', events: 1_000_000 }] },
    {
      steps: [
        { do: 'flood', bytes: 1_000_000 },
        { do: 'say', text: 'Over.', everyMs: 0 },
      ],
    },
  ]);
  const [state, cwd] = [temporaryFolder('state'), temporaryFolder('cwd')];
  const client = startClient(flood, state);
  const sessionId = await client.start(cwd);
  void client.prompt(sessionId, 'go');
  await until('the flood has begun', () => client.lines.length > 1000);
  client.child.stdout?.pause();
  const readBefore = client.lines.length;
  // Whole round trips through the agent's stdin, so that it has had all the time in the world to write more.
  for (let more = 2; more <= 30; more += 1) {
    void client.request('session/new', { cwd, mcpServers: [] });
    await until('there is one more conversation', () => readdirSync(state).length === more);
  }
  client.notify('session/cancel', { sessionId });
  client.child.stdout?.resume();
  await until('the turn has ended', () => client.messages.some((one) => one.result?.stopReason === 'cancelled'));
  const readAfterwards = client.lines.length - readBefore;
  assert.ok(readAfterwards < 10_000, `${readAfterwards} lines were written although nobody read`);

  const before = client.lines.length;
  assert.is((await client.prompt(sessionId, 'again')).result?.stopReason, 'end_turn');
  const bytes = client.lines.slice(before).reduce((sum, line) => sum + line.length + 1, 0);
  assert.ok(bytes > 1_000_000 && bytes < 1_100_000, `${bytes} bytes`);
  assert.is(client.updates('agent_message_chunk').at(-1)?.content.type, 'text');
  await client.kill();
});

test('garbage arrives byte by byte as it was written, between good messages', async () => {
  const { client } = await begin('garbage');
  await until('the late words are there', () => client.said().endsWith('One more thing, after the end.'));
  const lines = client.lines.map((line) => line.toString('latin1'));
  assert.ok(lines.includes('This is not JSON.'));
  assert.ok(lines.includes('{"jsonrpc":"2.0","method":"session/upd'));
  assert.ok(lines.includes('broken \xff\xfe end'));
  assert.ok(lines.some((line) => line.length === 2_000_000));
  assert.ok(client.messages.some((message) => message.params?.update?.mood === 'playful'));
  assert.match(client.said(), /Before the garbage\. After the garbage\./);
  assert.match(client.stderr(), /some words on stderr/);
  const end = client.messages.findIndex((message) => message.result?.stopReason === 'end_turn');
  assert.ok(end < client.messages.length - 1, 'something follows the end of the turn');
  await client.kill();
});

test('a prompt can be answered twice, or with an error', async () => {
  const { client, sessionId } = await begin(
    scriptFile([
      { steps: [{ do: 'reply_twice' }] },
      { steps: [{ do: 'error', code: -32000, message: 'Log in first' }] },
    ]),
  );
  await until('both answers are there', () => client.messages.filter((one) => one.result?.stopReason).length === 2);
  assert.equal((await client.prompt(sessionId, 'again')).error, { code: -32000, message: 'Log in first' });
  await client.kill();
});

test('stdout can be closed by an agent that lives on', async () => {
  const { client, sessionId } = await begin(scriptFile([{ steps: [{ do: 'close_stdout' }, { do: 'hang' }] }]));
  let ended = false;
  client.child.stdout?.once('end', () => {
    ended = true;
  });
  await until('stdout has ended', () => ended);
  assert.is(client.child.exitCode, null);
  client.notify('session/cancel', { sessionId });
  await client.kill();
});

test('grandchildren outlive the agent', async () => {
  const { client } = await begin('orphan');
  await until('the turn has ended', () => client.messages.some((message) => message.result?.stopReason === 'end_turn'));
  const pids = [...client.said().matchAll(/Left process (\d+)/g)].map((match) => Number(match[1]));
  assert.is(pids.length, 2);
  client.child.kill('SIGKILL');
  await client.exited;
  for (const pid of pids) {
    assert.ok(alive(pid));
    process.kill(pid, 'SIGKILL');
  }
});

test('a handshake can fail in every way', async () => {
  const turns = [{ steps: [] }];
  const exits = startClient(scriptFile(turns, { handshake: { exit: { code: 3, stderr: 'no licence\n' } } }));
  void exits.request('initialize', { protocolVersion: 1 });
  assert.equal(await exits.exited, { code: 3, signal: null });
  assert.is(exits.stderr(), 'no licence\n');

  const refuses = startClient(scriptFile(turns, { handshake: { refuseNew: { code: -32000, message: 'Log in' } } }));
  await refuses.request('initialize', { protocolVersion: 1 });
  const refused = await refuses.request('session/new', { cwd: '/', mcpServers: [] });
  assert.equal(refused.error, { code: -32000, message: 'Log in' });

  const late = startClient(scriptFile(turns, { handshake: { answerAfterMs: 300 } }));
  const sentAt = Date.now();
  await late.request('initialize', { protocolVersion: 1 });
  assert.ok(Date.now() - sentAt >= 295);

  const silent = startClient(scriptFile(turns, { handshake: { neverAnswer: true } }));
  void silent.request('initialize', { protocolVersion: 1 });
  await silent.request('authenticate', {});
  assert.is(silent.messages.length, 1);
  await Promise.all([refuses.kill(), late.kill(), silent.kill()]);
});

test('lines that are no messages are refused without harm', async () => {
  const client = startClient('quick');
  client.child.stdin?.write('not json\n[]\n{"jsonrpc":"2.0","id":77,"result":{}}\n\n');
  await until('both refusals are there', () => client.messages.length === 2);
  assert.equal(
    client.messages.map((message) => message.error?.code),
    [-32700, -32600],
  );
  const sessionId = await client.start(temporaryFolder('cwd'));
  await client.prompt(sessionId, 'a line separator \u2028 is no end of line');
  assert.is(client.said(), 'Done, that was quick.');
  await client.kill();
});

test.run();
