import * as assert from 'uvu/assert';
import { nothingSaid, saysNothing } from '../../../actors/protocol/asked/nothing-said.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { answerTo, askPermission, endTurn, quiet, type World, worldInTurn } from './world.ts';

const test = suite('approvals');

const asked = async (world: World, id = 0, given: Record<string, unknown> = {}) => {
  askPermission(world, id, given);
  const approval = await until('it is asked', () => world.openApprovals().at(-1));
  await quiet();
  return approval;
};

const outcomeFor = (optionId: string) => ({ outcome: { outcome: 'selected', optionId } });
const cancelled = { outcome: { outcome: 'cancelled' } };
const resultOf = (world: World, id: number): unknown =>
  (answerTo(world, id) as { result?: unknown } | undefined)?.result;
const resolutions = (world: World) =>
  world.facts().flatMap((next) => (next.type === 'approval_resolved' ? [next.payload] : []));

test('the policy to allow chooses an option for once', async () => {
  const world = await worldInTurn({ approvalPolicy: 'allow' });
  askPermission(world, 0);
  await until('it is answered', () => answerTo(world, 0));
  assert.equal(resultOf(world, 0), outcomeFor('once'));
  assert.equal(
    resolutions(world).map(({ outcome, by, optionId }) => ({ outcome, by, optionId })),
    [{ outcome: 'allowed', by: 'policy', optionId: 'once' }],
  );
});

test('the policy to deny chooses an option that rejects', async () => {
  const world = await worldInTurn({ approvalPolicy: 'deny' });
  askPermission(world, 0);
  await until('it is answered', () => answerTo(world, 0));
  assert.equal(resultOf(world, 0), outcomeFor('no'));
  assert.is(resolutions(world)[0]?.outcome, 'denied');
});

test('the policy to allow never says allowed of what the agent hears as cancelled', async () => {
  const world = await worldInTurn({ approvalPolicy: 'allow' });
  askPermission(world, 0, { options: [{ optionId: 'no', name: 'No', kind: 'reject_once' }] });
  await until('it is answered', () => answerTo(world, 0));
  assert.equal(resultOf(world, 0), cancelled);
  assert.is(resolutions(world)[0]?.outcome, 'cancelled');
});

test('a person allows, denies, or chooses one of the options', async () => {
  const world = await worldInTurn();
  const first = await asked(world, 0);
  world.decide(first.approvalId, 'allow');
  await quiet();
  assert.equal(resultOf(world, 0), outcomeFor('once'));
  const second = await asked(world, 1);
  world.decide(second.approvalId, 'deny');
  await quiet();
  assert.equal(resultOf(world, 1), outcomeFor('no'));
  const third = await asked(world, 2);
  world.decide(third.approvalId, 'allow', 'always');
  await quiet();
  assert.equal(resultOf(world, 2), outcomeFor('always'));
  assert.equal(
    resolutions(world).map(({ outcome, by }) => `${outcome} by ${by}`),
    ['allowed by person', 'denied by person', 'allowed by person'],
  );
});

test('an option names its outcome, whatever the decision was called', async () => {
  const world = await worldInTurn();
  const approval = await asked(world);
  world.decide(approval.approvalId, 'allow', 'no');
  await quiet();
  assert.equal(resultOf(world, 0), outcomeFor('no'));
  assert.is(resolutions(world)[0]?.outcome, 'denied');
});

test('an option that was not offered is refused, and the approval stays open', async () => {
  const world = await worldInTurn();
  const approval = await asked(world);
  assert.is(world.decide(approval.approvalId, 'allow', 'whatever')(), 'input.invalid');
  await quiet();
  assert.is(answerTo(world, 0), undefined);
  assert.is(world.openApprovals().length, 1);
});

test('a person cannot allow what the agent offers no option to allow', async () => {
  const world = await worldInTurn();
  const approval = await asked(world, 0, { options: [{ optionId: 'no', name: 'No', kind: 'reject_once' }] });
  assert.is(world.decide(approval.approvalId, 'allow')(), 'input.invalid');
  assert.is(world.openApprovals().length, 1);
});

test('[law 18] a second answer is refused, also before the first is durable', async () => {
  const world = await worldInTurn();
  const approval = await asked(world);
  world.writer.hold();
  world.decide(approval.approvalId, 'allow');
  assert.is(world.decide(approval.approvalId, 'deny')(), 'approval.not_pending');
  world.writer.release();
  await quiet();
  assert.is(world.decide(approval.approvalId, 'deny')(), 'approval.not_pending');
  assert.equal(
    resolutions(world).map(({ outcome }) => outcome),
    ['allowed'],
  );
  assert.is(world.decide('no-such-approval', 'allow')(), 'approval.not_pending');
});

test('an interrupt answers what is open as cancelled, before the agent is asked to cancel', async () => {
  const world = await worldInTurn();
  await asked(world, 0);
  await asked(world, 1);
  world.interrupt();
  await until('the agent is asked to cancel', () => world.heard('session/cancel').length === 1);
  await quiet();
  assert.equal([resultOf(world, 0), resultOf(world, 1)], [cancelled, cancelled]);
  assert.equal(
    resolutions(world).map(({ outcome, by }) => `${outcome} by ${by}`),
    ['cancelled by runtime', 'cancelled by runtime'],
  );
});

test('what is asked while the run is interrupted is answered as cancelled', async () => {
  const world = await worldInTurn({ approvalPolicy: 'allow' });
  world.interrupt();
  await until('the agent is asked to cancel', () => world.heard('session/cancel').length === 1);
  askPermission(world, 5);
  await until('it is answered', () => answerTo(world, 5));
  assert.equal(resultOf(world, 5), cancelled);
});

test('the end of a turn closes what is open', async () => {
  const world = await worldInTurn();
  const approval = await asked(world);
  endTurn(world);
  assert.is(await world.ended(), 'completed');
  assert.equal(resultOf(world, 0), cancelled);
  assert.is(world.decide(approval.approvalId, 'allow')(), 'approval.not_pending');
});

test('a request that is not as the protocol says is answered as cancelled and kept', async () => {
  const world = await worldInTurn();
  world.agent.say({ id: 9, method: 'session/request_permission', params: { nonsense: true } });
  await until('it is answered', () => answerTo(world, 9));
  assert.equal(resultOf(world, 9), cancelled);
  await quiet();
  assert.match(JSON.stringify(world.notes('unparsed')), 'nonsense');
});

const requests = (world: World) =>
  world.facts().flatMap((next) => (next.type === 'approval_requested' ? [next.payload] : []));

test('[law 18] options without a kind, of an odd one or none at all leave a request that can be answered', async () => {
  const world = await worldInTurn();
  const yesAndNo = [
    { optionId: 'yes', name: 'Yes' },
    { optionId: 'no', kind: null },
  ];
  const first = await asked(world, 0, { options: yesAndNo });
  assert.equal(first.options, [
    { optionId: 'yes', name: 'Yes', kind: '' },
    { optionId: 'no', name: 'no', kind: '' },
  ]);
  assert.is(world.decide(first.approvalId, 'allow')(), 'input.invalid');
  world.decide(first.approvalId, 'allow', 'yes');
  await quiet();
  assert.equal(resultOf(world, 0), outcomeFor('yes'));
  const odd = [
    { optionId: 'plan', name: 'Plan', kind: 'proceed_auto' },
    { optionId: 7, name: 'broken', kind: 'allow_once' },
  ];
  const second = await asked(world, 1, { options: odd });
  assert.equal(second.options, [odd[0]]);
  assert.is(world.notes('options_left_out').length, 1);
  world.decide(second.approvalId, 'deny', 'plan');
  await quiet();
  const third = await asked(world, 2, { options: [] });
  assert.is(world.decide(third.approvalId, 'allow')(), 'input.invalid');
  world.decide(third.approvalId, 'cancel');
  await quiet();
  const fourth = await asked(world, 3, { options: null });
  world.decide(fourth.approvalId, 'deny');
  await quiet();
  assert.equal(
    [resultOf(world, 1), resultOf(world, 2), resultOf(world, 3)],
    [outcomeFor('plan'), cancelled, cancelled],
  );
  assert.equal(
    resolutions(world).map(({ outcome, by }) => `${outcome} by ${by}`),
    ['allowed by person', 'denied by person', 'cancelled by person', 'denied by person'],
  );
});

test('a request under an id that is a text is answered under it', async () => {
  const world = await worldInTurn();
  const params = { sessionId: 'conversation-1', toolCall: { toolCallId: 'a', title: 'Run a' }, options: [] };
  world.agent.say({ id: 'perm-abc', method: 'session/request_permission', params });
  const approval = await until('it is asked', () => world.openApprovals().at(-1));
  world.decide(approval.approvalId, 'deny');
  await until('it is answered', () => world.heardByAgent.find(({ id }) => id === 'perm-abc'));
});

test('[law 18] the policy to allow takes what holds for always only where there is nothing else, and says so', async () => {
  const world = await worldInTurn({ approvalPolicy: 'allow' });
  askPermission(world, 0, {
    options: [
      { optionId: 'ever', name: 'Yes, for ever', kind: 'allow_always' },
      { optionId: 'no', name: 'No', kind: 'reject_once' },
    ],
  });
  await until('it is answered', () => answerTo(world, 0));
  assert.equal(
    resolutions(world).map(({ outcome, optionId, always, by }) => ({ outcome, optionId, always, by })),
    [{ outcome: 'allowed', optionId: 'ever', always: true, by: 'policy' }],
  );
});

test('[law 18] a request without a title is called by what it would do, and one that says nothing says so', async () => {
  const world = await worldInTurn();
  const nothing = { toolCallId: 'call_9f8e' };
  await asked(world, 0, { toolCall: { ...nothing, rawInput: { command: 'rm -rf build\nmake' } } });
  await asked(world, 1, {
    toolCall: {
      ...nothing,
      toolCallId: 'call_2',
      content: [{ type: 'diff', path: '/w/a.txt', oldText: null, newText: 'x' }],
    },
  });
  await asked(world, 2, { toolCall: { ...nothing, toolCallId: 'call_3', title: ' ', rawInput: {} } });
  assert.equal(
    requests(world).map((request) => [request.title, saysNothing(request)]),
    [
      ['rm -rf build', false],
      ['/w/a.txt', false],
      [nothingSaid, true],
    ],
  );
});

test('a title that is longer than a title is whole in the words of its request', async () => {
  const world = await worldInTurn({ limits: { maxStoredTextBytes: 262_144 } });
  const title = `echo ${'x'.repeat(50_000)} the end`;
  const approval = await asked(world, 0, { toolCall: { toolCallId: 'a', title } });
  assert.is(approval.title.length, 2_001);
  assert.is(approval.text?.text, title);
});

test('[law 18] what was asked stays in the log after a no, an interrupt and the death of its agent', async () => {
  const toolCall = { toolCallId: 'a', title: 'Make', kind: 'execute', rawInput: { command: 'make' } };
  const ends: readonly ((world: World, approvalId: string) => void)[] = [
    (world, approvalId) => world.decide(approvalId, 'deny'),
    (world) => world.interrupt(),
    (world) => world.agent.ends(),
  ];
  for (const end of ends) {
    const world = await worldInTurn();
    const { approvalId } = await asked(world, 0, { toolCall });
    end(world, approvalId);
    await until('it is answered', () => resolutions(world).length === 1);
    const [request] = requests(world);
    assert.is(commandOf(request), 'make');
    assert.is(request?.kind, 'execute');
  }
});

test('what an agent of the agent asks has its name', async () => {
  const world = await worldInTurn();
  world.agent.update({ sessionUpdate: 'subagent_update', ...{ sessionId: 'child-1', title: 'Explorer' } });
  world.agent.update({ sessionUpdate: 'subagent_update', ...{ sessionId: 'child-2' } });
  await asked(world, 0, { sessionId: 'child-1' });
  await asked(world, 1, { sessionId: 'child-2' });
  await asked(world, 2, { sessionId: 'never-heard-of' });
  await asked(world, 3);
  assert.equal(
    requests(world).map(({ subagent }) => subagent),
    ['Explorer', 'subagent', undefined, undefined],
  );
});

test('a turn that its agent cancels because a person cancelled what it asked is completed', async () => {
  const world = await worldInTurn();
  const approval = await asked(world);
  world.decide(approval.approvalId, 'cancel');
  await quiet();
  endTurn(world, 'cancelled');
  assert.is(await world.ended(), 'completed');
});

test('a request without a title has that of its tool call', async () => {
  const world = await worldInTurn();
  world.agent.update({ sessionUpdate: 'tool_call', toolCallId: 'tool-0', title: 'Edit the file' });
  const approval = await asked(world, 0, { toolCall: { toolCallId: 'tool-0' } });
  assert.is(approval.title, 'Edit the file');
});

test('what is open is bounded: an agent that asks on and on is answered', async () => {
  const world = await worldInTurn();
  for (let id = 0; id < 103; id += 1) askPermission(world, id);
  await until('the last is answered', () => answerTo(world, 102));
  await quiet();
  assert.is(world.openApprovals().length, 100);
  assert.equal(
    [100, 101, 102].map((id) => resultOf(world, id)),
    [cancelled, cancelled, cancelled],
  );
  assert.is(world.notes('unexpected').length, 3);
});

// Compared as one text: the difference of two objects of this size is not to be printed.
const commandOf = (payload: { readonly input?: unknown } | undefined): unknown =>
  (payload?.input as { readonly command?: unknown } | undefined)?.command;

test('[law 18] what is asked for is in the request itself: the input, the edit and the words, whole', async () => {
  const world = await worldInTurn({ limits: { maxStoredTextBytes: 262_144 } });
  const command = `echo begin\n${'x'.repeat(40_000)}\necho the last line`;
  const diff = { type: 'diff', path: '/w/a.txt', oldText: 'one\n', newText: `${'two\n'.repeat(9_000)}end\n` };
  const words = { type: 'content', content: { type: 'text', text: 'Because it has to be.' } };
  const toolCall = { toolCallId: 'edits', title: 'Edit', rawInput: { command }, content: [diff, words] };
  await asked(world, 0, { toolCall });
  const request = () => world.facts().findLast((next) => next.type === 'approval_requested')?.payload;
  assert.is(commandOf(request()), command);
  assert.equal(request()?.diffs, [{ path: '/w/a.txt', oldText: { text: 'one\n' }, newText: { text: diff.newText } }]);
  assert.equal(request()?.text, { text: 'Because it has to be.' });

  // Told with the call, and asked for afterwards by the call's id alone.
  world.agent.update({ sessionUpdate: 'tool_call', ...toolCall, toolCallId: 'told' });
  await asked(world, 1, { toolCall: { toolCallId: 'told' } });
  assert.is(commandOf(request()), command);
  assert.is(request()?.diffs?.length, 1);
  assert.equal(request()?.text, { text: 'Because it has to be.' });

  // A call that has its result is no place to hide what is asked for now.
  world.agent.update({ sessionUpdate: 'tool_call_update', toolCallId: 'told', status: 'completed' });
  await asked(world, 2, { toolCall: { toolCallId: 'told', rawInput: 'rm -rf /' } });
  assert.is(request()?.input, 'rm -rf /');
  assert.is(request()?.diffs, undefined);
});

test('[law 18] of what is larger than the log keeps, the request says how much there was', async () => {
  const world = await worldInTurn();
  await asked(world, 0, {
    toolCall: { toolCallId: 'huge', title: 'Huge', rawInput: { command: 'x'.repeat(2_000_000) } },
  });
  const input = world.facts().findLast((next) => next.type === 'approval_requested')?.payload.input;
  const { truncatedJson } = input as { readonly truncatedJson: { readonly truncated: { readonly bytes: number } } };
  assert.is(truncatedJson.truncated.bytes, 2_000_000 + '{"command":""}'.length);
});

test.run();
