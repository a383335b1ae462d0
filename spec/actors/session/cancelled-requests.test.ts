import { equal, is, match } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat } from './agent-script.ts';
import { answerTo, askPermission, createWorld, endTurn, quiet, type World, worldInTurn } from './world.ts';

const test = suite('requests that are taken back');

const takeBack = (world: World, requestId: unknown): void =>
  world.agent.say({ method: '$/cancel_request', params: { requestId } });

const answersTo = (world: World, id: number | string): number =>
  world.heardByAgent.filter((message) => message.id === id && message.method === undefined).length;

test('a wait that the agent takes back is answered so, once, though its command ends later', async () => {
  const world = await worldInTurn({ onRequest: () => null });
  const params = { sessionId: 'conversation-1', terminalId: 't' };
  world.agent.say({ id: 7, method: 'terminal/wait_for_exit', params });
  await until('the command is waited for', () => world.count('request') === 1);
  // Another id, though it looks alike.
  takeBack(world, '7');
  await quiet();
  is(answersTo(world, 7), 0);
  takeBack(world, 7);
  await until('it is answered', () => answersTo(world, 7) === 1);
  match(JSON.stringify(answerTo(world, 7)), /"error":\{"code":-32800,"message":"request cancelled"\}/);
  const asked = world.sent.find((message) => message.kind === 'request');
  const reply = { kind: 'terminal_exited', exit: { exitCode: 0, signal: null } } as const;
  world.actor.receive({ kind: 'reply', requestId: asked?.kind === 'request' ? asked.requestId : -1, reply });
  takeBack(world, 7);
  endTurn(world);
  is(await world.ended(), 'completed');
  is(answersTo(world, 7), 1);
  equal(world.notes('client_request_failed'), []);
  equal(world.notes('terminal_exited'), []);
});

test('an approval that the agent takes back is cancelled by the runtime, once, and nobody can answer it any more', async () => {
  const world = await worldInTurn();
  askPermission(world, 4);
  askPermission(world, 5);
  await until('both are asked', () => world.openApprovals().length === 2);
  takeBack(world, 4);
  takeBack(world, 4);
  await until('the agent hears of it', () => answersTo(world, 4) === 1);
  const [still] = world.openApprovals();
  is(still?.toolCallId, 'tool-5');
  equal(
    world
      .facts()
      .flatMap((next) => (next.type === 'approval_resolved' ? [[next.payload.outcome, next.payload.by]] : [])),
    [['cancelled', 'runtime']],
  );
  equal((answerTo(world, 4) as { result?: unknown }).result, { outcome: { outcome: 'cancelled' } });
  const requested = world.facts().find((next) => next.type === 'approval_requested');
  const late = world.decide(requested?.type === 'approval_requested' ? requested.payload.approvalId : '', 'allow');
  await until('that is refused', () => late() === 'approval.not_pending');
  world.decide(still?.approvalId ?? '', 'allow');
  await until('the other one is answered', () => answersTo(world, 5) === 1);
  takeBack(world, 5);
  endTurn(world);
  is(await world.ended(), 'completed');
  equal([answersTo(world, 4), answersTo(world, 5)], [1, 1]);
});

test('what is no id, and what is not open, is taken back without anything of it', async () => {
  const world = await worldInTurn();
  for (const requestId of [{}, 99, 'x', null]) takeBack(world, requestId);
  endTurn(world);
  is(await world.ended(), 'completed');
  is(world.heardByAgent.filter((message) => message.method === undefined).length, 0);
});

test('a request of ours that is given up is taken back before the process is ended', async () => {
  const silent = agentThat({ on: (message) => message.method === 'session/new' });
  const inTime = createWorld({ script: silent });
  inTime.beginRun('Do it');
  await until('a conversation is asked for', () => inTime.heard('session/new').length === 1);
  await inTime.pass(60_000);
  is(await inTime.ended(), 'failed');
  const [opening] = inTime.heard('session/new');
  equal(
    inTime.heard('$/cancel_request').map(({ params }) => params),
    [{ requestId: opening?.id }],
  );
  equal(
    inTime.order.filter((each) => each === 'agent $/cancel_request' || each === 'agent end'),
    ['agent $/cancel_request', 'agent end'],
  );

  const interrupted = createWorld({ script: silent });
  interrupted.beginRun('Do it');
  await until('a conversation is asked for', () => interrupted.heard('session/new').length === 1);
  interrupted.interrupt();
  is(await interrupted.ended(), 'interrupted');
  equal(
    interrupted.order.filter((each) => each === 'agent $/cancel_request' || each === 'agent end'),
    ['agent $/cancel_request', 'agent end'],
  );
});

test.run();
