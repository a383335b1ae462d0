import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createClientRequests } from '../../../../actors/agents/acp/client-requests.ts';
import { knownAgent } from '../../../../actors/agents/known/known-agents.ts';
import type { Diff } from '../../../../actors/protocol/facts/events.ts';
import type { HostReply, HostRequest } from '../../../../actors/protocol/threads/session-messages.ts';
import { noteLine } from '../../../../runtime/cli/render/note-line.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const test = suite('client requests');

const world = (reply: (request: HostRequest) => HostReply = () => ({ kind: 'done' }), readsMissingAsEmpty = false) => {
  const folder = temporaryFolder('client-requests');
  const notes: string[] = [];
  const asked: HostRequest[] = [];
  const diffs: Diff[] = [];
  const requests = createClientRequests({
    folder,
    askHost: async (request) => {
      asked.push(request);
      return reply(request);
    },
    note: (name, details) => notes.push(`${name} ${JSON.stringify(details)}`),
    maxStoredTextBytes: 1_000,
    writing: () => (diff) => diffs.push(diff),
    readsMissingAsEmpty: () => readsMissingAsEmpty,
  });
  const answer = (method: string, params: unknown) => requests(method, params, new AbortController().signal);
  return { answer, asked, diffs, folder, notes };
};

const terminal = { sessionId: 's', terminalId: 't-1' };

test('a file is read and noted', async () => {
  const { answer, folder, notes } = world();
  const path = join(folder, 'a.txt');
  writeFileSync(path, 'one\ntwo\n');
  assert.equal(await answer('fs/read_text_file', { sessionId: 's', path, line: 2, limit: 1 }), {
    kind: 'result',
    result: { content: 'two\n' },
  });
  assert.equal(notes, [`file_read ${JSON.stringify({ path, characters: 4 })}`]);
});

test('a file is written and noted', async () => {
  const { answer, folder, notes } = world();
  const path = join(folder, 'a/b.txt');
  assert.equal(await answer('fs/write_text_file', { sessionId: 's', path, content: 'x' }), {
    kind: 'result',
    result: null,
  });
  assert.is(readFileSync(path, 'utf8'), 'x');
  assert.equal(notes, [`file_written ${JSON.stringify({ path, characters: 1 })}`]);
});

test('what goes wrong is the answer, with a code that says what, and is noted', async () => {
  const { answer, notes } = world();
  const code = async (method: string, params: unknown): Promise<number> => {
    const outcome = await answer(method, params);
    assert.ok(outcome.kind === 'error');
    return outcome.code;
  };
  assert.is(await code('fs/read_text_file', { path: '/etc/passwd' }), -32602);
  assert.is(await code('fs/write_text_file', { path: '/etc/passwd', content: '' }), -32602);
  assert.is(await code('fs/read_text_file', { path: 5 }), -32602);
  assert.is(await code('fs/read_text_file', { path: 'a', line: 0 }), -32602);
  assert.is(await code('terminal/create', null), -32602);
  assert.is(notes.length, 5);
  assert.ok(notes.every((note) => note.startsWith('client_request_failed')));
});

test('a file that is not there is told as agents know it, and is one quiet note however often it is looked for', async () => {
  const { answer, folder, notes } = world();
  const path = join(folder, 'missing.txt');
  for (let n = 0; n < 4; n += 1) {
    assert.equal(await answer('fs/read_text_file', { sessionId: 's', path }), {
      kind: 'error',
      code: -32002,
      message: `Resource not found: there is no file ${path} (ENOENT)`,
      data: { uri: path },
    });
  }
  assert.equal(notes, [`file_missing ${JSON.stringify({ path })}`]);
  assert.is(noteLine({ note: 'file_missing', path }), null, 'history does not show it');
});

test('gemini reads a file that is not there as an empty one, and so can make it', async () => {
  const { answer, folder, notes } = world(undefined, true);
  const path = join(folder, 'new/hello.txt');
  const empty = { kind: 'result', result: { content: '' } };
  assert.equal(await answer('fs/read_text_file', { sessionId: 's', path }), empty);
  assert.equal(await answer('fs/read_text_file', { sessionId: 's', path, line: 3, limit: 1 }), empty);
  assert.is((await answer('fs/write_text_file', { sessionId: 's', path, content: 'hello\n' })).kind, 'result');
  assert.is(readFileSync(path, 'utf8'), 'hello\n');
  assert.equal(
    notes.map((note) => note.split(' ')[0]),
    ['file_missing', 'file_written'],
  );
});

test('the protocol has no error that gemini takes for a missing file, so it is known by its command and its name', () => {
  // What its AcpFileSystemService (0.61.0) makes of an error: `err instanceof Error ? err.message : String(err)`.
  const answered: unknown = { code: -32002, message: 'Resource not found: a.txt (ENOENT)', data: { uri: 'a.txt' } };
  assert.not.match(String(answered), 'ENOENT');
  for (const identity of [
    { name: null, command: '/usr/bin/gemini --acp' },
    { name: null, command: 'npx @google/gemini-cli --acp' },
    { name: 'gemini-cli', command: 'node bundle.js' },
  ]) {
    assert.is(knownAgent(identity)?.readsMissingAsEmpty, true);
  }
  assert.is(knownAgent({ name: null, command: 'qwen --acp' })?.readsMissingAsEmpty, undefined);
});

test('what a write changed is told with what was there before; a write that changes nothing tells nothing', async () => {
  const { answer, diffs, folder } = world();
  const path = join(folder, 'a.txt');
  const write = (content: string) => answer('fs/write_text_file', { sessionId: 's', path, content });
  await write('one\n');
  await write('one\n');
  await answer('fs/write_text_file', { sessionId: 's', path: 'a.txt', content: 'two\n' });
  await write('x'.repeat(5_000));
  assert.equal(diffs.slice(0, 2), [
    { path, oldText: null, newText: { text: 'one\n' } },
    { path, oldText: { text: 'one\n' }, newText: { text: 'two\n' } },
  ]);
  assert.is(diffs.length, 3);
  assert.is(diffs[2]?.newText.truncated?.bytes, 5_000, 'a long text is bounded');
});

test('a method that there is not is answered as such, and kept', async () => {
  const { answer, notes } = world();
  const outcome = await answer('_agent/own', { with: 'parameters' });
  assert.equal(outcome, { kind: 'error', code: -32601, message: 'there is no method _agent/own' });
  assert.match(notes.join(), 'parameters');
});

test('a terminal is made in the worktree, and lives through its requests', async () => {
  const exit = { exitCode: 3, signal: null };
  const { answer, asked, folder, notes } = world((request) => {
    switch (request.kind) {
      case 'terminal_create':
        return { kind: 'terminal_created', terminalId: 't-1' };
      case 'terminal_output':
        return { kind: 'terminal_output', output: 'out', truncated: false, exit: null };
      case 'terminal_wait':
        return { kind: 'terminal_exited', exit };
      default:
        return { kind: 'done' };
    }
  });
  const made = await answer('terminal/create', {
    sessionId: 's',
    command: 'npm',
    args: ['test'],
    env: [{ name: 'CI', value: '1' }],
  });
  assert.equal(made, { kind: 'result', result: { terminalId: 't-1' } });
  assert.equal(asked[0], {
    kind: 'terminal_create',
    command: 'npm',
    arguments: ['test'],
    environment: { CI: '1' },
    folder,
    outputByteLimit: 1024 * 1024,
  });
  for (let n = 0; n < 3; n += 1) {
    const looked = await answer('terminal/output', terminal);
    assert.equal(looked, { kind: 'result', result: { output: 'out', truncated: false } });
  }
  assert.equal(await answer('terminal/wait_for_exit', terminal), { kind: 'result', result: exit });
  assert.equal(await answer('terminal/kill', terminal), { kind: 'result', result: null });
  assert.equal(await answer('terminal/release', terminal), { kind: 'result', result: null });
  assert.equal(
    notes.map((note) => note.split(' ')[0]),
    ['terminal_created', 'terminal_looked_at', 'terminal_exited', 'terminal_killed', 'terminal_released'],
    'looking again and again is one note',
  );
});

test('the output of a terminal that has ended says how', async () => {
  const exit = { exitCode: null, signal: 'SIGTERM' };
  const { answer } = world(() => ({ kind: 'terminal_output', output: '', truncated: true, exit }));
  assert.equal(await answer('terminal/output', terminal), {
    kind: 'result',
    result: { output: '', truncated: true, exitStatus: exit },
  });
});

test('a terminal outside of the worktree is refused before anybody is asked', async () => {
  const { answer, asked } = world();
  const outcome = await answer('terminal/create', { command: 'ls', cwd: '/etc' });
  assert.is(outcome.kind === 'error' && outcome.code, -32602);
  assert.equal(asked, []);
});

test("the host's refusal is the agent's answer", async () => {
  const { answer, notes } = world(() => ({
    kind: 'failed',
    error: { code: 'input.invalid', message: 'there is no terminal t-1', hint: null },
  }));
  for (const method of ['output', 'wait_for_exit', 'kill', 'release']) {
    const outcome = await answer(`terminal/${method}`, terminal);
    assert.is(outcome.kind === 'error' && outcome.message, 'there is no terminal t-1');
  }
  assert.is(notes.length, 4);
});

test.run();
