import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { AgentAnsweredError, createJsonRpc } from '../../../../../actors/agents/acp/wire/json-rpc.ts';
import { ThroughlineError } from '../../../../../actors/protocol/facts/error.ts';
import { suite } from '../../../../support/suite.ts';

const test = suite('JSON-RPC');

const world = () => {
  const sent: unknown[] = [];
  const rpc = createJsonRpc((line) => {
    assert.ok(line.endsWith('\n') && line.indexOf('\n') === line.length - 1, 'one message is one line');
    sent.push(JSON.parse(line));
  });
  return { rpc, sent, receive: (message: unknown) => rpc.receive(JSON.stringify(message)) };
};

const rejection = async (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => assert.unreachable('it was answered'),
    (error) => error,
  );

test('a request is resolved by the answer to its id', async () => {
  const { rpc, sent, receive } = world();
  const first = rpc.request('one', { a: 1 });
  const second = rpc.request('two', null);
  assert.equal(sent, [
    { jsonrpc: '2.0', id: 0, method: 'one', params: { a: 1 } },
    { jsonrpc: '2.0', id: 1, method: 'two', params: null },
  ]);
  assert.equal(receive({ id: 1, result: 'second' }), { kind: 'answer' });
  assert.equal(receive({ id: 0, result: null }), { kind: 'answer' });
  assert.equal([await first, await second], [null, 'second']);
});

test("the agent's requests have an id space of their own", async () => {
  const { rpc, sent, receive } = world();
  const ours = rpc.request('ours', {});
  assert.equal(receive({ id: 0, method: 'theirs', params: 7 }), {
    kind: 'request',
    id: 0,
    method: 'theirs',
    params: 7,
  });
  rpc.answer(0, { theirs: true });
  assert.equal(sent[1], { jsonrpc: '2.0', id: 0, result: { theirs: true } });
  receive({ id: 0, result: 'ours' });
  assert.is(await ours, 'ours');
});

test('an id of the agent may be a text or null, and comes back as it was', () => {
  const { rpc, sent, receive } = world();
  for (const id of ['text', '0', null, -1, 1.5]) {
    const incoming = receive({ id, method: 'm' });
    assert.is(incoming.kind, 'request');
    if (incoming.kind === 'request') rpc.answerError(incoming.id, -32601, 'no');
  }
  assert.equal(
    sent.map((message) => (message as { id: unknown }).id),
    ['text', '0', null, -1, 1.5],
  );
});

test('a second answer, and an answer to no question, are not expected', async () => {
  const { rpc, receive } = world();
  const request = rpc.request('m', {});
  receive({ id: 0, result: 1 });
  assert.equal(receive({ id: 0, result: 2 }), { kind: 'unexpected' });
  assert.equal(receive({ id: 99, result: 2 }), { kind: 'unexpected' });
  assert.equal(receive({ id: '0', result: 2 }), { kind: 'unexpected' });
  assert.is(await request, 1);
});

test('an error of the agent rejects with its code, its words and its data', async () => {
  const { rpc, receive } = world();
  const request = rpc.request('session/new', {});
  receive({ id: 0, error: { code: -32000, message: 'Authentication required', data: { hint: 'log in' } } });
  const error = await rejection(request);
  assert.instance(error, AgentAnsweredError);
  assert.is(error.message, 'session/new: Authentication required');
  assert.equal((error as AgentAnsweredError).data, { hint: 'log in' });
});

test('an error that is worded in another way is an answer all the same', async () => {
  for (const wording of ['it broke', { reason: 'it broke' }, { code: 'E1', message: 'it broke' }]) {
    const { rpc, receive } = world();
    const request = rpc.request('m', {});
    assert.equal(receive({ id: 0, error: wording }), { kind: 'answer' });
    assert.match((await rejection(request)).message, 'it broke');
  }
});

test('a result beside an empty error is a result', async () => {
  const { rpc, receive } = world();
  const request = rpc.request('m', {});
  receive({ id: 0, result: 5, error: null });
  assert.is(await request, 5);
});

test('garbage is unparsed, and disturbs nobody', async () => {
  const { rpc } = world();
  const request = rpc.request('m', {});
  for (const line of [
    '',
    'null',
    '[]',
    '7',
    '"x"',
    '{}',
    '{"id":0}',
    '{"id":{},"method":"m"}',
    '{"method":5}',
    'npm warn',
  ]) {
    assert.equal(rpc.receive(line), { kind: 'unparsed' }, line);
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      const { kind } = rpc.receive(line);
      assert.ok(kind === 'unparsed' || kind === 'unexpected' || kind === 'notification' || kind === 'request');
    }),
  );
  rpc.receive('{"id":0,"result":"still"}');
  assert.is(await request, 'still');
});

test('a closed connection rejects whoever waits or comes, and sends nothing any more', async () => {
  const { rpc, sent } = world();
  const waiting = rpc.request('m', {});
  const gone = new ThroughlineError('agent.exited', 'it is gone');
  rpc.close(gone);
  assert.is(await rejection(waiting), gone);
  assert.is(await rejection(rpc.request('m', {})), gone);
  const before = sent.length;
  rpc.answer(0, 'late');
  rpc.answerError(1, -1, 'late');
  rpc.notify('late', {});
  assert.is(sent.length, before);
});

test.run();
