import * as assert from 'uvu/assert';
import { createTranscript } from '../../../actors/agents/acp/transcript.ts';
import { createKnownItems } from '../../../actors/model/run/known-items.ts';
import type { RunFact } from '../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../actors/protocol/facts/ids.ts';
import type { HostReply } from '../../../actors/protocol/threads/session-messages.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { agentThat } from './agent-script.ts';
import { live, readRecording, updatesOf, withoutResume } from './recordings.ts';
import { createWorld, quiet, worldInTurn } from './world.ts';

const test = suite('fourteen points: the conversation');

const spoken = (facts: readonly RunFact[]) =>
  facts.filter((next) => next.type === 'message' || next.type === 'thinking' || next.type === 'tool_call');

/** What the log has when a recorded live conversation was heard. */
const itemsOf = (name: Parameters<typeof updatesOf>[0]): HostReply => {
  const known = createKnownItems();
  const transcript = createTranscript({
    record: known.take,
    clock: () => 1 as Timestamp,
    setTimer: () => () => {},
    maxStoredTextBytes: 4_096,
  });
  for (const update of updatesOf(name)) transcript.update(update);
  transcript.flush();
  return { kind: 'known_items', ...known.known(), standing: {} };
};

/** The ids of a recording's messages and tool calls. */
const idsIn = (name: Parameters<typeof updatesOf>[0]) => {
  const field = (key: string, kinds: RegExp): string[] => [
    ...new Set(
      updatesOf(name).flatMap(({ sessionUpdate, [key]: id }) =>
        typeof id === 'string' && kinds.test(sessionUpdate) ? [id] : [],
      ),
    ),
  ];
  return {
    messageIds: field('messageId', /^agent_message_chunk$/),
    thoughtIds: field('messageId', /^agent_thought_chunk$/),
    toolCallIds: field('toolCallId', /^tool_call/),
  };
};

const untilPrompt = (message: { readonly method?: string }): boolean => message.method === 'session/prompt';

for (const agent of ['opencode-1.18.33', 'claude-agent-acp-0.49.0'] as const) {
  test(`1: what ${agent} replays before and after its answer to a load is not news`, async () => {
    const { world } = await live(`${agent}.load`, {
      agentSessionId: 'earlier',
      change: withoutResume,
      onRequest: () => itemsOf(`${agent}.live`),
      stopsBefore: untilPrompt,
    });
    await until('the conversation is open', () => world.conversations().length === 1);
    await quiet();
    assert.equal(spoken(world.facts()), []);
    assert.is(world.notes('available_commands_update').length, 0);
    const [replayed] = world.notes('conversation_replayed');
    assert.ok(Number(replayed?.updates) > 5);
    assert.is(replayed?.recovered, 0);
  });

  test(`2: live and replayed items of ${agent} match by their ids`, () => {
    const live = idsIn(`${agent}.live`);
    const steps = readRecording(`${agent}.load`);
    const opened = steps.findIndex(({ dir, msg }) => dir === 'c2a' && msg.method === 'session/prompt');
    for (const { dir, msg } of steps.slice(0, opened)) {
      const { update } = (msg.params ?? {}) as { update?: Record<string, unknown> };
      if (dir !== 'a2c' || update === undefined) continue;
      if (typeof update.toolCallId === 'string') assert.ok(live.toolCallIds.includes(update.toolCallId));
      // What the person said is told under ids that were never heard live: it is ours, and never matched.
      if (update.sessionUpdate === 'user_message_chunk' || typeof update.messageId !== 'string') continue;
      const known = update.sessionUpdate === 'agent_thought_chunk' ? live.thoughtIds : live.messageIds;
      assert.ok(known.includes(update.messageId), `${update.sessionUpdate} ${update.messageId}`);
    }
  });

  test(`3: ${agent} resumes its conversation, and replays nothing`, async () => {
    const { world } = await live(`${agent}.resume`, { agentSessionId: 'earlier', stopsBefore: untilPrompt });
    await until('the conversation is open', () => world.conversations().length === 1);
    assert.is(world.conversations()[0]?.how, 'resumed');
    assert.is(world.heard('session/load').length, 0);
    assert.is(world.notes('conversation_replayed').length, 0);
    assert.equal(spoken(world.facts()), []);
  });
}

test('2: claude uses one message id for a thought and its message, which stay two items', async () => {
  const { world } = await live('claude-agent-acp-0.49.0.live', { stopsBefore: ({ method }) => method === undefined });
  await world.pass(100);
  const ids = world
    .facts()
    .flatMap((next) =>
      next.type === 'message' || next.type === 'thinking' ? [`${next.type} ${next.payload.messageId}`] : [],
    );
  assert.ok(ids.includes('thinking msg_2') && ids.includes('message msg_2'));
});

test("4: a killed turn's partial text stays in our log, though the agent's own history has lost it", async () => {
  const { world } = await live('opencode-1.18.33.live');
  await world.pass(100);
  const before = spoken(world.facts());
  assert.ok(before.length > 0);
  world.agent.ends();
  assert.is(await world.ended(), 'failed');
  const killed = before.flatMap((next) => (next.type === 'message' ? [next.payload] : []));
  assert.match(killed.map(({ text }) => text).join(''), 'word0 word1');
  const replayed = updatesOf('opencode-1.18.33.load', 'agent_message_chunk').map(({ messageId }) => messageId);
  assert.not.ok(killed.some(({ messageId }) => replayed.includes(messageId)));
  assert.equal(spoken(world.facts()), before);
});

test('5: what a child of claude did after our kill is taken in from its replay, marked as recovered', async () => {
  const { world } = await live('claude-agent-acp-0.49.0.load-after-kill', {
    agentSessionId: 'earlier',
    change: withoutResume,
    onRequest: () => itemsOf('claude-agent-acp-0.49.0.killed-in-permission'),
  });
  await until('the conversation is open', () => world.conversations().length === 1);
  const recovered = world.facts().filter((next) => 'recovered' in next.payload && next.payload.recovered === true);
  const tools = recovered.flatMap((next) => (next.type === 'tool_result' ? [next.payload] : []));
  assert.equal(
    tools.map(({ toolCallId, status }) => `${toolCallId} ${status}`),
    ['toolu_3 failed'],
    'the tool that was known is not told again',
  );
  assert.ok(recovered.some((next) => next.type === 'message'));
  assert.ok(Number(world.notes('conversation_replayed')[0]?.recovered) > 0);
});

test('5: an agent is ended as a group and asked for nothing more, so that no child lives on', async () => {
  const world = await worldInTurn();
  world.interrupt();
  await quiet();
  await world.pass(10_000);
  assert.is(world.count('end_agent'), 1);
});

for (const agent of ['opencode-1.18.33', 'claude-agent-acp-0.49.0'] as const) {
  test(`6: a permission that ${agent} waited for when it was killed is closed by us, and its tool stays open`, async () => {
    const { world } = await live(`${agent}.killed-in-permission`);
    await until('it is asked', () => world.openApprovals().length === 1);
    world.agent.ends();
    assert.is(await world.ended(), 'failed');
    assert.equal(
      world.facts().flatMap((next) => (next.type === 'approval_resolved' ? [next.payload.outcome] : [])),
      ['cancelled'],
    );
    assert.not.ok(world.typesOf().includes('tool_result'));
  });
}

test('7: the mode is set again over a load, whatever the agent starts in', async () => {
  const { world } = await live('claude-agent-acp-0.49.0.load', {
    agentSessionId: 'earlier',
    change: withoutResume,
    mode: 'plan',
    stopsBefore: untilPrompt,
  });
  await until('the conversation is open', () => world.conversations().length === 1);
  assert.equal(
    world.heard('session/set_config_option').map(({ params }) => (params as { value: string }).value),
    ['plan'],
  );
  assert.is(world.conversations()[0]?.mode, 'plan');
});

test('7: a mode that the agent changes to in its turn is remembered, one that it starts in is not', async () => {
  const world = createWorld({
    mode: 'plan',
    agentSessionId: 'earlier',
    script: agentThat({
      opened: { modes: { currentModeId: 'default', availableModes: [{ id: 'default' }, { id: 'plan' }] } },
      on: (message, agent) => {
        if (message.method === 'session/resume') {
          agent.update({ sessionUpdate: 'current_mode_update', currentModeId: 'default' });
        }
        return false;
      },
    }),
  });
  const learnt = (): readonly string[] =>
    world.sent.flatMap((message) =>
      message.kind === 'ledger' && message.fact.type === 'agent_mode_learnt' ? [message.fact.payload.mode] : [],
    );
  world.beginRun('Do it');
  await until('the agent has its prompt', () => world.heard('session/prompt').length === 1);
  assert.equal(learnt(), []);
  world.agent.update({ sessionUpdate: 'current_mode_update', currentModeId: 'default' });
  world.agent.update({ sessionUpdate: 'current_mode_update', currentModeId: 'default' });
  world.agent.update({
    sessionUpdate: 'config_option_update',
    configOptions: [{ id: 'mode', category: 'mode', currentValue: 'build' }],
  });
  assert.equal(learnt(), ['default', 'build']);
});

test.run();
