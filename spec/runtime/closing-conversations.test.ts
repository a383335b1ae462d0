import { equal, is } from 'uvu/assert';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { createKeepingAgent } from '../support/keeping-agent.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, gone, happened, historyOf, saidIn, start } from '../support/world.ts';

const test = suite('closing conversations', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const parked = { parkAfterMinutes: 0.001 };

test('an agent that is parked closes its conversation first, and what it tells then is kept', async () => {
  const world = createWorld('closing');
  const runtime = await world.open(parked);
  const agent = createKeepingAgent();
  const { id } = await start(runtime, world, agent.as('last-word'));
  await ended(runtime, id);
  await gone('the parked agent', () => world.agents(id));
  equal(agent.heard('session/close'), ['session/close kept-1']);
  is(saidIn(await historyOf(runtime, id)), 'Heard: Do it.One last word.');
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('one that does not answer is ended all the same, and a prompt that comes meanwhile does not wait for it', async () => {
  const world = createWorld('closing');
  const runtime = await world.open(parked);
  const agent = createKeepingAgent();
  const { id } = await start(runtime, world, agent.as('never-closes'));
  for (let run = 1; run <= 2; run += 1) {
    await until('its conversation is being closed', () => agent.heard('session/close').length === run);
    await runtime.prompt(id, `Number ${run}.`);
    is((await ended(runtime, id)).status, 'Completed');
  }
  await until('it is closed a last time', () => agent.heard('session/close').length === 3);
  await gone('the agent that does not answer', () => world.agents(id));
  is(saidIn(await historyOf(runtime, id)), 'Heard: Do it.Heard: Number 1.Heard: Number 2.');
  await world.close();
});

test('a removal closes the conversation; a stop of the runtime does not, nor is an agent asked that does not offer it', async () => {
  const world = createWorld('closing');
  const runtime = await world.open();
  const agent = createKeepingAgent();
  const sessions: SessionId[] = [];
  for (const way of ['', 'no-close', '']) {
    const { id } = await start(runtime, world, agent.as(...(way === '' ? [] : [way])));
    await ended(runtime, id);
    sessions.push(id);
  }
  const [first, second, third] = sessions;
  if (first === undefined || second === undefined || third === undefined) throw new Error('there are three');
  await runtime.remove(first, { force: false });
  equal(agent.heard('session/close'), ['session/close kept-1']);
  await runtime.remove(second, { force: false });
  await happened(runtime, third, 'the third has ended', ({ type }) => type === 'status');
  await world.close();
  equal(agent.heard('session/close'), ['session/close kept-1']);
});

test.run();
