import * as assert from 'uvu/assert';
import type { FromSession, ToSession } from '../../../actors/protocol/threads/session-messages.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import type { StandIn, Wire } from './agent-script.ts';
import { createWorld, quiet, type World, worldInTurn } from './world.ts';

const test = suite('the boundary around a session actor');

/** What ends the thread when nobody catches it; none of it may come from an actor. */
const escaped: unknown[] = [];
const note = (thrown: unknown): void => void escaped.push(thrown);
test.before(() => void process.on('uncaughtException', note).on('unhandledRejection', note));
test.after(() => void process.off('uncaughtException', note).off('unhandledRejection', note));

/** A fault of ours where the actor first says something of this kind with these words in it. */
const faultAt = (kind: FromSession['kind'], words = ''): ((message: FromSession) => void) => {
  let isDue = true;
  return (message) => {
    if (!isDue || message.kind !== kind || !JSON.stringify(message).includes(words)) return;
    isDue = false;
    throw new TypeError('a fault of ours with sk-ant-api03-0123456789abcdef0123456789');
  };
};

/** Each way into an actor, with a fault on it; where the run has not ended already, somebody else has to say how. */
const ways: Readonly<Record<string, () => Promise<World>>> = {
  'a message': async () => {
    const world = await worldInTurn();
    world.actor.receive({ kind: 'begin_run', run: null } as unknown as ToSession);
    return world;
  },
  'an effect of the machine': async () => {
    const world = await worldInTurn({ onSend: faultAt('agent_input', 'session/cancel') });
    world.interrupt();
    return world;
  },
  'an acknowledgement': async () => {
    const world = await worldInTurn({ onSend: faultAt('commanded') });
    world.interrupt();
    return world;
  },
  'a timer': async () => {
    const world = createWorld({ script: () => {}, onSend: faultAt('end_agent') });
    world.beginRun('Do it');
    await until('the agent is asked', () => world.heard('initialize').length === 1);
    world.time.increment(60_000);
    return world;
  },
  'a promise': async () => {
    const refuses = (wire: Wire, agent: StandIn): void =>
      agent.say({ ...(wire.id === undefined ? {} : { id: wire.id }), error: { code: 1, message: 'no' } });
    const world = createWorld({ script: refuses, onSend: faultAt('end_agent') });
    world.beginRun('Do it');
    return world;
  },
};

for (const [way, meet] of Object.entries(ways)) {
  test(`[law 11] a fault on its way in by ${way} breaks the session and nothing else`, async () => {
    const world = await meet();
    const broken = await until('it is broken', () => world.sent.find((message) => message.kind === 'broken'));
    await world.actor.done;
    await quiet();
    assert.equal(escaped, []);
    if (broken.kind !== 'broken') throw new Error('it is not broken');
    assert.is(broken.error.code, 'internal');
    assert.match(broken.error.message, "the session's actor broke down: ");
    assert.not.match(broken.error.message, '0123456789abcdef');
    assert.match(broken.stack ?? '', 'TypeError');
    assert.is(world.actor.sample().pending, 0, 'what it had recorded is durable');
    const said = world.sent.length;
    world.agent.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'and so on' } });
    await world.pass(20_000);
    assert.is(world.sent.length, said, 'it was its last word');
  });
}

test('[law 11] a session that breaks down ends its agent at once, and says so when what it heard is durable', async () => {
  const world = await worldInTurn({ endsWhenTold: false });
  world.writer.hold();
  world.agent.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'the last words' } });
  world.actor.receive({ kind: 'begin_run', run: null } as unknown as ToSession);
  await quiet();
  assert.equal([world.count('end_agent'), world.count('broken')], [1, 0]);
  world.writer.release();
  await world.actor.done;
  assert.is(world.count('broken'), 1);
  assert.ok(world.facts().some((next) => next.type === 'message' && next.payload.text === 'the last words'));
  assert.equal(world.terminal(), [], 'how the run ended is said by whoever hears of it');
});

test.run();
