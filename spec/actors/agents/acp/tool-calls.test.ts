import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { toolCall } from '../../../../actors/agents/acp/tool-call.ts';
import { createToolCalls, type ToolEvent } from '../../../../actors/agents/acp/tool-calls.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('tool calls');

const maxStoredTextBytes = 1_000;

type Told = Readonly<Record<string, unknown>>;

const world = (options: { maxStoredTextBytes: number } = { maxStoredTextBytes }) => {
  let now = 0;
  const calls = createToolCalls({ ...options, now: () => now });
  const read = (told: Told) => toolCall.parse({ toolCallId: 't', ...told });
  return {
    calls,
    /** A further update of a call, or the first. */
    update: (told: Told): ToolEvent[] => calls.update(read(told), 'tool_call_update'),
    begin: (told: Told): ToolEvent[] => calls.update(read(told), 'tool_call'),
    request: (told: Told): ToolEvent[] => calls.requested(read(told)),
    askedFor: (told: Told) => calls.askedFor(read(told)),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
};

const text = (...parts: string[]): Told => ({
  content: parts.map((part) => ({ type: 'content', content: { type: 'text', text: part } })),
});
const streamed = (data: string): Told => ({ _meta: { terminal_output_delta: { data } } });
const appended = (events: readonly ToolEvent[]): string[] =>
  events.flatMap(({ type, payload }) =>
    type === 'tool_call' && payload.outputAppended !== undefined ? [payload.outputAppended.text] : [],
  );
const resultOf = (events: readonly ToolEvent[]) => {
  const result = events.find(({ type }) => type === 'tool_result');
  assert.ok(result?.type === 'tool_result');
  return result.payload;
};
const typesOf = (events: readonly ToolEvent[]) => events.map(({ type }) => type);

test('a call is made by whichever message speaks of it first', () => {
  for (const first of [{ title: 'T', status: 'pending' }, { status: 'in_progress' }, {}, text('out')]) {
    const events = world().update(first);
    assert.is(events.length, 1);
    assert.is(events[0]?.type, 'tool_call');
    assert.is(events[0]?.payload.toolCallId, 't');
  }
});

test('a call that ends with its first message is made and ends', () => {
  const events = world().update({ title: 'T', status: 'completed', ...text('out') });
  assert.equal(
    events.map(({ type }) => type),
    ['tool_call', 'tool_result'],
  );
  assert.is(resultOf(events).output?.text, 'out');
  assert.is(resultOf(events).title, 'T');
});

test('only what is new is told', () => {
  const { update, pass } = world();
  update({ title: 'T', kind: 'edit', status: 'pending', rawInput: { a: 1 }, locations: [{ path: '/a' }] });
  assert.equal(
    update({ title: 'T', kind: 'edit', status: 'pending', rawInput: { a: 1 }, locations: [{ path: '/a' }] }),
    [],
  );
  assert.equal(update({ rawInput: { a: 2 } })[0]?.payload, { toolCallId: 't', input: { a: 2 } });
  pass(250);
  assert.equal(update({ status: 'in_progress', rawInput: {} })[0]?.payload, { toolCallId: 't', status: 'in_progress' });
});

test('output in pieces grows, told at most four times a second, and is whole in the result', () => {
  const { update, pass } = world();
  update({ title: 'T' });
  const told: string[] = [];
  for (let n = 0; n < 100; n += 1) {
    told.push(...appended(update(streamed(`${n} `))));
    pass(10);
  }
  const whole = Array.from({ length: 100 }, (_, n) => `${n} `).join('');
  assert.is(told.length, 4);
  assert.ok(whole.startsWith(told.join('')));
  assert.is(resultOf(update({ status: 'completed' })).output?.text, whole);
});

test('output that is sent anew and longer is told as what was added', () => {
  const { update, pass } = world();
  assert.equal(appended(update(text('one\n'))), ['one\n']);
  pass(300);
  assert.equal(appended(update(text('one\ntwo\n'))), ['two\n']);
  pass(300);
  assert.equal(appended(update(text('one\ntwo\n'))), []);
  assert.equal(appended(update(text('other\n'))), ['other\n'], 'what is drawn anew is told from its start');
  assert.is(resultOf(update({ status: 'failed' })).output?.text, 'other\n');
});

test('what was held back is told at a flush, once', () => {
  const { calls, update } = world();
  update(streamed('a'));
  assert.equal(update(streamed('b')), []);
  assert.equal(appended(calls.flush()), ['b']);
  assert.equal(calls.flush(), []);
});

test('what a call tells after its result is another result of it, with only what is new', () => {
  const { calls, update, pass } = world();
  update({ title: 'T', status: 'completed' });
  assert.equal(update({ status: 'completed' }), []);
  assert.equal(update(text('late')), [
    { type: 'tool_result', payload: { toolCallId: 't', status: 'completed', output: { text: 'late' } } },
  ]);
  assert.equal(update({ title: 'U' }), [], 'it is joined, too');
  pass(250);
  assert.equal(update({ status: 'failed' }), [
    { type: 'tool_result', payload: { toolCallId: 't', status: 'failed', title: 'U' } },
  ]);
  assert.equal(calls.flush(), []);
  assert.is(calls.titleOf('t'), null);
  const [note] = update({ status: 'in_progress' });
  assert.equal(note?.payload, { note: 'odd_part', toolCallId: 't', part: 'status', value: 'in_progress' });
});

test('an id that is begun again after its end is another call', () => {
  const { begin, update, request, askedFor } = world();
  begin({ title: 'one', status: 'completed', ...text('1') });
  assert.equal(begin({ title: 'two', status: 'in_progress' })[0]?.payload, {
    toolCallId: 't (2)',
    title: 'two',
    status: 'in_progress',
  });
  assert.is(begin({ rawInput: { a: 1 } })[0]?.payload.toolCallId, 't (2)', 'while it is under way it is the same');
  const result = resultOf(update({ status: 'completed', ...text('2') }));
  assert.equal([result.toolCallId, result.title, result.output], ['t (2)', 'two', { text: '2' }]);
  request({ title: 'three' });
  assert.is(askedFor({ title: 'three' }).toolCallId, 't (3)', 'nobody asks for what has ended');
});

test('a late word belongs to its call however many others ended meanwhile, and a call too many begins anew', () => {
  const { calls, begin, update } = world();
  begin({ status: 'completed' });
  for (let n = 0; n < 500; n += 1) begin({ toolCallId: `other ${n}`, status: n % 2 === 0 ? 'completed' : 'pending' });
  const late = resultOf([...update(text('late')), ...calls.flush()]);
  assert.equal([late.toolCallId, late.output], ['t', { text: 'late' }]);
  assert.is(begin({ title: 'again' })[0]?.payload.toolCallId, 't (2)');
  assert.equal(typesOf(update({ toolCallId: 'other 1', status: 'failed' })), ['tool_call', 'tool_result']);
});

test('diffs are kept with the result, a new file without its old text', () => {
  const { update } = world();
  update({ content: [{ type: 'diff', path: '/a', oldText: 'x', newText: 'y' }] });
  const result = resultOf(update({ status: 'completed', content: [{ type: 'diff', path: '/b', newText: 'z' }] }));
  assert.equal(result.diffs, [{ path: '/b', oldText: null, newText: { text: 'z' } }]);
});

test('content that is no text, and parts we do not know, harm nothing', () => {
  const { update } = world();
  const content = [
    { type: 'terminal', terminalId: 'x' },
    { type: 'content', content: { type: 'image', data: 'AAAA', mimeType: 'image/png' } },
    { type: 'content', content: null },
    { type: 'of the future' },
  ];
  const result = resultOf(update({ status: 'completed', content }));
  assert.is(result.output, undefined);
  assert.equal(
    result.parts?.map((part) => (part.type === 'unknown' ? part.name : part.type)),
    ['terminal', 'image', 'content', 'of the future'],
  );
});

test('a giant input, diff, output or raw output is stored with its head, tail, size and hash', () => {
  const { update } = world();
  const giant = 'x'.repeat(100_000);
  update({ rawInput: { giant } });
  const result = resultOf(
    update({
      status: 'completed',
      rawOutput: { giant },
      content: [
        { type: 'content', content: { type: 'text', text: giant } },
        { type: 'diff', path: '/a', oldText: giant, newText: giant },
      ],
    }),
  );
  assert.is(result.output?.truncated?.bytes, 100_000);
  assert.is(result.diffs?.[0]?.newText.truncated?.bytes, 100_000);
  assert.ok(JSON.stringify(result).length < 6_000);
});

test('a tool that prints without end takes no more memory, nor more than its bound of the log', () => {
  const { update, pass } = world();
  const megabyte = 'y'.repeat(1024 * 1024);
  update({ title: 'yes' });
  let logged = 0;
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed + process.memoryUsage().external;
  for (let n = 0; n < 400; n += 1) {
    pass(300);
    logged += appended(update(streamed(megabyte))).join('').length;
  }
  globalThis.gc?.();
  const grown = process.memoryUsage().heapUsed + process.memoryUsage().external - before;
  assert.ok(grown < 100 * 1024 * 1024, `${grown} bytes more for 400 MB`);
  assert.ok(logged < 3 * maxStoredTextBytes, `${logged} characters logged as progress`);
  const { output } = resultOf(update({ status: 'completed' }));
  assert.is(output?.truncated?.bytes, 400 * 1024 * 1024);
  assert.ok((output?.text.length ?? 0) < 1_100);
});

test('an output that is drawn anew for ever does not fill the log', () => {
  const { update, pass } = world();
  let logged = 0;
  for (let n = 0; n < 1_000; n += 1) {
    pass(300);
    logged += appended(update(text(`${n} of 1000: ${'='.repeat(n % 80)}`))).join('').length;
  }
  assert.ok(logged < 2 * maxStoredTextBytes, `${logged}`);
});

test('whatever the pieces, progress is a beginning of what the result has', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ data: fc.string({ unit: 'binary', maxLength: 8 }), wait: fc.nat({ max: 300 }) })),
      (pieces) => {
        const { calls, update, pass } = world();
        let told = '';
        update({ title: 'T' });
        for (const { data, wait } of pieces) {
          pass(wait);
          told += appended(update(streamed(data))).join('');
        }
        told += appended(calls.flush()).join('');
        const whole = pieces.map(({ data }) => data).join('');
        assert.is(told, whole);
        assert.is(resultOf(update({ status: 'completed' })).output?.text ?? '', whole);
      },
    ),
  );
});

test.run();
