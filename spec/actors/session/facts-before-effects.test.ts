import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat } from './agent-script.ts';
import { answerTo, askPermission, createWorld, quiet, worldInTurn } from './world.ts';

const test = suite('facts before effects');

test('[law 7] the prompt reaches the agent only after starting and running are durable', async () => {
  const world = createWorld({ script: agentThat() });
  world.writer.hold();
  world.beginRun('Do it');
  await quiet();
  assert.is(world.count('start_agent'), 0, 'not even the process is started');
  world.writer.releaseOnly(1);
  await until('the conversation is open', () =>
    world.writer.arrived.some((batch) => batch.events.some((event) => event.payload.includes('"running"'))),
  );
  await quiet();
  assert.is(world.heard('session/prompt').length, 0);
  world.writer.release();
  await until('the agent has its prompt', () => world.heard('session/prompt').length === 1);
  assert.ok(world.order.indexOf('durable running') < world.order.indexOf('agent session/prompt'));
});

test('[law 7] a decision reaches the agent only after it is durable', async () => {
  const world = await worldInTurn();
  askPermission(world, 0);
  const [approval] = await until('it is asked', () => world.openApprovals().length === 1 && world.openApprovals());
  assert.ok(approval);
  world.writer.hold();
  const reply = world.decide(approval.approvalId, 'allow');
  await quiet();
  assert.is(answerTo(world, 0), undefined);
  assert.is(reply(), undefined, 'the person is not told before it is durable either');
  world.writer.release();
  await quiet();
  assert.equal(answerTo(world, 0), {
    jsonrpc: '2.0',
    id: 0,
    result: { outcome: { outcome: 'selected', optionId: 'once' } },
  });
  assert.is(reply(), null);
});

test('[law 7] a cancel reaches the agent only after the interrupt is durable', async () => {
  const world = await worldInTurn();
  world.writer.hold();
  const reply = world.interrupt();
  await quiet();
  assert.is(world.heard('session/cancel').length, 0);
  assert.is(reply(), undefined);
  world.writer.release();
  await quiet();
  assert.is(world.heard('session/cancel').length, 1);
  assert.is(reply(), null);
});

test.run();
