import * as assert from 'uvu/assert';
import { createHearing } from '../../../../actors/agents/acp/hearing.ts';
import { createStanding } from '../../../../actors/agents/acp/standing.ts';
import { createTranscript } from '../../../../actors/agents/acp/transcript.ts';
import { hashOfText } from '../../../../actors/model/run/item-marks.ts';
import { createKnownItems } from '../../../../actors/model/run/known-items.ts';
import { fact, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import type { KnownItems } from '../../../../actors/protocol/facts/known-item.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('hearing');

type Update = { readonly sessionUpdate: string } & Record<string, unknown>;

const clock = () => 1 as Timestamp;
const message = (text: string, messageId?: string): Update => ({
  sessionUpdate: 'agent_message_chunk',
  content: { type: 'text', text },
  ...(messageId === undefined ? {} : { messageId }),
});
const tool = (toolCallId: string): Update => ({ sessionUpdate: 'tool_call', toolCallId, status: 'completed' });
const commands = (...names: readonly string[]): Update => ({
  sessionUpdate: 'available_commands_update',
  availableCommands: names.map((name) => ({ name, description: name })),
});
const mode: Update = { sessionUpdate: 'current_mode_update', currentModeId: 'plan' };

const known = (...facts: readonly RunFact[]): KnownItems => {
  const items = createKnownItems();
  for (const next of facts) items.take(next);
  return { ...items.known(), standing: {} };
};

const hearingWorld = (conversation: string | null = 'own') => {
  const facts: RunFact[] = [];
  const offers: (readonly [string, boolean])[] = [];
  const standing = createStanding();
  const newRun = () =>
    createTranscript({
      record: (next) => facts.push(next),
      clock,
      setTimer: () => () => {},
      maxStoredTextBytes: 1_000,
      standing,
    });
  let transcript = newRun();
  const hearing = createHearing({
    transcript: () => transcript,
    clock,
    maxStoredTextBytes: 1_000,
    conversation: () => conversation,
    onOffer: ({ sessionUpdate }, inTurn) => {
      offers.push([sessionUpdate, inTurn]);
      return true;
    },
  });
  return {
    facts,
    offers,
    hearing,
    standing,
    nextRun: () => {
      transcript = newRun();
    },
    hear: (update: Update, sessionId = 'own'): readonly RunFact[] => {
      const before = facts.length;
      hearing.update(update, sessionId);
      transcript.flush();
      return facts.slice(before);
    },
    notes: (name?: string) =>
      facts.flatMap((next) =>
        next.type === 'note' && (name === undefined || next.payload.note === name) ? [next.payload] : [],
      ),
    typesOf: () => facts.map(({ type }) => type),
  };
};

test('[law 8] what an agent tells after its answer to the load belongs to the replay until the turn begins', () => {
  const { hear, hearing, notes, typesOf } = hearingWorld();
  hearing.replayBegins(
    known(fact('message', { text: 'a', messageId: 'm' }, clock()), fact('tool_call', { toolCallId: 't' }, clock())),
  );
  hear(message('a', 'm'));
  hear(tool('t'));
  hearing.replayEnds();
  hear(message('a', 'm'));
  hear(tool('u'));
  hearing.turnBegins();
  assert.equal(notes(), [
    { note: 'conversation_replayed', updates: 2, recovered: 0 },
    { note: 'conversation_replayed', updates: 2, recovered: 2 },
  ]);
  hear(message('a', 'm'));
  assert.equal(typesOf(), ['note', 'tool_call', 'tool_result', 'note', 'message']);
});

test('without anything replayed there is nothing to note', () => {
  const { facts, hearing } = hearingWorld();
  hearing.replayBegins(known());
  hearing.replayEnds();
  hearing.turnBegins();
  assert.equal(facts, []);
});

test('after a refused load the updates of the new conversation are news, whatever its id', () => {
  const { hear, hearing, typesOf } = hearingWorld('earlier');
  hearing.replayBegins(known());
  hearing.replayRefused();
  hear(message('a'), 'new');
  assert.equal(typesOf(), ['message']);
});

test('what can be chosen is heard at any time, and is no part of a replay', () => {
  const { facts, offers, hear, hearing } = hearingWorld();
  hear(mode);
  hearing.replayBegins(null);
  hear(mode);
  hearing.replayEnds();
  hear(mode);
  hearing.turnBegins();
  hear({ sessionUpdate: 'config_option_update', configOptions: [{ id: 'model', currentValue: 'x' }] });
  assert.equal(offers, [
    ['current_mode_update', false],
    ['current_mode_update', false],
    ['current_mode_update', false],
    ['config_option_update', true],
  ]);
  assert.equal(facts, []);
});

test('commands and a title are told when they change, over runs and replays, and not when they are repeated', () => {
  const { hear, hearing, nextRun, standing, typesOf } = hearingWorld();
  standing.recall({ title: hashOfText('{"title":"As before"}') });
  hearing.replayBegins(known());
  hear({ sessionUpdate: 'session_info_update', title: 'As before' });
  hear(commands('review'));
  hearing.turnBegins();
  for (let run = 0; run < 3; run += 1) {
    nextRun();
    hear(commands('review'));
    hear({ sessionUpdate: 'session_info_update', title: 'As before', updatedAt: `${run}` });
  }
  assert.equal(typesOf(), ['commands', 'note']);
  hear({ sessionUpdate: 'session_info_update', title: 'Another' });
  hear(commands('review', 'deploy'));
  assert.equal(typesOf(), ['commands', 'note', 'title', 'commands']);
});

test('while a conversation is begun the first id that is heard is taken for its own', () => {
  const { hear, hearing, notes, typesOf } = hearingWorld('own');
  hear(message('early'), 'own');
  hear(message('of another'), 'other');
  assert.equal(typesOf(), ['message', 'note']);
  hearing.turnBegins();
  hear(message('in the turn'), 'own');
  assert.equal(typesOf(), ['message', 'note', 'message']);
  assert.is(notes('other_conversation').length, 1);
});

test("another conversation's updates cost a note each time they are ten times as many, and never come in", () => {
  const { hear, hearing, notes, typesOf } = hearingWorld();
  hearing.turnBegins();
  for (let nth = 0; nth < 1_000; nth += 1) hear(message(`word ${nth}`), 'other');
  for (let nth = 0; nth < 200; nth += 1) hear(message(`word ${nth}`), `other ${nth}`);
  assert.ok(typesOf().every((type) => type === 'note'));
  const counted = notes('other_conversation');
  assert.equal(
    counted.slice(0, 4).map(({ updates }) => updates),
    [1, 10, 100, 1_000],
  );
  assert.ok(counted.length < 30, `${counted.length}`);
});

test('[law 8] a replay of another conversation is not taken in', () => {
  const { hear, hearing, notes } = hearingWorld();
  hearing.replayBegins(known());
  hear(message('a'), 'other');
  hearing.turnBegins();
  assert.is(notes('conversation_replayed').length, 0);
  assert.is(notes('other_conversation').length, 1);
});

test('an agent of the agent is heard once it was announced, under its name, and so is one of its own', () => {
  const { hear, hearing } = hearingWorld();
  hearing.turnBegins();
  assert.equal(hear(message('nobody knows me'), 'child')[0]?.type, 'note');
  hear({ sessionUpdate: 'subagent_update', sessionId: 'child', title: 'Explore' });
  hear({ sessionUpdate: 'subagent_update', sessionId: 'grandchild', title: 'Search' }, 'child');
  hear({ sessionUpdate: 'subagent_update', sessionId: 'second', title: 'Explore' });
  hear({ sessionUpdate: 'subagent_update', sessionId: 'child', title: 'Renamed', state: { state: 'idle' } });
  const speaker = (sessionId: string) => hear(message('words', 'm'), sessionId)[0]?.payload;
  assert.equal(speaker('child'), { text: 'words', messageId: 'm', subagent: 'Explore' });
  assert.equal(speaker('grandchild'), { text: 'words', messageId: 'm', subagent: 'Explore › Search' });
  assert.equal(speaker('second'), { text: 'words', messageId: 'm', subagent: 'Explore 2' });
  assert.equal(hear({ ...tool('t'), title: 'ls' }, 'child')[0]?.payload, {
    toolCallId: 't',
    title: 'ls',
    subagent: 'Explore',
  });
  assert.is(hearing.subagentOf('grandchild'), 'Explore › Search');
  assert.is(hearing.subagentOf('own'), null);
});

test("what an agent's agent says of its own conversation does not change ours", () => {
  const { hear, hearing, offers } = hearingWorld();
  hearing.turnBegins();
  hear({ sessionUpdate: 'subagent_update', sessionId: 'child', title: 'Explore' });
  const told = [commands('review'), mode, { sessionUpdate: 'usage_update', used: 5, size: 10 }].flatMap((update) =>
    hear(update, 'child'),
  );
  assert.equal(
    told.map(({ type, payload }) => [type, 'subagent' in payload && payload.subagent]),
    [
      ['note', 'Explore'],
      ['note', 'Explore'],
      ['note', 'Explore'],
    ],
  );
  assert.equal(offers, []);
});

test('what belongs to a call of the agent that is an agent itself says so', () => {
  const { hear, hearing } = hearingWorld();
  hearing.turnBegins();
  hear({ sessionUpdate: 'tool_call', toolCallId: 'task', title: 'Look around', status: 'in_progress' });
  const _meta = { claudeCode: { parentToolUseId: 'task' } };
  assert.equal(hear({ ...message('found it'), _meta })[0]?.payload, { text: 'found it', subagent: 'Look around' });
  assert.equal(hear({ ...tool('t'), title: 'ls', _meta })[0]?.payload, {
    toolCallId: 't',
    title: 'ls',
    subagent: 'Look around',
    parentToolCallId: 'task',
  });
});

test('there are at most so many agents of an agent, and their tree is not deeper than it can be shown', () => {
  const { hear, hearing } = hearingWorld();
  hearing.turnBegins();
  hear({ sessionUpdate: 'subagent_update', sessionId: 'deep 0', title: 'a' });
  for (let depth = 1; depth < 20; depth += 1) {
    hear({ sessionUpdate: 'subagent_update', sessionId: `deep ${depth}`, title: 'a' }, `deep ${depth - 1}`);
  }
  assert.is(hearing.subagentOf('deep 7')?.split(' › ').length, 8);
  assert.is(hearing.subagentOf('deep 8'), null);
  for (let nth = 0; nth < 1_000; nth += 1) hear({ sessionUpdate: 'subagent_update', sessionId: `s${nth}`, title: 'b' });
  assert.is(hearing.subagentOf('s999'), null);
});

test.run();
