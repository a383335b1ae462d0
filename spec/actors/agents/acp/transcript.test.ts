import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createTranscript } from '../../../../actors/agents/acp/transcript.ts';
import { payloadSchemas, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import { suite } from '../../../support/suite.ts';
import { readRecording, recordings } from '../../session/recordings.ts';
import { answerTo, quiet, worldInTurn } from '../../session/world.ts';

const test = suite('transcript');

type Update = { readonly sessionUpdate: string } & Record<string, unknown>;

const world = (options: { recovered?: boolean } = {}) => {
  const facts: RunFact[] = [];
  let now = 0;
  const transcript = createTranscript({
    record: (next) => facts.push(next),
    clock: () => now as Timestamp,
    setTimer: () => () => {},
    maxStoredTextBytes: 1_000,
    ...options,
  });
  return {
    facts,
    transcript,
    /** The facts that an update gives when nothing is held back. */
    tell: (update: Update): readonly RunFact[] => {
      now += 1_000;
      const before = facts.length;
      transcript.update(update);
      transcript.flush();
      return facts.slice(before);
    },
  };
};

const text = (words: string) => ({ content: { type: 'text', text: words } });

test('messages and thoughts keep the id of their message', () => {
  const { tell } = world();
  assert.equal(tell({ sessionUpdate: 'agent_message_chunk', messageId: 'm', ...text('a') })[0]?.payload, {
    text: 'a',
    messageId: 'm',
  });
  assert.equal(tell({ sessionUpdate: 'agent_thought_chunk', messageId: null, ...text('b') })[0]?.payload, {
    text: 'b',
  });
});

test('a message that is no text is a part', () => {
  const content = { type: 'resource_link', uri: 'file:///a' };
  assert.equal(world().tell({ sessionUpdate: 'agent_message_chunk', content })[0]?.payload, {
    text: '',
    parts: [{ type: 'link', uri: 'file:///a' }],
  });
});

test('what is held back comes before what follows it', () => {
  const { transcript, facts } = world();
  transcript.update({ sessionUpdate: 'agent_message_chunk', ...text('first') } as Update);
  transcript.note('second', {});
  assert.equal(
    facts.map(({ type }) => type),
    ['message', 'note'],
  );
});

test('figures that are repeated are told once', () => {
  const { tell } = world();
  const usage = { sessionUpdate: 'usage_update', used: 1, size: 2, cost: { amount: 0.5, currency: 'USD' } };
  assert.equal(tell(usage)[0]?.payload, { used: 1, size: 2, cost: { amount: 0.5, currency: 'USD' } });
  assert.equal(tell(usage), []);
  assert.is(tell({ ...usage, used: 2 }).length, 1);
});

test('a plan is kept in its order', () => {
  const entries = [
    { content: 'one', priority: 'high', status: 'completed' },
    { content: 'two', status: 'pending' },
  ];
  assert.equal(world().tell({ sessionUpdate: 'plan', entries })[0]?.payload, { entries });
});

test('a plan that is told again as it is, is told once', () => {
  const { tell } = world();
  const entries = [{ content: 'one', status: 'pending' }];
  assert.is(tell({ sessionUpdate: 'plan', entries }).length, 1);
  assert.equal(tell({ sessionUpdate: 'plan', entries }), []);
  assert.is(tell({ sessionUpdate: 'plan_removed', planId: 'another' }).length, 0);
  assert.equal(tell({ sessionUpdate: 'plan', entries: [] })[0]?.payload, { entries: [] });
});

test('a title, commands and a notice are events of their own', () => {
  const { tell } = world();
  const types = [
    ...tell({ sessionUpdate: 'session_info_update', title: 'My fine title' }),
    ...tell({ sessionUpdate: 'available_commands_update', availableCommands: [{ name: 'review', description: 'x' }] }),
    ...tell({ sessionUpdate: 'notice', severity: 'warning', title: 'Careful', description: 'It is hot' }),
  ].map(({ type, payload }) => [type, payload]);
  assert.equal(types, [
    ['title', { title: 'My fine title' }],
    ['commands', { commands: [{ name: 'review', description: 'x' }] }],
    ['notice', { text: 'Careful\nIt is hot', level: 'warning' }],
  ]);
});

test('what an agent says of itself in its own words is kept beside its title', () => {
  const update = { sessionUpdate: 'session_info_update', title: 'T', _meta: { codex: { threadStatus: 'idle' } } };
  assert.equal(
    world()
      .tell(update)
      .map(({ type }) => type),
    ['title', 'note'],
  );
});

test('what an agent adds as the person is one note, whatever its pieces', () => {
  const { facts, transcript } = world();
  for (const words of ['USER', '-', 'ECHO']) {
    transcript.update({ sessionUpdate: 'user_message_chunk', ...text(words) } as Update);
  }
  transcript.flush();
  assert.equal(
    facts.map(({ payload }) => payload),
    [{ note: 'user_message_chunk', text: { text: 'USER-ECHO' } }],
  );
});

test('what agents say to one another is one note, whatever its pieces', () => {
  const { facts, transcript } = world();
  for (const words of ['look ', 'there']) {
    transcript.update({ sessionUpdate: 'session_message_chunk', messageId: 's', ...text(words) } as Update, {
      subagent: 'Explore',
    });
  }
  transcript.flush();
  assert.equal(
    facts.map(({ payload }) => payload),
    [{ note: 'session_message_chunk', text: { text: 'look there' }, messageId: 's', subagent: 'Explore' }],
  );
});

test('an odd part of an update costs that part and a note', () => {
  const { tell } = world();
  const odd = [
    tell({ sessionUpdate: 'usage_update', used: 5, size: 'much' }),
    tell({ sessionUpdate: 'available_commands_update', availableCommands: [{ name: 'a' }, 5] }),
    tell({ sessionUpdate: 'plan', entries: [{ content: 'one' }, {}] }),
  ];
  assert.equal(
    odd.map((facts) => facts.map(({ type }) => type)),
    [
      ['usage', 'note'],
      ['commands', 'note'],
      ['plan', 'note'],
    ],
  );
  assert.is(tell({ sessionUpdate: 'agent_message_chunk', messageId: 5, ...text('a') })[0]?.type, 'message');
});

test('a kind that nobody knows is kept as a note of its name', () => {
  const update = { sessionUpdate: 'something_new', with: { fields: [1, 2] } };
  assert.equal(world().tell(update)[0]?.payload, { note: 'something_new', update });
});

test('a known kind that is not as the protocol says is kept as a note', () => {
  for (const sessionUpdate of ['agent_message_chunk', 'tool_call', 'tool_call_update', 'plan', 'usage_update']) {
    const [note] = world().tell({ sessionUpdate, content: 5, entries: 'none', used: 'much' });
    assert.is(note?.type, 'note', sessionUpdate);
  }
});

test('a note is bounded', () => {
  const [note] = world().tell({ sessionUpdate: 'new', giant: 'x'.repeat(1_000_000) });
  assert.ok(JSON.stringify(note).length < 5_000);
  const { facts, transcript } = world();
  transcript.line('unparsed', 'y'.repeat(1_000_000));
  assert.ok(JSON.stringify(facts).length < 5_000);
  assert.match(JSON.stringify(facts), '1000000');
});

test('what a tool tells after its result is another result of it', () => {
  const { tell } = world();
  tell({ sessionUpdate: 'tool_call', toolCallId: 't', status: 'completed' });
  const [late] = tell({
    sessionUpdate: 'tool_call_update',
    toolCallId: 't',
    content: [{ type: 'content', ...text('late') }],
  });
  assert.equal(late?.payload, { toolCallId: 't', status: 'completed', output: { text: 'late' } });
});

test('what was only learnt from a replay says so', () => {
  const { tell } = world({ recovered: true });
  const facts = [
    ...tell({ sessionUpdate: 'agent_message_chunk', ...text('a') }),
    ...tell({ sessionUpdate: 'tool_call', toolCallId: 't', status: 'failed' }),
  ];
  assert.equal(
    facts.map(({ type, payload }) => [type, 'recovered' in payload]),
    [
      ['message', true],
      ['tool_call', true],
      ['tool_result', true],
    ],
  );
});

test('nothing that an agent says can raise an error, or a fact that its schema does not know', () => {
  const kinds = fc.constantFrom(
    'agent_message_chunk',
    'agent_thought_chunk',
    'tool_call',
    'tool_call_update',
    'plan',
    'usage_update',
    'current_mode_update',
    '',
  );
  const anything = fc.object({
    key: fc.constantFrom(
      'content',
      'type',
      'text',
      'toolCallId',
      'status',
      'locations',
      'path',
      'entries',
      '_meta',
      'newText',
    ),
    values: [
      fc.string(),
      fc.constantFrom('content', 'diff', 'text', 'completed', null, 5, true),
      fc.constantFrom([], [null], [{ type: 'content', content: null }], [{ type: 'diff', path: '/a', newText: 5 }]),
    ],
    maxDepth: 4,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(kinds, anything), { maxLength: 10 }), (updates) => {
      const { tell } = world();
      for (const [sessionUpdate, rest] of updates) {
        for (const { type, payload } of tell({ ...rest, sessionUpdate })) {
          const parsed = payloadSchemas[type].safeParse(JSON.parse(JSON.stringify(payload)));
          assert.ok(parsed.success, `${type} ${JSON.stringify(payload)}`);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

/** The pieces of an agent's line that must be found again in what was recorded of it. */
const traceOf = (update: Update): string => {
  const { availableCommands, content, title, toolCallId, sessionUpdate } = update;
  if (Array.isArray(availableCommands)) return (availableCommands.at(-1) as { name: string }).name;
  if (sessionUpdate === 'session_info_update' && typeof title === 'string') return title;
  const words = (content as { text?: unknown } | undefined)?.text;
  if (typeof words === 'string') return words;
  return typeof toolCallId === 'string' ? toolCallId : sessionUpdate;
};

test('[law 16] every update of every recording leaves a trace', () => {
  let updates = 0;
  for (const name of recordings) {
    const { transcript, facts } = world();
    let lastUsage = '';
    for (const { dir, msg } of readRecording(name)) {
      if (dir !== 'a2c' || msg.method !== 'session/update') continue;
      const { update } = msg.params as { update: Update };
      updates += 1;
      transcript.update(update);
      transcript.flush();
      const trace = traceOf(update);
      if (update.sessionUpdate === 'usage_update') {
        const { used, size, cost } = update;
        const usage = JSON.stringify({ used, size, cost });
        if (usage !== lastUsage) assert.is(facts.at(-1)?.type, 'usage');
        lastUsage = usage;
      } else if (trace !== '') {
        assert.ok(
          JSON.stringify(facts).includes(JSON.stringify(trace).slice(1, -1)),
          `${name}: ${JSON.stringify(update)}`,
        );
      }
    }
  }
  assert.ok(updates > 500);
});

test('[law 16] every line that an agent can send leaves a trace in the log', async () => {
  const world = await worldInTurn({ approvalPolicy: 'deny' });
  await quiet();
  const lines: readonly (readonly [line: string, trace: string])[] = [
    ['npm warn deprecated something', 'npm warn deprecated something'],
    ['{"jsonrpc":"2.0"}', '{\\"jsonrpc\\":\\"2.0\\"}'],
    ['{"jsonrpc":"2.0","id":4711,"result":{"nobody":"asked"}}', 'nobody'],
    ['{"jsonrpc":"2.0","method":"_agent/extension","params":{"of":"its own"}}', '_agent/extension'],
    ['{"jsonrpc":"2.0","method":"session/update","params":{"not":"an update"}}', 'an update'],
    ['{"jsonrpc":"2.0","id":1,"method":"_agent/question","params":{"of":"its own"}}', '_agent/question'],
    ['{"jsonrpc":"2.0","id":2,"method":"fs/read_text_file","params":{}}', 'client_request_failed'],
    ['{"jsonrpc":"2.0","id":3,"method":"session/request_permission","params":{"odd":true}}', 'odd'],
    ['\u0000\u0001\u0002 binary', '\\u0000\\u0001\\u0002 binary'],
  ];
  for (const [line] of lines) world.agent.bytes(Buffer.from(`${line}\n`));
  await world.pass(100);
  const log = JSON.stringify(world.facts().map((next) => JSON.stringify(next.payload)));
  for (const [line, trace] of lines) {
    assert.ok(log.includes(JSON.stringify(trace).slice(1, -1)), `${line} in ${log}`);
  }
});

test('a line that is nested without end costs that line and nothing else', async () => {
  const world = await worldInTurn();
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const update = (given: string): string =>
    `{"method":"session/update","params":{"sessionId":"conversation-1","update":{${given}}}}`;
  const lines = [
    update(`"sessionUpdate":"new","deep":${deep}`),
    update(`"sessionUpdate":"tool_call","toolCallId":"t","rawInput":${deep}`),
    update(`"sessionUpdate":"tool_call_update","toolCallId":"t","status":"completed","rawOutput":${deep}`),
    update(`"sessionUpdate":"agent_message_chunk","content":{"type":"image","deep":${deep}}`),
    update(`"sessionUpdate":"plan","entries":[{"content":"one","status":"pending","deep":${deep}}]`),
    `{"method":"_own/notification","params":${deep}}`,
    `{"id":1,"method":"_own/request","params":${deep}}`,
    `{"id":2,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"t","rawInput":${deep}},"options":[]}}`,
    `{"id":3,"method":"session/request_permission","params":${deep}}`,
    `{"id":99,"error":${deep}}`,
    deep,
  ];
  for (const line of lines) world.agent.bytes(Buffer.from(`${line}\n`));
  await world.pass(100);
  const kept = world.facts().filter(({ type }) => type !== 'status' && type !== 'prompt').length;
  assert.ok(kept >= lines.length, `${kept}`);
  for (const id of [1, 3]) assert.ok(answerTo(world, id), `request ${id}`);
  world.agent.say({ id: world.heard('session/prompt')[0]?.id ?? null, error: { code: 1, message: 'm', data: 5 } });
  assert.is(await world.ended(), 'failed');
});

test.run();
