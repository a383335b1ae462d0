import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat, capabilities } from './agent-script.ts';
import { answerTo, askPermission, quiet, type World, worldInTurn } from './world.ts';

const test = suite('questions');

const ask = async (world: World, id: number, method: string, params: Record<string, unknown>) => {
  world.agent.say({ id, method, params: { sessionId: 'conversation-1', ...params } });
  const asked = await until('it is asked', () => world.openApprovals().at(-1));
  await quiet();
  return asked;
};
const elicit = (world: World, id: number, params: Record<string, unknown>) =>
  ask(world, id, 'elicitation/create', params);
const answer = (world: World, id: number): unknown => (answerTo(world, id) as { result?: unknown } | undefined)?.result;
const resolutions = (world: World) =>
  world.facts().flatMap((next) => (next.type === 'approval_resolved' ? [next.payload] : []));

const input = {
  questions: [
    {
      question: 'Which database?',
      header: 'Store',
      options: [{ label: 'SQLite', description: 'one file' }, { label: 'Postgres' }],
    },
    { question: 'Which colour?', options: [{ label: 'Red' }, { label: 'Blue' }] },
  ],
};
const agentCalled = (name: string) =>
  agentThat({
    initialize: { protocolVersion: 1, agentCapabilities: capabilities(), agentInfo: { name, version: '1' } },
  });

test('[law 18] a question in the shape of an approval has its words, and no policy answers it', async () => {
  for (const approvalPolicy of ['ask', 'allow', 'deny'] as const) {
    const world = await worldInTurn({ approvalPolicy, script: agentCalled('kimi-code') });
    // As kimi asks: the words only stand in what its tool was called with.
    world.agent.update({
      sessionUpdate: 'tool_call',
      toolCallId: '0:call_1',
      ...{ title: 'AskUserQuestion', rawInput: input },
    });
    const asked = await ask(world, 0, 'session/request_permission', {
      toolCall: { toolCallId: '0:call_1', title: 'AskUserQuestion' },
      options: [
        { optionId: 'q0_opt_0', name: 'SQLite', kind: 'allow_once' },
        { optionId: 'q0_opt_1', name: 'Postgres', kind: 'allow_once' },
        { optionId: 'q0_skip', name: 'Skip', kind: 'reject_once' },
      ],
    });
    assert.equal(asked.question, {});
    assert.is(asked.title, 'Store: Which database?');
    assert.is(asked.text?.text, 'Store: Which database?\n- SQLite: one file');
    assert.is(answerTo(world, 0), undefined);
    assert.is(world.decide(asked.approvalId, 'allow')(), 'input.invalid');
    world.decide(asked.approvalId, 'allow', 'q0_opt_1');
    await until('it is answered', () => answerTo(world, 0));
    assert.equal(answer(world, 0), { outcome: { outcome: 'selected', optionId: 'q0_opt_1' } });
    assert.equal(
      resolutions(world).map(({ outcome, optionId, by }) => `${outcome} ${optionId} by ${by}`),
      ['answered q0_opt_1 by person'],
    );
  }
});

test('a question whose options only submit it is a form, and its answers stand beside the option', async () => {
  const world = await worldInTurn({ approvalPolicy: 'allow', script: agentCalled('qwen-code') });
  const asked = await ask(world, 0, 'session/request_permission', {
    toolCall: { toolCallId: 'ask_user_question-1', title: 'Ask the user', kind: 'think', rawInput: input },
    options: [
      { optionId: 'proceed_once', name: 'Submit', kind: 'allow_once' },
      { optionId: 'cancel', name: 'Cancel', kind: 'reject_once' },
    ],
  });
  assert.is(world.decide(asked.approvalId, 'allow', null, { 0: 'SQLite' })(), 'input.invalid');
  assert.is(world.decide(asked.approvalId, 'allow', null, { 0: 'MySQL', 1: 'Red' })(), 'input.invalid');
  world.decide(asked.approvalId, 'allow', null, { 0: 'SQLite', 1: 'Red' });
  await until('it is answered', () => answerTo(world, 0));
  assert.equal(answer(world, 0), {
    outcome: { outcome: 'selected', optionId: 'proceed_once' },
    answers: { 0: 'SQLite', 1: 'Red' },
  });
  assert.is(resolutions(world)[0]?.outcome, 'answered');
});

test('a request to do something is no question, however its input is called', async () => {
  const world = await worldInTurn();
  const tool = { toolCallId: 'a', title: 'deepwiki ask_question', rawInput: { question: 'What is it?' } };
  askPermission(world, 0, { toolCall: tool });
  askPermission(world, 1);
  await until('both are asked', () => world.openApprovals().length === 2);
  assert.equal(
    world.openApprovals().map(({ question }) => question),
    [undefined, undefined],
  );
});

const requestedSchema = {
  type: 'object',
  properties: {
    db: { type: 'string', title: 'Database', enum: ['pg', 'sqlite'] },
    port: { type: 'integer', minimum: 1, maximum: 65_535 },
  },
  required: ['db'],
};

test('that questions can be answered is announced', async () => {
  const world = await worldInTurn();
  const [hello] = world.heard('initialize');
  assert.match(JSON.stringify(hello?.params), '"elicitation":{"form":{},"url":{}}');
});

test('[law 18] a form is in the log before it is asked, and answered by a person with what fits it', async () => {
  const world = await worldInTurn({ approvalPolicy: 'allow' });
  const message = 'Which database?\nIt has to be there already.';
  const asked = await elicit(world, 0, { mode: 'form', message, toolCallId: 't', requestedSchema });
  assert.is(asked.title, 'Which database?');
  assert.is(asked.text?.text, message);
  assert.is(asked.toolCallId, 't');
  assert.equal(asked.question, { form: requestedSchema });
  for (const answers of [{}, { db: 'mysql' }, { db: 'pg', port: 0 }, { db: 'pg', port: 1.5 }, { db: 'pg', x: 1 }]) {
    assert.is(world.decide(asked.approvalId, 'allow', null, answers)(), 'input.invalid');
  }
  world.writer.hold();
  const decided = world.decide(asked.approvalId, 'allow', null, { db: 'pg', port: 5432 });
  assert.is(world.decide(asked.approvalId, 'deny')(), 'approval.not_pending');
  await quiet();
  assert.is(answerTo(world, 0), undefined);
  world.writer.release();
  await until('it is answered', () => answerTo(world, 0));
  assert.is(decided(), null);
  assert.equal(answer(world, 0), { action: 'accept', content: { db: 'pg', port: 5432 } });
  assert.equal(resolutions(world)[0]?.answers, { db: 'pg', port: 5432 });
});

test('a form is declined, cancelled, and cancelled with its run', async () => {
  const world = await worldInTurn();
  const form = { mode: 'form', message: 'Well?', requestedSchema };
  world.decide((await elicit(world, 0, form)).approvalId, 'deny');
  await quiet();
  world.decide((await elicit(world, 1, form)).approvalId, 'cancel');
  await quiet();
  await elicit(world, 2, form);
  world.interrupt();
  await until('the agent is asked to cancel', () => world.heard('session/cancel').length === 1);
  world.agent.say({ id: 3, method: 'elicitation/create', params: { sessionId: 'conversation-1', ...form } });
  await until('it is answered', () => answerTo(world, 3));
  assert.equal(
    [0, 1, 2, 3].map((id) => answer(world, id)),
    [{ action: 'decline' }, { action: 'cancel' }, { action: 'cancel' }, { action: 'cancel' }],
  );
  assert.equal(
    resolutions(world).map(({ outcome, by }) => `${outcome} by ${by}`),
    ['denied by person', 'cancelled by person', 'cancelled by runtime', 'cancelled by runtime'],
  );
});

test('a page is asked for with its address whole, and is answered when the agent says that it is done', async () => {
  const world = await worldInTurn({ approvalPolicy: 'deny' });
  const page = { mode: 'url', message: 'Log in', url: 'https://login.example/x?y=1' };
  const first = await elicit(world, 0, { ...page, elicitationId: 'e-1' });
  assert.equal(first.question, { url: page.url });
  world.decide(first.approvalId, 'allow');
  await until('it is answered', () => answerTo(world, 0));
  await elicit(world, 1, { ...page, elicitationId: 'e-2' });
  world.agent.say({ method: 'elicitation/complete', params: { elicitationId: 'e-2' } });
  await until('it is answered', () => answerTo(world, 1));
  assert.equal([answer(world, 0), answer(world, 1)], [{ action: 'accept' }, { action: 'accept' }]);
  assert.equal(
    resolutions(world).map(({ outcome, by }) => `${outcome} by ${by}`),
    ['answered by person', 'answered by runtime'],
  );
  assert.is(world.facts().filter(({ type }) => type === 'notice').length, 1);
});

test('[law 12] [law 18] what nobody could be shown is refused and kept: hostile forms, and pages that are none', async () => {
  const world = await worldInTurn();
  const nested = JSON.parse(`${'{"x":'.repeat(3_000)}1${'}'.repeat(3_000)}`) as unknown;
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`f${index}`, { type: 'string' }]));
  const prototypes = JSON.parse('{"__proto__": {"type": "string"}}') as unknown;
  const refused: readonly Record<string, unknown>[] = [
    { mode: 'form', requestedSchema: { properties: { a: { type: 'string', deep: nested } } } },
    { mode: 'form', requestedSchema: { properties: many } },
    { mode: 'form', requestedSchema: { properties: { a: { type: 'string', description: 'x'.repeat(70_000) } } } },
    { mode: 'form', requestedSchema: { properties: prototypes } },
    { mode: 'form', requestedSchema: { properties: {}, required: ['a'] } },
    { mode: 'url', elicitationId: 'e', url: 'javascript:alert(1)' },
    { mode: 'url', elicitationId: 'e', url: 'java\nscript:alert(1)' },
    { mode: 'url', elicitationId: 'e', url: 'file:///etc/passwd' },
    { mode: 'url', elicitationId: 'e', url: `https://x.example/${'x'.repeat(9_000)}` },
    { mode: 'hologram' },
  ];
  for (const [id, params] of refused.entries()) {
    world.agent.say({ id, method: 'elicitation/create', params: { sessionId: 'conversation-1', ...params } });
    const told = await until(`${JSON.stringify(params).slice(0, 60)} is answered`, () => answerTo(world, id));
    assert.is((told as { error?: { code?: number } }).error?.code, -32_602);
  }
  await quiet();
  assert.is(world.openApprovals().length, 0);
  assert.is(world.notes('elicitation_refused').length, refused.length);
});

test.run();
