import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat, capabilities, type Script } from './agent-script.ts';
import { createWorld, endTurn, quiet, type World, type WorldOptions, worldInTurn } from './world.ts';

const test = suite('what of the agent is chosen', { timeLimitMs: 20_000 });

const modes = {
  currentModeId: 'auto',
  availableModes: [{ id: 'auto', name: 'Auto' }, { id: 'default', name: 'Manual' }, { id: 'plan' }],
};
const model = {
  id: 'model',
  name: 'Model',
  category: 'model',
  type: 'select',
  currentValue: 'small',
  options: [
    { group: 'g', name: 'Ours', options: [{ value: 'small', name: 'Small' }] },
    { group: 'h', name: 'Theirs', options: [{ value: 'big', name: 'Big' }] },
  ],
};
const fast = { id: 'fast', name: 'Fast', type: 'boolean', currentValue: false };
const opened = { sessionId: 'conversation-1', modes, configOptions: [model, fast] };

/** An agent with these options, which refuses what is named. */
const offering = (
  given: Record<string, unknown> = opened,
  refused: readonly string[] = [],
  name = 'some-agent',
): Script =>
  agentThat({
    initialize: { protocolVersion: 1, agentCapabilities: capabilities(), agentInfo: { name, version: '1' } },
    opened: given,
    on: (message, agent) => {
      if (!refused.includes(message.method ?? '')) return false;
      agent.say({ id: message.id ?? null, error: { code: -32602, message: 'I will not' } });
      return true;
    },
  });

const settings = (world: World): readonly unknown[] =>
  world.heardByAgent.flatMap(({ method, params }) =>
    method?.startsWith('session/set') ? [{ method, ...(params as Record<string, unknown>), sessionId: undefined }] : [],
  );
const options = (world: World) =>
  world.facts().flatMap((next) => (next.type === 'options' ? [next.payload.options] : []));
const valuesOf = (world: World): Record<string, unknown> =>
  Object.fromEntries((options(world).at(-1) ?? []).map(({ id, value }) => [id, value]));
const failure = (world: World) => {
  const error = world.facts().find((next) => next.type === 'error');
  return error?.type === 'error' ? error.payload : null;
};
const notices = (world: World) => world.facts().flatMap((next) => (next.type === 'notice' ? [next.payload.text] : []));
const ledger = (world: World) => world.sent.flatMap((message) => (message.kind === 'ledger' ? [message.fact] : []));

const failing = async (given: Partial<WorldOptions>): Promise<World> => {
  const world = createWorld({ script: offering(), ...given });
  world.beginRun('Do it');
  assert.is(await world.ended(), 'failed');
  assert.is(world.heard('session/prompt').length, 0, 'the prompt was not sent');
  return world;
};

test('what the agent offers is in the log: options first, then modes, in one shape', async () => {
  const world = await worldInTurn({ script: offering() });
  assert.equal(options(world), [
    [
      {
        id: 'model',
        name: 'Model',
        category: 'model',
        value: 'small',
        choices: [
          { value: 'small', name: 'Small', group: 'Ours' },
          { value: 'big', name: 'Big', group: 'Theirs' },
        ],
      },
      { id: 'fast', name: 'Fast', value: false },
      {
        id: 'mode',
        name: 'Mode',
        category: 'mode',
        value: 'auto',
        choices: [
          { value: 'auto', name: 'Auto' },
          { value: 'default', name: 'Manual' },
          { value: 'plan', name: 'plan' },
        ],
      },
    ],
  ]);
});

test('what was chosen is set before the prompt, each in its own way', async () => {
  const world = await worldInTurn({
    script: offering(),
    mode: 'plan',
    choices: { fast: 'true', mode: 'plan', model: 'big' },
  });
  assert.equal(settings(world), [
    { method: 'session/set_config_option', configId: 'model', value: 'big', sessionId: undefined },
    { method: 'session/set_config_option', configId: 'fast', type: 'boolean', value: true, sessionId: undefined },
    { method: 'session/set_mode', modeId: 'plan', sessionId: undefined },
  ]);
  assert.equal(valuesOf(world), { model: 'big', fast: true, mode: 'plan' });
  assert.is(options(world).length, 1, 'told once');
  assert.is(world.conversations()[0]?.mode, 'plan');
});

test('a mode that the agent does not offer fails the run before its prompt, with what it offers', async () => {
  const world = await failing({ mode: 'plaan', choices: { mode: 'plaan' } });
  assert.is(failure(world)?.code, 'agent.option_unknown');
  assert.is(failure(world)?.message, 'the agent has no mode plaan; it offers auto, default, plan');
  assert.ok(options(world).length > 0, 'what it offers is in the log');
});

test('so does an option that it does not have, and a value that it does not know', async () => {
  const none = await failing({ choices: { speed: 'high' } });
  assert.is(failure(none)?.message, 'the agent has no option speed; it offers model, fast, mode');
  const value = await failing({ choices: { fast: 'very' } });
  assert.match(failure(value)?.message ?? '', 'fast is on or off');
  const nothing = await failing({ script: offering({ sessionId: 's' }), choices: { model: 'big' } });
  assert.match(failure(nothing)?.message ?? '', 'the agent has no option model');
});

test('a setting that the agent refuses fails the run, when it was asked for by a person', async () => {
  const world = await failing({
    script: offering(opened, ['session/set_mode']),
    mode: 'plan',
    choices: { mode: 'plan' },
  });
  assert.match(failure(world)?.message ?? '', 'I will not');
});

test('a default that is no longer there, or is refused, costs a notice', async () => {
  const gone = await worldInTurn({ script: offering(), defaults: { model: 'huge', mode: 'yolo' } });
  assert.is(notices(gone).length, 2);
  assert.match(notices(gone).join(), 'the agent has no model huge; it offers small, big');
  assert.equal(settings(gone), []);
  const refused = await worldInTurn({
    script: offering(opened, ['session/set_config_option']),
    defaults: { model: 'big' },
  });
  assert.match(notices(refused).join(), 'I will not');
  const learnt = await worldInTurn({ script: offering(), mode: 'code' });
  assert.match(notices(learnt).join(), 'the agent has no mode code');
});

test('the mode and options of older agents: models are set by session/set_model', async () => {
  const models = { currentModelId: 'flash', availableModels: [{ modelId: 'flash', name: 'F' }, { modelId: 'pro' }] };
  const world = await worldInTurn({
    script: agentThat({
      opened: { sessionId: 's', modes, models },
      on: (message, agent) => {
        if (message.method !== 'session/set_model') return false;
        agent.say({ id: message.id ?? null, result: {} });
        return true;
      },
    }),
    choices: { model: 'pro' },
  });
  assert.equal(settings(world), [{ method: 'session/set_model', modelId: 'pro', sessionId: undefined }]);
  assert.equal(valuesOf(world), { mode: 'auto', model: 'pro' });
});

test('[law 18] under ask the mode that asks is chosen, of an agent that begins in another', async () => {
  for (const approvalPolicy of ['ask', 'deny'] as const) {
    const world = await worldInTurn({
      script: offering(opened, [], '@agentclientprotocol/claude-agent-acp'),
      approvalPolicy,
    });
    assert.equal(settings(world), [{ method: 'session/set_mode', modeId: 'default', sessionId: undefined }]);
    assert.is(world.conversations()[0]?.asks, true);
  }
  const allowed = await worldInTurn({ script: offering(opened, [], 'claude-agent-acp'), approvalPolicy: 'allow' });
  assert.equal(settings(allowed), []);
  assert.is(allowed.conversations()[0]?.asks, false);
  const chosen = await worldInTurn({
    script: offering(opened, [], 'claude-agent-acp'),
    mode: 'auto',
    choices: { mode: 'auto' },
  });
  assert.equal(settings(chosen), []);
  assert.is(chosen.conversations()[0]?.asks, false, 'a person chose one that does not ask');
});

test('[law 18] an agent that cannot be made to ask is marked so, of an unknown one nothing is claimed', async () => {
  const pi = await worldInTurn({ script: offering({ sessionId: 's' }, [], 'pi-acp') });
  assert.is(pi.conversations()[0]?.asks, false);
  const refusing = await worldInTurn({ script: offering(opened, ['session/set_mode'], 'claude-agent-acp') });
  assert.is(refusing.conversations()[0]?.asks, false);
  assert.match(notices(refusing).join(), 'I will not');
  const unknown = await worldInTurn({ script: offering() });
  assert.is(unknown.conversations()[0]?.asks, null);
});

test('[law 18] whether it asks is told again when its mode changes', async () => {
  const world = await worldInTurn({ script: offering(opened, [], 'claude-agent-acp') });
  world.agent.update({ sessionUpdate: 'current_mode_update', currentModeId: 'auto' });
  await quiet();
  const told = world.facts().flatMap((next) => (next.type === 'options' ? [next.payload.asks] : []));
  assert.equal(told, [true, false]);
});

test('what a person chooses in a turn is set at once, and again in the next conversation', async () => {
  const world = await worldInTurn({ script: offering() });
  const reply = world.choose('model', 'big');
  await until('it is answered', () => reply() === null);
  assert.equal(valuesOf(world), { model: 'big', fast: false, mode: 'auto' });
  endTurn(world);
  await world.ended(1);
  world.agent.ends();
  world.beginRun('And this');
  await until('the agent has its second prompt', () => world.heard('session/prompt').length === 2);
  assert.is(world.heard('session/resume').length, 1);
  assert.is(settings(world).length, 2);
});

test('a choice that the agent refuses is answered so, and what there was is what is set from then on', async () => {
  const world = await worldInTurn({ script: offering(opened, ['session/set_config_option']) });
  const refused = world.choose('model', 'big');
  await until('it is answered', () => refused() === 'agent.option_refused');
  assert.equal(
    ledger(world).flatMap((next) => (next.type === 'option_chosen' ? [next.payload] : [])),
    [{ optionId: 'model', value: 'small' }],
  );
  const unknown = world.choose('mode', 'plaan');
  await until('it is answered', () => unknown() === 'agent.option_unknown');
});

test('a choice while no agent lives, or while one is started, is set when its conversation is open', async () => {
  const world = createWorld({
    script: agentThat({
      opened,
      on: (message) => message.method === 'session/new' && world.heard('session/new').length === 0,
    }),
  });
  const early = world.choose('fast', true);
  await until('it is answered', () => early() === null);
  world.beginRun('Do it');
  await until('the agent is asked', () => world.heard('session/new').length === 1);
  const meanwhile = world.choose('model', 'big');
  await until('it is answered', () => meanwhile() === null);
  await until('the agent has its prompt', () => world.heard('session/prompt').length === 1);
  assert.equal(valuesOf(world), { model: 'big', fast: true, mode: 'auto' });
});

test('what the agent changes by itself is told; its mode is remembered, in a turn only', async () => {
  const world = await worldInTurn({ script: offering(), mode: 'plan', choices: { mode: 'plan' } });
  world.agent.update({ sessionUpdate: 'config_option_update', configOptions: [{ ...model, currentValue: 'big' }] });
  world.agent.update({ sessionUpdate: 'config_option_update', configOptions: [{ ...model, currentValue: 'big' }] });
  await quiet();
  assert.equal(valuesOf(world), { model: 'big', mode: 'plan' });
  assert.is(options(world).length, 2, 'what it repeats is not told again');
  assert.equal(
    ledger(world).filter(({ type }) => type === 'agent_mode_learnt'),
    [],
  );
  world.agent.update({ sessionUpdate: 'current_mode_update', currentModeId: 'default' });
  await quiet();
  const learnt = ledger(world).flatMap((next) => (next.type === 'agent_mode_learnt' ? [next.payload.mode] : []));
  assert.equal(learnt, ['default']);
  assert.is(valuesOf(world).mode, 'default');
  assert.is(world.notes('current_mode_update').length + world.notes('config_option_update').length, 0);
});

test('what cannot be read of an offer costs that part and a note', async () => {
  const world = await worldInTurn({
    script: offering({
      sessionId: 's',
      modes: { currentModeId: null, availableModes: [{ id: 'a' }, { name: 'no id' }] },
      configOptions: [{ configId: 'model', name: 'Model' }, fast, { id: 'odd', type: 'slider', currentValue: 5 }],
      models: 'none',
    }),
  });
  assert.equal(
    options(world)
      .at(-1)
      ?.map(({ id, value, choices }) => [id, value, choices?.length]),
    [
      ['fast', false, undefined],
      ['mode', null, 1],
    ],
  );
  assert.is(world.notes('option_unread').length, 4);
});

test('[law 17] what an agent offers is bounded, and what is beyond can be chosen all the same', async () => {
  const many = {
    ...model,
    options: Array.from({ length: 3_000 }, (_, index) => ({ value: `m${index}`, name: 'x'.repeat(5_000) })),
  };
  const world = await worldInTurn({
    script: offering({
      sessionId: 's',
      configOptions: [many, ...Array.from({ length: 500 }, (_, index) => ({ ...fast, id: `f${index}` }))],
    }),
    choices: { model: 'm2999' },
  });
  const [told = []] = options(world);
  assert.is(told.length, 100);
  assert.is(told[0]?.choices?.length, 500);
  assert.is(told[0]?.choicesLeftOut, 2_500);
  assert.ok(JSON.stringify(told).length < 300_000);
  assert.is(told[0]?.value, 'm2999');
});

test.run();
