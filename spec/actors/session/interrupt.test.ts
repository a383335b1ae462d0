import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat } from './agent-script.ts';
import { createWorld, endTurn, limits, quiet, worldInTurn } from './world.ts';

const test = suite('interrupt');

test('an interrupt cancels at 0 s, once more at 3 s, and ends the process at 10 s', async () => {
  const world = await worldInTurn();
  world.interrupt();
  await quiet();
  assert.is(world.heard('session/cancel').length, 1);
  await world.pass(2_950);
  assert.is(world.heard('session/cancel').length, 1);
  await world.pass(50);
  assert.is(world.heard('session/cancel').length, 2);
  await world.pass(6_950);
  assert.is(world.count('end_agent'), 0);
  await world.pass(50);
  assert.is(world.count('end_agent'), 1);
  assert.is(await world.ended(), 'interrupted');
  assert.equal(
    world.facts().flatMap((next) => (next.type === 'interrupt_requested' ? [next.payload.attempt] : [])),
    [1, 2, 3],
  );
  await world.pass(20_000);
  assert.is(world.count('end_agent'), 1);
  assert.equal(world.terminal(), ['interrupted']);
});

test('an agent that reacts to the first cancel at once is asked only once', async () => {
  const world = await worldInTurn();
  world.interrupt();
  await until('the agent is asked to cancel', () => world.heard('session/cancel').length === 1);
  endTurn(world, 'cancelled');
  assert.is(await world.ended(), 'interrupted');
  await world.pass(15_000);
  assert.is(world.heard('session/cancel').length, 1);
  assert.is(world.count('end_agent'), 0);
});

test('an agent that reacts to the second cancel keeps its process', async () => {
  const world = await worldInTurn();
  world.interrupt();
  await world.pass(3_000);
  endTurn(world, 'end_turn');
  assert.is(await world.ended(), 'interrupted', 'whatever it says its turn ended in');
  await world.pass(15_000);
  assert.is(world.count('end_agent'), 0);
});

test('a sibling actor does not notice that another is interrupted to its end', async () => {
  const [struck, sibling] = await Promise.all([worldInTurn(), worldInTurn()]);
  const before = sibling.sent.length;
  struck.interrupt();
  await quiet();
  await struck.pass(10_000);
  assert.is(await struck.ended(), 'interrupted');
  assert.is(sibling.sent.length, before);
  endTurn(sibling);
  assert.is(await sibling.ended(), 'completed');
});

test('a second interrupt is refused while one is in progress, and one without a run as well', async () => {
  const world = await worldInTurn();
  world.interrupt();
  await quiet();
  const second = world.interrupt();
  await quiet();
  assert.is(second(), 'session.busy');
  endTurn(world, 'cancelled');
  await world.ended();
  const third = world.interrupt();
  assert.is(third(), 'session.not_running');
});

test('an interrupt before the process was started ends the run without an agent', async () => {
  const world = createWorld({ script: agentThat() });
  world.writer.hold();
  world.beginRun('Do it');
  world.interrupt();
  world.writer.release();
  assert.is(await world.ended(), 'interrupted');
  await quiet();
  assert.is(world.count('start_agent'), 0);
});

test('an interrupt while the process starts ends both, and the next run waits until it is gone', async () => {
  const world = createWorld({ script: agentThat(), startsAtOnce: false, endsWhenTold: false });
  world.beginRun('Do it');
  await until('the process is asked for', () => world.count('start_agent') === 1);
  world.interrupt();
  assert.is(await world.ended(1), 'interrupted');
  assert.is(world.count('end_agent'), 1);
  world.beginRun('Now this');
  await quiet();
  assert.is(world.count('start_agent'), 1, 'one process at a time');
  world.started();
  await quiet();
  assert.is(world.heard('initialize').length, 0);
  world.agent.ends({ signal: 'SIGTERM' });
  await until('the next process is asked for', () => world.count('start_agent') === 2);
  world.started();
  await until('the agent has its prompt', () => world.heard('session/prompt').length === 1);
  endTurn(world);
  assert.is(await world.ended(2), 'completed', 'the end of the first process is not the end of the second run');
});

test('a run that waits for the last process to be gone can be interrupted', async () => {
  const world = createWorld({ script: () => {}, endsWhenTold: false });
  world.beginRun('Do it');
  await until('it is initialized', () => world.heard('initialize').length === 1);
  // It is told to end, and may still say why it was silent.
  await world.pass(limits.startDeadlineMs + 5_000);
  assert.is(await world.ended(1), 'failed');
  world.beginRun('Now this');
  await quiet();
  world.interrupt();
  assert.is(await world.ended(2), 'interrupted');
  assert.is(world.count('end_agent'), 1);
});

test.run();
