import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';
import { killClients, type Message, scriptFile, startClient } from './client.ts';

const test = suite('a turn of the rehearsal agent');
test.after(killClients);

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const newTextOf = (question: Message): string | undefined => {
  const content = question.params?.toolCall?.content?.[0];
  return content?.type === 'diff' ? content.newText : undefined;
};

test('a turn with an approval really lands in the folder', async () => {
  const cwd = temporaryFolder('cwd');
  const client = startClient(
    scriptFile([
      {
        steps: [
          { do: 'think', text: 'About {{prompt}}.', everyMs: 0 },
          { do: 'plan', entries: [{ content: 'write' }] },
          { do: 'edit', path: 'notes/a.txt', text: '{{prompt}}\n', approval: true },
          { do: 'read', path: 'notes/a.txt' },
          { do: 'run', command: 'echo from-the-shell && echo from-stderr >&2' },
          { do: 'usage', tokens: 12, cost: 0.5 },
          { do: 'mode', mode: 'careful' },
          { do: 'say', text: 'All done.', everyMs: 0 },
        ],
      },
    ]),
  );
  const initialized = await client.request('initialize', { protocolVersion: 1 });
  assert.is(initialized.result?.protocolVersion, 1);
  assert.is(initialized.result?.agentCapabilities?.loadSession, true);
  assert.equal(initialized.result?.agentCapabilities?.sessionCapabilities, { resume: {}, list: {}, close: {} });
  const { result } = await client.request('session/new', { cwd, mcpServers: [] });
  assert.is(result?.modes?.currentModeId, 'default');

  const answered = client.prompt(result?.sessionId ?? '', 'the weather');
  const question = await client.asked('session/request_permission');
  assert.is(question.id, 0);
  assert.is(newTextOf(question), 'the weather\n');
  assert.equal(
    question.params?.options?.map((option) => option.kind),
    ['allow_once', 'allow_always', 'reject_once'],
  );
  assert.is(existsSync(join(cwd, 'notes/a.txt')), false);
  client.decide(question, 'once');
  assert.equal((await answered).result, { stopReason: 'end_turn' });

  assert.is(readFileSync(join(cwd, 'notes/a.txt'), 'utf8'), 'the weather\n');
  assert.is(client.said(), 'All done.');
  const [edit, read, run] = client.updates('tool_call');
  const statusesOf = (id: string | undefined) =>
    client.updates('tool_call_update').flatMap((update) => (update.toolCallId === id ? (update.status ?? []) : []));
  assert.equal(statusesOf(edit?.toolCallId), ['in_progress', 'completed']);
  assert.equal(statusesOf(read?.toolCallId), ['in_progress', 'completed']);
  assert.is(statusesOf(run?.toolCallId).at(-1), 'completed');
  const output = JSON.stringify(client.updates('tool_call_update').at(-1)?.rawOutput);
  assert.match(output, /from-the-shell/);
  assert.match(output, /from-stderr/);
  assert.equal(client.updates('usage_update')[0]?.cost, { amount: 0.5, currency: 'USD' });
  assert.is(client.updates('current_mode_update')[0]?.currentModeId, 'careful');
  assert.is(client.updates('plan').length, 1);
  assert.ok(client.updates('agent_thought_chunk').every((chunk) => typeof chunk.messageId === 'string'));
  await client.kill();
});

test('a rejection writes nothing, and the script goes on', async () => {
  const cwd = temporaryFolder('cwd');
  const client = startClient('approval');
  const sessionId = await client.start(cwd);
  const answered = client.prompt(sessionId, 'go');
  client.decide(await client.asked('session/request_permission'), 'reject');
  client.decide(await client.asked('session/request_permission'), 'always');
  const unannounced = await client.asked('session/request_permission');
  assert.not(client.updates('tool_call').some((call) => call.toolCallId === unannounced.params?.toolCall?.toolCallId));
  client.decide(unannounced, 'once');
  assert.is((await answered).result?.stopReason, 'end_turn');
  assert.is(existsSync(join(cwd, 'approved.txt')), false);
  assert.is(client.updates('tool_call_update')[0]?.status, 'failed');
  await client.kill();
});

test('"always" is asked once for each kind of tool, and careful mode asks for everything', async () => {
  const cwd = temporaryFolder('cwd');
  const edit = (path: string) => ({ do: 'edit', path, text: 'x' }) as const;
  const client = startClient(scriptFile([{ steps: [edit('a'), edit('b'), { do: 'run', command: 'echo hi' }] }]));
  const sessionId = await client.start(cwd);
  await client.request('session/set_mode', { sessionId, modeId: 'careful' });
  const answered = client.prompt(sessionId, 'go');
  client.decide(await client.asked('session/request_permission'), 'always');
  const second = await client.asked('session/request_permission');
  assert.is(second.params?.toolCall?.kind, 'execute');
  client.decide(second, 'once');
  await answered;
  assert.ok(existsSync(join(cwd, 'b')));
  await client.kill();
});

test('a refusal is a stop reason', async () => {
  const client = startClient('refused');
  const sessionId = await client.start(temporaryFolder('cwd'));
  assert.equal((await client.prompt(sessionId, 'please')).result, { stopReason: 'refusal' });
  await client.kill();
});

test('a cancel ends a stream, a command and a question', async () => {
  const cwd = temporaryFolder('cwd');
  const client = startClient(
    scriptFile([
      { steps: [{ do: 'say', text: 'word '.repeat(10_000), everyMs: 5 }] },
      { steps: [{ do: 'run', command: 'echo begun; sleep 600 & echo pid $!; wait' }] },
      { steps: [{ do: 'edit', path: 'never.txt', text: 'x', approval: true }] },
    ]),
  );
  const sessionId = await client.start(cwd);

  let answered = client.prompt(sessionId, 'talk');
  await until('it talks', () => client.said().length > 50);
  client.notify('session/cancel', { sessionId });
  assert.equal((await answered).result, { stopReason: 'cancelled' });

  answered = client.prompt(sessionId, 'run');
  await until('the command has said something', () =>
    client.updates('tool_call_update').some((update) => JSON.stringify(update.content ?? '').includes('pid ')),
  );
  client.notify('session/cancel', { sessionId });
  assert.equal((await answered).result, { stopReason: 'cancelled' });
  const ended = client.updates('tool_call_update');
  assert.is(ended.at(-1)?.status, 'failed');
  const pid = Number(/pid (\d+)/.exec(JSON.stringify(ended))?.[1]);
  await until('what the command had started has ended too', () => !isAlive(pid));

  answered = client.prompt(sessionId, 'ask');
  const question = await client.asked('session/request_permission');
  client.answer(question, { outcome: { outcome: 'cancelled' } });
  assert.equal((await answered).result, { stopReason: 'cancelled' });
  assert.is(existsSync(join(cwd, 'never.txt')), false);
  await client.kill();
});

test('turns are picked by their words, else in order, and the last repeats', async () => {
  const say = (text: string) => [{ do: 'say', text, everyMs: 0 } as const];
  const client = startClient(
    scriptFile([{ steps: say('one') }, { when: 'Weather', steps: say('sunny') }, { steps: say('two') }]),
  );
  const sessionId = await client.start(temporaryFolder('cwd'));
  for (const text of ['a', 'the weather?', 'b', 'c']) await client.prompt(sessionId, text);
  assert.is(client.said(), 'onesunnytwotwo');
  await client.kill();
});

test('a line in the prompt picks a built-in script for that turn', async () => {
  const client = startClient('refused');
  const sessionId = await client.start(temporaryFolder('cwd'));
  assert.is((await client.prompt(sessionId, 'script: quick\nhello')).result?.stopReason, 'end_turn');
  assert.is(client.said(), 'Done, that was quick.');
  await client.prompt(sessionId, 'script: nonsense');
  assert.match(client.said(), /no script called nonsense/);
  assert.is((await client.prompt(sessionId, 'hello')).result?.stopReason, 'refusal');
  await client.kill();
});

test('files are read and written through the client, and refusals are told', async () => {
  const cwd = temporaryFolder('cwd');
  const client = startClient(
    scriptFile([
      {
        steps: [
          { do: 'fs_write', path: 'a.txt', text: '{{prompt}}' },
          { do: 'fs_read', path: '../outside.txt' },
          { do: 'terminal', command: 'ls', args: ['-a'] },
        ],
      },
    ]),
  );
  const sessionId = await client.start(cwd);
  const answered = client.prompt(sessionId, 'hello');
  const write = await client.asked('fs/write_text_file');
  assert.equal(write.params, { sessionId, path: join(cwd, 'a.txt'), content: 'hello' });
  client.answer(write, {});
  const read = await client.asked('fs/read_text_file');
  assert.is(read.params?.path, join(cwd, '..', 'outside.txt'));
  client.send({ jsonrpc: '2.0', id: read.id, error: { code: -32602, message: 'outside of the worktree' } });
  client.answer(await client.asked('terminal/create'), { terminalId: 't1' });
  client.answer(await client.asked('terminal/wait_for_exit'), { exitCode: 0 });
  client.answer(await client.asked('terminal/output'), { output: 'a.txt', truncated: false });
  const release = await client.asked('terminal/release');
  assert.is(release.params?.terminalId, 't1');
  client.answer(release, {});
  await answered;
  assert.match(client.said(), /the client wrote 5 characters/);
  assert.match(client.said(), /the client refused \(-32602\): outside of the worktree/);
  assert.match(client.said(), /exited with 0, said: a.txt/);
  await client.kill();
});

test('a second prompt during a turn is refused, and so is a session that nobody knows', async () => {
  const client = startClient('hang');
  const sessionId = await client.start(temporaryFolder('cwd'));
  const answered = client.prompt(sessionId, 'one');
  assert.match((await client.prompt(sessionId, 'two')).error?.message ?? '', /under way/);
  assert.is((await client.prompt('no-such-session', 'x')).error?.code, -32002);
  assert.is((await client.request('no/such_method', {})).error?.code, -32601);
  client.notify('session/cancel', { sessionId });
  assert.is((await answered).result?.stopReason, 'cancelled');
  await client.kill();
});

test.run();
