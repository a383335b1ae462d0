/** A turn that is refused for now pauses its run, which goes on in the same conversation, once. */
import * as assert from 'uvu/assert';
import { goOnText } from '../../../actors/model/run/decide.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat, capabilities } from './agent-script.ts';
import { createWorld, endTurn, quiet, type World, type WorldOptions } from './world.ts';

const test = suite('pauses');

const pauses = { waitsForLimits: true, retries: 2 };

const inTurn = async (options: Partial<WorldOptions> = {}): Promise<World> => {
  const world = createWorld({ script: agentThat(), timeZone: 'UTC', limits: { pauses }, ...options });
  world.beginRun('Do it');
  await prompted(world, 1);
  return world;
};

const prompted = (world: World, times: number) =>
  until('the agent has its prompt', () => world.heard('session/prompt').length === times);

const refuse = async (world: World, error: { code: number; message: string; data?: unknown }): Promise<void> => {
  const before = world.pauses().length;
  const id = world.heard('session/prompt').at(-1)?.id ?? null;
  world.agent.say({ id, error });
  await until('it is paused or has ended', () => world.pauses().length > before || world.terminal().length > 0);
};

const limit = { code: 429, message: 'Individual quota reached. Resets in 2h30m0s.' };
const overload = { code: -32603, message: 'Internal error', data: { errorKind: 'server_error' } };

const toldLast = (world: World): readonly string[] => {
  const told = world.heard('session/prompt').at(-1)?.params as { prompt: { text: string }[] } | undefined;
  return told?.prompt.map(({ text }) => text) ?? [];
};

test('a limit pauses the run until it is lifted, and the agent is told to go on, once', async () => {
  const world = await inTurn();
  await refuse(world, limit);
  assert.equal(world.terminal(), []);
  const [pause] = world.pauses();
  assert.is(pause?.until, 1_700_000_000_000 + world.time.now() + 9_000_000 + 5_000);
  assert.is(pause?.known, true);
  assert.is(pause?.again, 'continue');
  assert.is(world.count('paused'), 1);
  const [first, second] = [world.goOn(), world.goOn()];
  await prompted(world, 2);
  assert.equal(toldLast(world), [goOnText]);
  assert.equal([first(), second()], [null, null], 'whoever comes second has nothing left to do');
  assert.is(world.facts().filter(({ type }) => type === 'continued').length, 1);
  endTurn(world);
  assert.is(await world.ended(), 'completed');
  assert.is(world.count('start_agent'), 1);
});

test('[law 7] what the agent is told in going on is in the log before it hears it', async () => {
  const world = await inTurn();
  await refuse(world, limit);
  world.writer.hold();
  world.goOn();
  await quiet();
  assert.is(world.heard('session/prompt').length, 1);
  world.writer.release();
  await prompted(world, 2);
  assert.ok(world.order.indexOf('durable continued') < world.order.lastIndexOf('agent session/prompt'));
});

test('an agent that has dropped the refused prompt is told it again, with what was given; one that has worked goes on', async () => {
  const gemini = { agentCommand: 'gemini --acp' };
  const dropped = await inTurn(gemini);
  await refuse(dropped, limit);
  assert.is(dropped.pauses()[0]?.again, 'prompt');
  dropped.goOn();
  await prompted(dropped, 2);
  assert.equal(toldLast(dropped), ['Do it']);
  dropped.agent.update({ sessionUpdate: 'tool_call', toolCallId: 't', title: 'T', kind: 'read', status: 'pending' });
  await refuse(dropped, limit);
  assert.equal(
    dropped.pauses().map(({ again, attempt }) => [again, attempt]),
    [
      ['prompt', 1],
      ['continue', 1],
    ],
  );
  dropped.goOn();
  await prompted(dropped, 3);
  assert.equal(toldLast(dropped), [goOnText]);
});

test('a failed service is tried again so many times, with growing waits, and then the run has failed', async () => {
  const world = await inTurn();
  for (const attempt of [1, 2]) {
    await refuse(world, overload);
    assert.is(world.pauses().at(-1)?.attempt, attempt);
    assert.is(world.pauses().at(-1)?.why, 'service');
    world.goOn();
    await prompted(world, attempt + 1);
  }
  await refuse(world, overload);
  assert.is(await world.ended(), 'failed');
  const waits = world.pauses().map(({ until: then }, at) => {
    const { occurredAt } = world.facts().filter(({ type }) => type === 'paused')[at] ?? { occurredAt: 0 };
    return (then ?? 0) - occurredAt;
  });
  assert.ok((waits[0] ?? 0) >= 5_000 && (waits[0] ?? 0) <= 6_000, String(waits));
  assert.ok((waits[1] ?? 0) >= 10_000 && (waits[1] ?? 0) <= 12_000, String(waits));
});

test('a limit without a time is tried later and later, and never fails the run', async () => {
  const world = await inTurn();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await refuse(world, { code: -32603, message: 'Internal error', data: { errorKind: 'rate_limit' } });
    const last = world.facts().findLast(({ type }) => type === 'paused');
    assert.is(world.pauses().at(-1)?.known, false);
    waits.push((world.pauses().at(-1)?.until ?? 0) - (last?.occurredAt ?? 0));
    world.goOn();
    await prompted(world, attempt + 1);
  }
  assert.equal(world.terminal(), []);
  for (const [at, wait] of waits.entries()) {
    const least = Math.min(60, 5 * 2 ** at) * 60_000;
    assert.ok(wait >= least && wait <= least * 1.2, `${at}: ${wait}`);
  }
});

test('what no waiting mends fails at once, and so does a limit that is not to be waited for', async () => {
  const full = await inTurn();
  await refuse(full, { code: -32603, message: 'Internal error', data: { codexErrorInfo: 'contextWindowExceeded' } });
  assert.is(await full.ended(), 'failed');
  const impatient = await inTurn({ limits: { pauses: { waitsForLimits: false, retries: 0 } } });
  await refuse(impatient, limit);
  assert.is(await impatient.ended(), 'failed');
});

test('an agent that dies in the pause does not fail the run: another takes the conversation up', async () => {
  const world = await inTurn({
    script: agentThat({ initialize: { protocolVersion: 1, agentCapabilities: capabilities() } }),
  });
  await refuse(world, limit);
  world.agent.ends();
  await quiet();
  assert.equal(world.terminal(), []);
  world.goOn();
  await prompted(world, 2);
  assert.is(world.count('start_agent'), 2);
  assert.is(world.heard('session/resume').length, 1);
  assert.equal(toldLast(world), [goOnText]);
  endTurn(world);
  assert.is(await world.ended(), 'completed');
});

test('an interrupt ends a paused run at once, and nothing goes on any more', async () => {
  const world = await inTurn();
  await refuse(world, limit);
  world.interrupt();
  assert.is(await world.ended(), 'interrupted');
  assert.is(world.heard('session/cancel').length, 0);
  world.goOn();
  await quiet();
  assert.is(world.heard('session/prompt').length, 1);
  // Its agent takes the next prompt.
  world.beginRun('Another');
  await prompted(world, 2);
  endTurn(world);
  assert.is(await world.ended(), 'completed');
});

test('[law 18] a person who pauses a run has its turn cancelled and its open request with it; it goes on when told', async () => {
  const world = await inTurn();
  world.agent.say({
    id: 7,
    method: 'session/request_permission',
    params: {
      sessionId: 'conversation-1',
      toolCall: { toolCallId: 'tool', title: 'Tool', kind: 'edit' },
      options: [{ optionId: 'once', name: 'Once', kind: 'allow_once' }],
    },
  });
  await until('it asks', () => world.openApprovals().length === 1);
  const paused = world.pause();
  await until('the turn is cancelled', () => world.heard('session/cancel').length === 1);
  assert.is(paused(), null);
  assert.equal(world.openApprovals(), []);
  const again = world.pause();
  assert.is(again(), 'session.busy');
  // The cancelled turn ends, which is no end of the run.
  endTurn(world, 'cancelled');
  await quiet();
  assert.equal(world.terminal(), []);
  world.goOn('person');
  await prompted(world, 2);
  const twice = world.goOn('person');
  assert.is(twice(), 'session.not_paused');
  endTurn(world);
  assert.is(await world.ended(), 'completed');
});

test('an agent that does not heed the cancel of a pause is ended, and another goes on', async () => {
  const world = await inTurn();
  world.pause();
  await until('the turn is cancelled', () => world.heard('session/cancel').length === 1);
  await world.pass(10_000);
  assert.is(world.count('end_agent'), 1);
  assert.equal(world.terminal(), []);
  world.goOn('person');
  await prompted(world, 2);
  assert.is(world.count('start_agent'), 2);
});

test('[law 12] an agent that floods its model is paused and its turn cancelled; one that backs off is left alone', async () => {
  const world = await inTurn({ agentCommand: 'codex-acp' });
  const retry = (attempt: number): void =>
    world.agent.update({
      sessionUpdate: 'session_info_update',
      _meta: {
        codex: { error: { message: `Reconnecting... ${attempt}/5`, codexErrorInfo: 'other', willRetry: true } },
      },
    });
  for (let attempt = 1; attempt <= 70; attempt += 1) {
    retry(attempt);
    await world.pass(1_500);
  }
  assert.equal(world.pauses(), []);
  for (let attempt = 1; attempt <= 70; attempt += 1) retry(attempt);
  await until('it is paused', () => world.pauses().length === 1);
  assert.is(world.pauses()[0]?.why, 'flood');
  await until('its turn is cancelled', () => world.heard('session/cancel').length === 1);
  endTurn(world, 'cancelled');
  await quiet();
  assert.equal(world.terminal(), []);
});

test.run();
