import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { createWorld, endTurn, limits, quiet, worldInTurn } from './world.ts';

const test = suite('durability');

test('[law 1] stop keeps a running status and waits until everything recorded is durable', async () => {
  const world = await worldInTurn();
  world.agent.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'half a sen' } });
  world.writer.hold();
  let isDone = false;
  void world.actor.done.then(() => {
    isDone = true;
  });
  world.stop();
  endTurn(world);
  world.agent.ends();
  await quiet();
  assert.not.ok(isDone);
  world.writer.release();
  await world.actor.done;
  assert.ok(world.facts().some((next) => next.type === 'message' && next.payload.text === 'half a sen'));
  assert.equal(world.terminal(), []);
});

test('after a stop no timer records anything any more', async () => {
  const interrupted = await worldInTurn();
  interrupted.interrupt();
  await quiet();
  interrupted.stop();
  await interrupted.actor.done;
  const starting = createWorld({ script: () => {} });
  starting.beginRun('Do it');
  await until('it is initialized', () => starting.heard('initialize').length === 1);
  starting.stop();
  await starting.actor.done;
  for (const world of [interrupted, starting]) {
    const before = world.facts().length;
    await world.pass(limits.startDeadlineMs + 1_000);
    assert.is(world.facts().length, before);
    assert.is(world.count('end_agent'), 0);
  }
});

test('an agent that goes on talking does not keep a stop from ending', async () => {
  const world = await worldInTurn();
  world.writer.hold();
  world.agent.update({ sessionUpdate: 'notice', text: 'one' });
  world.stop();
  world.agent.update({ sessionUpdate: 'notice', text: 'two' });
  world.writer.release();
  await world.actor.done;
  assert.is(world.notes('notice').length, 1);
});

test('stop waits for the events of the run before as well', async () => {
  const world = await worldInTurn();
  endTurn(world);
  await world.ended(1);
  world.writer.hold();
  world.agent.update({ sessionUpdate: 'notice', text: 'late' });
  await quiet();
  world.beginRun('And this');
  let isDone = false;
  void world.actor.done.then(() => {
    isDone = true;
  });
  world.stop();
  await quiet();
  assert.not.ok(isDone);
  world.writer.release();
  await world.actor.done;
  assert.is(world.notes('notice', 1).length, 1);
});

test('[law 12] credit is withheld while more than 100 events are on their way, and given back from half of it', async () => {
  const world = await worldInTurn();
  await quiet();
  world.writer.hold();
  const credit = (): number =>
    world.sent.reduce((sum, message) => sum + (message.kind === 'agent_credit' ? message.bytes : 0), 0);
  let said = credit();
  const say = (count: number): void => {
    for (let n = 0; n < count; n += 1) {
      const line = Buffer.from(
        `${JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params: { sessionId: 'conversation-1', update: { sessionUpdate: 'notice', n } } })}\n`,
      );
      said += line.byteLength;
      world.agent.bytes(line);
    }
  };
  say(100);
  await quiet();
  assert.is(credit(), said, 'at 100 events the credit still flows');
  const before = credit();
  say(50);
  await quiet();
  assert.is(credit(), before);
  world.writer.releaseOnly(90);
  assert.is(credit(), before, 'with 60 on their way it is still withheld');
  world.writer.releaseOnly(20);
  assert.is(credit(), said);
});

test('[law 3] a writer that is started again gets exactly what was not acknowledged', async () => {
  const world = await worldInTurn();
  await quiet();
  const durable = world.facts().length;
  world.writer.hold();
  for (const n of [1, 2, 3, 4]) world.agent.update({ sessionUpdate: 'notice', n });
  await quiet();
  world.writer.releaseOnly(1);
  world.writer.arrived.length = 0;
  world.writer.restart();
  await quiet();
  assert.equal(
    world.writer.arrived.map((batch) => [Number(batch.firstSeq), batch.events.length]),
    [[durable + 2, 3]],
  );
  world.writer.release();
  endTurn(world);
  await world.ended();
  assert.equal(
    world.notes('notice').map((note) => (note.update as { n: number }).n),
    [1, 2, 3, 4],
  );
});

test('what the writer refuses is reported, and ends the actor', async () => {
  const world = await worldInTurn();
  world.writer.hold();
  world.agent.update({ sessionUpdate: 'notice' });
  await quiet();
  const [batch] = world.writer.arrived.slice(-1);
  assert.ok(batch);
  world.writer.outbox.receive({
    kind: 'acknowledged',
    results: [
      {
        kind: 'refused',
        runKey: batch.runKey,
        lastSeq: batch.firstSeq,
        error: { code: 'append.conflict', message: 'they are other events', hint: null },
      },
    ],
  });
  await world.actor.done;
  const broken = world.sent.find((message) => message.kind === 'broken');
  assert.is(broken?.kind === 'broken' && broken.error.code, 'append.conflict');
});

test.run();
