import * as assert from 'uvu/assert';
import { createHearing } from '../../../../actors/agents/acp/hearing.ts';
import { createReplayFilter, type KnownItems } from '../../../../actors/agents/acp/replay-filter.ts';
import { createTranscript } from '../../../../actors/agents/acp/transcript.ts';
import type { RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('replay filter');

const clock = () => 1 as Timestamp;
const items = (
  messageIds: readonly string[],
  toolCallIds: readonly string[],
  thoughtIds: readonly string[] = [],
): KnownItems => ({
  messageIds: new Set(messageIds),
  thoughtIds: new Set(thoughtIds),
  toolCallIds: new Set(toolCallIds),
});
const message = (text: string, messageId?: string) => ({
  sessionUpdate: 'agent_message_chunk',
  content: { type: 'text', text },
  ...(messageId === undefined ? {} : { messageId }),
});
const thought = (text: string, messageId: string) => ({
  sessionUpdate: 'agent_thought_chunk',
  content: { type: 'text', text },
  messageId,
});
const tool = (toolCallId: string, status = 'completed') => ({ sessionUpdate: 'tool_call', toolCallId, status });

const replay = (known: KnownItems | null, updates: readonly { readonly sessionUpdate: string }[]) => {
  const filter = createReplayFilter({ known, clock, maxStoredTextBytes: 1_000 });
  for (const update of updates) filter.update(update);
  return filter.take();
};
const typesOf = (facts: readonly RunFact[]): readonly string[] => facts.map(({ type }) => type);

test('[law 8] what is known by its id is not news', () => {
  const { replayed, recovered } = replay(items(['m'], ['t']), [message('a', 'm'), tool('t'), tool('t')]);
  assert.is(replayed, 3);
  assert.equal(recovered, []);
});

test('what has an id that the log does not have is news, in its order, and joined', () => {
  const { recovered } = replay(items(['m'], ['t']), [
    message('a', 'm'),
    message('new ', 'n'),
    message('words', 'n'),
    tool('u', 'failed'),
  ]);
  assert.equal(typesOf(recovered), ['message', 'tool_call', 'tool_result']);
  assert.equal(recovered[0]?.payload, { text: 'new words', messageId: 'n', recovered: true });
});

test('a message is news though its thought is known: some agents give both one id', () => {
  const { recovered } = replay(items([], [], ['m']), [thought('hm', 'm'), message('the answer', 'm')]);
  assert.equal(
    recovered.map(({ type, payload }) => [type, payload]),
    [['message', { text: 'the answer', messageId: 'm', recovered: true }]],
  );
  assert.equal(typesOf(replay(items(['m'], []), [thought('hm', 'm'), message('a', 'm')]).recovered), ['thinking']);
});

test('a message without an id is never news, nor is one when the log has no ids at all', () => {
  assert.equal(replay(items(['m'], []), [message('a')]).recovered, []);
  assert.equal(replay(items([], []), [message('a', 'm')]).recovered, []);
});

test('what the person said, and what the agent says of itself, is never news', () => {
  const { replayed, recovered } = replay(items(['m'], ['t']), [
    { sessionUpdate: 'user_message_chunk', ...{ messageId: 'u', content: { type: 'text', text: 'x' } } },
    { sessionUpdate: 'available_commands_update' },
    { sessionUpdate: 'usage_update', ...{ used: 5 } },
    { sessionUpdate: 'plan', ...{ entries: [] } },
  ]);
  assert.is(replayed, 4);
  assert.equal(recovered, []);
});

test('when it cannot be found out what the log has, nothing is news', () => {
  assert.equal(replay(null, [message('a', 'm'), tool('t')]).recovered, []);
});

const hearingWorld = () => {
  const facts: RunFact[] = [];
  const offers: (readonly [string, boolean])[] = [];
  const transcript = createTranscript({
    record: (next) => facts.push(next),
    clock,
    setTimer: () => () => {},
    maxStoredTextBytes: 1_000,
  });
  const hearing = createHearing({
    transcript: () => transcript,
    clock,
    maxStoredTextBytes: 1_000,
    onOffer: ({ sessionUpdate }, inTurn) => {
      offers.push([sessionUpdate, inTurn]);
      return true;
    },
  });
  return { facts, offers, hearing, notes: () => facts.flatMap((next) => (next.type === 'note' ? [next.payload] : [])) };
};

test('[law 8] what an agent tells after its answer to the load belongs to the replay until the turn begins', () => {
  const { facts, hearing, notes } = hearingWorld();
  hearing.replayBegins(items(['m'], ['t']));
  hearing.update(message('a', 'm'));
  hearing.replayEnds();
  hearing.update({ sessionUpdate: 'available_commands_update' });
  hearing.update(tool('u'));
  hearing.turnBegins();
  assert.equal(notes(), [
    { note: 'conversation_replayed', updates: 1, recovered: 0 },
    { note: 'conversation_replayed', updates: 2, recovered: 2 },
  ]);
  hearing.update({ sessionUpdate: 'available_commands_update' });
  assert.equal(typesOf(facts), ['note', 'tool_call', 'tool_result', 'note', 'note']);
});

test('without anything replayed there is nothing to note', () => {
  const { facts, hearing } = hearingWorld();
  hearing.replayBegins(items([], []));
  hearing.replayEnds();
  hearing.turnBegins();
  assert.equal(facts, []);
});

test('after a refused load the updates of the new conversation are news', () => {
  const { facts, hearing } = hearingWorld();
  hearing.replayBegins(items([], []));
  hearing.replayRefused();
  hearing.update({ sessionUpdate: 'available_commands_update' });
  assert.equal(typesOf(facts), ['note']);
});

test('what can be chosen is heard at any time, and is no part of a replay', () => {
  const { facts, offers, hearing } = hearingWorld();
  const mode = { sessionUpdate: 'current_mode_update', ...{ currentModeId: 'plan' } };
  hearing.update(mode);
  hearing.replayBegins(null);
  hearing.update(mode);
  hearing.replayEnds();
  hearing.update(mode);
  hearing.turnBegins();
  hearing.update({ sessionUpdate: 'config_option_update', ...{ configOptions: [{ id: 'model', currentValue: 'x' }] } });
  assert.equal(offers, [
    ['current_mode_update', false],
    ['current_mode_update', false],
    ['current_mode_update', false],
    ['config_option_update', true],
  ]);
  assert.equal(facts, []);
});

test.run();
