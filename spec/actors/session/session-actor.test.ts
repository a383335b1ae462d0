import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { answerTo, askPermission, endTurn, worldInTurn } from './world.ts';

const test = suite('session actor');

test('a run goes from its prompt over starting and running to completed', async () => {
  const world = await worldInTurn();
  world.agent.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'Done.' } });
  endTurn(world);
  assert.is(await world.ended(), 'completed');
  assert.equal(
    world.facts().flatMap((next) => (next.type === 'status' ? [next.payload.status] : [])),
    ['starting', 'running', 'completed'],
  );
  const message = world.facts().find((next) => next.type === 'message');
  assert.is(message?.type === 'message' && message.payload.text, 'Done.');
});

test('late lines after the end are kept, and give no second status', async () => {
  const world = await worldInTurn();
  endTurn(world);
  await world.ended();
  const before = world.facts().length;
  world.agent.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'by the way' } });
  endTurn(world);
  askPermission(world, 7);
  world.agent.ends();
  await world.pass(100);
  const late = world.facts().slice(before);
  assert.equal(
    late.map((next) => (next.type === 'note' ? next.payload.note : next.type)),
    ['message', 'unexpected', 'unexpected'],
  );
  assert.equal(world.terminal(), ['completed']);
  assert.equal(answerTo(world, 7), { jsonrpc: '2.0', id: 7, result: { outcome: { outcome: 'cancelled' } } });
});

test.run();
