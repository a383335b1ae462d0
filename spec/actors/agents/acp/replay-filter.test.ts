import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createReplayFilter } from '../../../../actors/agents/acp/replay-filter.ts';
import { createTranscript } from '../../../../actors/agents/acp/transcript.ts';
import { squeezed } from '../../../../actors/model/run/item-marks.ts';
import { createKnownItems } from '../../../../actors/model/run/known-items.ts';
import { fact, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import type { KnownItems } from '../../../../actors/protocol/facts/known-item.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('replay filter');

type Update = { readonly sessionUpdate: string } & Record<string, unknown>;

const clock = () => 1 as Timestamp;
const chunk = (sessionUpdate: string, text: string, messageId?: string): Update => ({
  sessionUpdate,
  content: { type: 'text', text },
  ...(messageId === undefined ? {} : { messageId }),
});
const message = (text: string, messageId?: string) => chunk('agent_message_chunk', text, messageId);
const thought = (text: string, messageId?: string) => chunk('agent_thought_chunk', text, messageId);
const user = (text: string) => chunk('user_message_chunk', text);
const tool = (toolCallId: string, title?: string, status = 'completed'): Update => ({
  sessionUpdate: 'tool_call',
  toolCallId,
  status,
  ...(title === undefined ? {} : { title }),
});

/** What the log has when these runs were heard live: each is a prompt and what the agent said to it. */
const logOf = (...runs: readonly (readonly Update[])[]): KnownItems => {
  const known = createKnownItems();
  for (const run of runs) {
    known.take(fact('prompt', { text: 'do it', origin: 'prompt' }, clock()));
    const transcript = createTranscript({
      record: known.take,
      clock,
      setTimer: () => () => {},
      maxStoredTextBytes: 1_000,
    });
    for (const update of run) transcript.update(update);
    transcript.flush();
  }
  return { ...known.known(), standing: {} };
};

const replay = (known: KnownItems | null, updates: readonly Update[]) => {
  const filter = createReplayFilter({ known, clock, maxStoredTextBytes: 1_000 });
  for (const update of updates) filter.update(update);
  return filter.take();
};
const told = (facts: readonly RunFact[]): readonly string[] =>
  facts.map((next) => {
    if (next.type === 'message' || next.type === 'thinking') return `${next.type} ${next.payload.text}`;
    return next.type === 'tool_call' || next.type === 'tool_result'
      ? `${next.type} ${next.payload.toolCallId}`
      : next.type;
  });

test('[law 8] what is known by its id is not news', () => {
  const { replayed, recovered } = replay(logOf([message('a', 'm'), tool('t', 'ls')]), [
    message('a', 'm'),
    tool('t'),
    tool('t'),
  ]);
  assert.is(replayed, 3);
  assert.equal(recovered, []);
});

for (const [how, id] of [
  ['with the same ids', (given: string) => given],
  ['with other ids', (given: string) => `r-${given}`],
  ['without ids', () => undefined],
] as const) {
  test(`[law 8] what is told again ${how} is not news, and what was never told is`, () => {
    const known = logOf([message('I begin now. ', 'm1'), tool('t1', 'ls', 'in_progress'), message('I am done.', 'm2')]);
    const again = [
      user('do it'),
      message('I begin now. ', id('m1')),
      tool(id('t1') ?? 't-none', 'ls'),
      message('I am done.', id('m2')),
    ];
    assert.equal(replay(known, again).recovered, []);
    const { recovered } = replay(known, [...again, tool('t9', 'make'), message('And more.', id('m9'))]);
    assert.equal(told(recovered), ['tool_call t9', 'tool_result t9', 'message And more.']);
  });
}

test('what has an id that the log does not have is news, in its order, and joined', () => {
  const { recovered } = replay(logOf([message('a', 'm'), tool('t', 'ls')]), [
    message('a', 'm'),
    message('new ', 'n'),
    message('words', 'n'),
    tool('u', 'make', 'failed'),
  ]);
  assert.equal(told(recovered), ['message new words', 'tool_call u', 'tool_result u']);
  assert.equal(recovered[0]?.payload, { text: 'new words', messageId: 'n', recovered: true });
});

test('where the agent keeps its ids, what is new is news also in the middle', () => {
  const { recovered } = replay(logOf([message('a', 'm1')], [message('b', 'm2')]), [
    message('a', 'm1'),
    message('what a child said after its parent was killed', 'x'),
    user('go on'),
    message('b', 'm2'),
  ]);
  assert.equal(told(recovered), ['message what a child said after its parent was killed']);
});

test('in other words and without ids that hold, the middle of a replay is no news, and is counted', () => {
  const { recovered, unmatched } = replay(logOf([message('one'), tool('t', 'ls'), message('three')]), [
    message('one'),
    message('TWO'),
    tool('u', 'ls'),
    message('three'),
  ]);
  assert.equal(recovered, []);
  assert.is(unmatched, 1);
});

test('a message is news though its thought is known: some agents give both one id', () => {
  const { recovered } = replay(logOf([thought('hm', 'm')]), [thought('hm', 'm'), message('the answer', 'm')]);
  assert.equal(told(recovered), ['message the answer']);
  assert.equal(told(replay(logOf([message('a', 'm')]), [thought('hm', 'm'), message('a', 'm')]).recovered), [
    'thinking hm',
  ]);
});

test('what goes on where the log was cut off is news from there on', () => {
  const said = 'I will write the file and then look at it.';
  for (const id of ['m', undefined]) {
    const { recovered } = replay(logOf([message('first', 'l'), message(said.slice(0, 20), id)]), [
      message('first', 'l'),
      message(said, id),
    ]);
    assert.equal(told(recovered), [`message ${said.slice(20).trim()}`]);
  }
});

test('[law 8] a history that is poorer than ours brings no news', () => {
  const known = logOf([
    message('word0 word1 word2 word3 word4 ', 'm'),
    tool('t', 'ls', 'in_progress'),
    message('never kept by the agent', 'n'),
  ]);
  for (const id of ['m', 'r-m', undefined]) {
    assert.equal(replay(known, [user('do it'), message('word0 word1 word2', id)]).recovered, []);
  }
});

test('[law 8] ids that begin anew in every process do not hide what is known', () => {
  const known = logOf([message('one', 'm1'), tool('t1', 'ls')], [message('two', 'm1'), tool('t1', 'make')]);
  const again = (id: (given: string, run: number) => string) => [
    message('one', id('m1', 1)),
    tool(id('t1', 1), 'ls'),
    user('go on'),
    message('two', id('m1', 2)),
    tool(id('t1', 2), 'make'),
  ];
  assert.equal(
    replay(
      known,
      again((id) => id),
    ).recovered,
    [],
  );
  assert.equal(
    replay(
      known,
      again((id, run) => `${id}-${run}`),
    ).recovered,
    [],
  );
});

test('an id that an agent uses again for another call does not make that call known', () => {
  const known = logOf([tool('t1', 'ls'), message('first', 'm1')]);
  const again = [tool('t1', 'ls'), message('first', 'm1'), user('go on'), tool('t1', 'make')];
  assert.is(replay(known, again).recovered.length, 2);
});

test('what is really said once more is news', () => {
  const { recovered } = replay(logOf([message('Done.', 'm'), tool('t', 'ls')]), [
    message('Done.', 'x'),
    tool('y', 'ls'),
    tool('z', 'ls'),
    message('Done.', 'v'),
  ]);
  assert.equal(told(recovered), ['tool_call z', 'tool_result z', 'message Done.']);
});

test('an image is known again as a text is', () => {
  const image = {
    sessionUpdate: 'agent_message_chunk',
    content: { type: 'image', mimeType: 'image/png', data: 'AAAA' },
  };
  const other = { ...image, content: { ...image.content, data: 'BBBB' } };
  assert.equal(replay(logOf([message('see'), image]), [message('see'), image]).recovered, []);
  assert.is(replay(logOf([message('see'), image]), [message('see'), image, other]).recovered.length, 1);
});

test('a log whose beginning is gone makes no news of it', () => {
  const known = { ...logOf([message('late', 'm2')]), isCut: true };
  const { recovered } = replay(known, [message('early', 'm1'), message('late', 'm2'), message('new', 'm3')]);
  assert.equal(told(recovered), ['message new']);
});

test('a conversation that the log has nothing of is taken in whole, with what the person said', () => {
  const { recovered } = replay(logOf(), [user('do it'), message('a'), tool('t', 'ls')]);
  assert.equal(told(recovered), ['note', 'message a', 'tool_call t', 'tool_result t']);
});

test('what the person said, and what the agent says of itself, is never news', () => {
  const { replayed, recovered } = replay(logOf([message('a', 'm')]), [
    message('a', 'm'),
    user('x'),
    { sessionUpdate: 'available_commands_update' },
    { sessionUpdate: 'usage_update', used: 5 },
    { sessionUpdate: 'plan', entries: [] },
    { sessionUpdate: 'new_kind' },
  ]);
  assert.is(replayed, 6);
  assert.equal(recovered, []);
});

test('when it cannot be found out what the log has, nothing is news', () => {
  assert.equal(replay(null, [message('a', 'm'), tool('t')]).recovered, []);
});

/** A conversation as it happened, before anybody has told it. */
type Happened = { readonly kind: 'message' | 'thinking' | 'tool'; readonly text: string };

const words = fc
  .array(fc.constantFrom('a', 'b', 'ab', ' ', '\n', 'aa', 'Done.', 'I will look at the file now, and then go on.'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '');
const happened: fc.Arbitrary<Happened> = fc.record({
  kind: fc.constantFrom('message' as const, 'message' as const, 'thinking' as const, 'tool' as const),
  text: words,
});
const turns = fc.array(fc.array(happened, { maxLength: 6 }), { maxLength: 4 });

type Telling = {
  /** The id of the nth thing. */
  readonly idOf: (nth: number) => string | undefined;
  /** Characters in a piece; 0 tells each text in one. */
  readonly pieceLength: number;
  /** Whether each text comes as two messages. */
  readonly isCutInTwo: boolean;
  readonly withThoughts: boolean;
  readonly inSteps: boolean;
};

const tell = (runs: readonly (readonly Happened[])[], telling: Telling): readonly (readonly Update[])[] => {
  let nth = 0;
  const text = (kind: string, said: string, id: string | undefined): Update[] => {
    const size = telling.pieceLength || said.length;
    const pieces: Update[] = [];
    for (let at = 0; at < said.length; at += size) pieces.push(chunk(kind, said.slice(at, at + size), id));
    return pieces;
  };
  const one = ({ kind, text: said }: Happened): Update[] => {
    nth += 1;
    const id = telling.idOf(nth);
    if (kind === 'tool') {
      const call = tool(id ?? `none-${nth}`, said);
      return telling.inSteps
        ? [
            { ...call, status: 'pending' },
            { sessionUpdate: 'tool_call_update', toolCallId: call.toolCallId, status: 'completed' },
          ]
        : [call];
    }
    if (kind === 'thinking' && !telling.withThoughts) return [];
    const sessionUpdate = kind === 'message' ? 'agent_message_chunk' : 'agent_thought_chunk';
    if (!telling.isCutInTwo || id === undefined) return text(sessionUpdate, said, id);
    const half = Math.ceil(said.length / 2);
    return [...text(sessionUpdate, said.slice(0, half), id), ...text(sessionUpdate, said.slice(half), `${id}-b`)];
  };
  return runs.map((run) => run.flatMap(one));
};

const liveIds = fc.constantFrom<(nth: number) => string | undefined>(
  (nth) => `id-${nth}`,
  () => undefined,
);
const telling = (idOf: fc.Arbitrary<(nth: number) => string | undefined>): fc.Arbitrary<Telling> =>
  fc.record({
    idOf,
    pieceLength: fc.constantFrom(0, 1, 3, 7),
    isCutInTwo: fc.boolean(),
    withThoughts: fc.boolean(),
    inSteps: fc.boolean(),
  });

const replayOf = (runs: readonly (readonly Update[])[]): readonly Update[] =>
  runs.flatMap((run) => [user('do it'), ...run]);

const live = fc
  .record({ idOf: liveIds, pieceLength: fc.constantFrom(0, 1, 3) })
  .map((given): Telling => ({ ...given, isCutInTwo: false, withThoughts: true, inSteps: true }));
/** As the live one, or with other ids, or with none. */
const again = fc
  .tuple(live, fc.constantFrom('same', 'rewrite', 'noids'), telling(liveIds))
  .map(([first, ids, given]): { first: Telling; second: Telling } => ({
    first,
    second: {
      ...given,
      isCutInTwo: given.isCutInTwo && ids === 'rewrite',
      idOf: ids === 'same' ? first.idOf : ids === 'rewrite' ? (nth) => `r-${nth}` : () => undefined,
    },
  }));

test('[law 8] whatever was said, told again with the same ids, with others or none, joined or cut, is not news', () => {
  fc.assert(
    fc.property(turns, again, (runs, { first, second }) => {
      const { recovered } = replay(logOf(...tell(runs, first)), replayOf(tell(runs, second)));
      // What an agent never said and then replays cannot be known; here it said something.
      assert.equal(
        told(recovered).filter((each) => each !== 'note'),
        [],
      );
    }),
    { numRuns: 1_500 },
  );
});

test('[law 8] of a replay with a new end exactly that end is news', () => {
  const end = fc.array(
    happened.filter(({ kind }) => kind !== 'thinking'),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(turns, end, again, (runs, added, { first, second }) => {
      const all = [...runs.slice(0, -1), [...(runs.at(-1) ?? []), ...added]];
      const { recovered } = replay(logOf(...tell(runs, first)), replayOf(tell(all, second)));
      const words = (type: 'message' | 'thinking'): string =>
        recovered.map((next) => (next.type === type ? squeezed(next.payload.text) : '')).join('');
      assert.is(words('message'), added.map(({ kind, text }) => (kind === 'message' ? squeezed(text) : '')).join(''));
      assert.is(
        recovered.filter(({ type }) => type === 'tool_result').length,
        added.filter(({ kind }) => kind === 'tool').length,
      );
    }),
    { numRuns: 1_500 },
  );
});

test('what is known of 100,000 events is bounded', () => {
  const known = createKnownItems(1_000);
  for (let nth = 0; nth < 100_000; nth += 1) {
    known.take(fact('message', { text: `word ${nth} `, messageId: `m${Math.floor(nth / 10)}` }, clock()));
  }
  const { items, isCut } = known.known();
  assert.is(items.length, 1_000);
  assert.is(isCut, true);
  assert.is(items.at(-1)?.id, 'm9999');
  assert.ok(JSON.stringify(items).length < 200_000);
});

test.run();
