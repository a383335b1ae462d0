import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { toolCall } from '../../../../actors/agents/acp/tool-call.ts';
import { createToolCalls, type ToolEvent } from '../../../../actors/agents/acp/tool-calls.ts';
import { collectGarbage } from '../../../support/collect-garbage.ts';
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

test('every block of the content is kept: texts as the output, all others as parts', () => {
  const { update } = world();
  const image = { type: 'image', mimeType: 'image/png', data: 'AAAA' };
  const result = resultOf(
    update({
      status: 'completed',
      locations: [{ path: '/a', line: 42 }],
      content: [
        { type: 'content', content: { type: 'text', text: 'A' } },
        { type: 'content', content: image },
        { type: 'content', content: { type: 'resource', resource: { uri: 'file:///y', text: 'inside' } } },
        { type: 'text', text: 'unwrapped' },
      ],
    }),
  );
  assert.is(result.output?.text, 'A\nunwrapped');
  assert.equal(
    result.parts?.map(({ type }) => type),
    ['image', 'resource'],
  );
});

test('what is told with an earlier update is in the result: raw output, name, lines, exit', () => {
  const { update } = world();
  const [call] = update({
    _meta: { claudeCode: { toolName: 'Bash', parentToolUseId: 'p' } },
    locations: [{ path: '/a', line: 42 }],
  });
  assert.equal(call?.payload, {
    toolCallId: 't',
    name: 'Bash',
    parentToolCallId: 'p',
    locations: [{ path: '/a', line: 42 }],
  });
  update({ rawOutput: { stdout: 'raw' }, _meta: { terminal_exit: { exit_code: 3, signal: null, terminal_id: 'x' } } });
  const result = resultOf(update({ status: 'completed', content: [] }));
  assert.equal([result.rawOutput, result.exit], [{ stdout: 'raw' }, { code: 3, signal: null }]);
});

test('an odd part costs that part and a note, told once', () => {
  const { update } = world();
  const odd = {
    title: 7,
    content: 'not a list',
    locations: [{ path: '/a' }, { line: 3 }],
    kind: 'read',
    rawInput: { a: 1 },
  };
  const events = update(odd);
  const call = events.find(({ type }) => type === 'tool_call');
  assert.equal(call?.payload, { toolCallId: 't', kind: 'read', input: { a: 1 }, locations: [{ path: '/a' }] });
  const notes = events.flatMap(({ type, payload }) => (type === 'note' ? [payload] : []));
  assert.equal(
    new Map(notes.map(({ part, value }) => [part, value])),
    new Map<unknown, unknown>([
      ['locations', { line: 3 }],
      ['title', 7],
      ['content', 'not a list'],
    ]),
  );
  assert.equal(update(odd), []);
  assert.equal(toolCall.parse({ toolCallId: 5, locations: {}, _meta: 'odd' }).toolCallId, '5');
});

test('an id that is too long is the same shorter one in every message', () => {
  const long = 'i'.repeat(100_000);
  const { toolCallId } = toolCall.parse({ toolCallId: long });
  assert.ok(toolCallId.length < 200);
  assert.is(toolCall.parse({ toolCallId: long }).toolCallId, toolCallId);
  assert.is.not(toolCall.parse({ toolCallId: `${long}j` }).toolCallId, toolCallId);
});

test('[law 18] a request tells everything that was told of its call before', () => {
  const { update, request, askedFor } = world();
  update({
    title: 'Edit a',
    kind: 'edit',
    name: 'Write',
    rawInput: { path: '/a' },
    locations: [{ path: '/a', line: 1 }],
    content: [
      { type: 'diff', path: '/a', oldText: 'x', newText: 'y' },
      { type: 'content', content: { type: 'text', text: 'why' } },
      { type: 'content', content: { type: 'image', data: 'AAAA' } },
    ],
  });
  const asked = {
    title: 'Edit files',
    kind: 'edit',
    toolName: 'Write',
    input: { path: '/a' },
    diffs: [{ path: '/a', oldText: { text: 'x' }, newText: { text: 'y' } }],
    locations: [{ path: '/a', line: 1 }],
    text: { text: 'why' },
    parts: [{ type: 'image', ...(askedFor({}).parts?.[0] as object) }],
  };
  request({ title: 'Edit files' });
  assert.equal(askedFor({ title: 'Edit files' }), asked);
  const own = askedFor({ rawInput: 'rm', content: [{ type: 'content', content: { type: 'text', text: 'Proposed' } }] });
  assert.equal([own.input, own.text], ['rm', { text: 'Proposed' }]);
});

test('[law 18] a title that is too long for one is told whole as text', () => {
  const { request, askedFor } = world({ maxStoredTextBytes: 256 * 1024 });
  const title = `rm -rf ${'x'.repeat(5_000)}; rm -rf ~`;
  request({ title });
  assert.ok((askedFor({ title }).title?.length ?? 0) < 2_200);
  assert.is(askedFor({ title }).text?.text, title);
});

test('what explains a request is no output, its edits are the result’s unless that tells its own', () => {
  const { request, update } = world();
  const content = [
    { type: 'content', content: { type: 'text', text: 'Proposed amendment' } },
    { type: 'diff', path: '/a', oldText: 'x', newText: 'y' },
  ];
  assert.equal(appended(request({ title: 'T', content })), []);
  const result = resultOf(update({ status: 'completed', rawOutput: { stdout: 'real' } }));
  assert.is(result.output, undefined);
  assert.equal(result.rawOutput, { stdout: 'real' });
  assert.is(result.diffs?.length, 1);
});

const shows = (...terminalIds: string[]): Told => ({
  content: terminalIds.map((terminalId) => ({ type: 'terminal', terminalId })),
});

test('the output of a terminal is that of the call that shows it, live and at the end, with its exit', () => {
  const { calls, update, pass } = world();
  assert.equal(calls.terminalOutput('x', 'before '), [], 'no call shows it yet');
  assert.equal(appended(update({ title: 'T', ...shows('x') })), ['before ']);
  pass(250);
  assert.equal(appended(calls.terminalOutput('x', 'live ')), ['live ']);
  assert.equal(calls.terminalOutput('x', 'held'), []);
  assert.equal(calls.terminalOutput('y', 'of another'), []);
  calls.terminalEnded('x', { exitCode: 3, signal: null });
  const result = resultOf(update({ status: 'completed', ...text('exit 3') }));
  assert.equal([result.output?.text, result.exit], ['before live held', { code: 3, signal: null }]);
  assert.equal(
    result.parts?.map((part) => part.type),
    ['terminal', 'text'],
  );
});

test('a terminal that goes on after the result of its call, and one of which the agent only repeats the output', () => {
  const { calls, update, pass } = world();
  calls.terminalOutput('x', 'one\n');
  const result = resultOf(
    update({ status: 'completed', content: [...(shows('x').content as []), ...(text('one').content as [])] }),
  );
  assert.equal(
    result.parts?.map((part) => part.type),
    ['terminal'],
  );
  pass(300);
  const late = resultOf(calls.terminalOutput('x', 'two\n'));
  assert.equal([late.toolCallId, late.status, late.output], ['t', 'completed', { text: 'one\ntwo\n' }]);
  calls.terminalEnded('x', { exitCode: null, signal: 'SIGTERM' }, { text: 'all' });
  const last = resultOf(calls.flush());
  assert.equal([last.exit, last.output], [{ code: null, signal: 'SIGTERM' }, { text: 'all' }]);
  assert.not(calls.holdsBack());
});

test('[law 12] a terminal that prints without end, and terminals without end, are bounded', () => {
  const { calls, update } = world();
  update(shows('x'));
  for (let n = 0; n < 100; n += 1) calls.terminalOutput('x', 'y'.repeat(100_000));
  const { output } = resultOf(update({ status: 'completed' }));
  assert.is(output?.truncated?.bytes, 10_000_000);
  assert.ok(JSON.stringify(output).length < 2_000);
  for (let n = 0; n < 1_000; n += 1) calls.terminalOutput(`other ${n}`, 'z');
  assert.is(resultOf(update({ toolCallId: 'u', status: 'completed', ...shows('other 1') })).output, undefined);
  assert.is(resultOf(update({ toolCallId: 'v', status: 'completed', ...shows('other 999') })).output?.text, 'z');
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
  collectGarbage();
  const before = process.memoryUsage().heapUsed + process.memoryUsage().external;
  for (let n = 0; n < 400; n += 1) {
    pass(300);
    logged += appended(update(streamed(megabyte))).join('').length;
  }
  collectGarbage();
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
