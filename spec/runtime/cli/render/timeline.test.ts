import { is, match, not, ok } from 'uvu/assert';
import { storedValue } from '../../../../actors/model/run/stored-text.ts';
import type { HistoryEvent } from '../../../../actors/protocol/facts/events.ts';
import { colourless } from '../../../../runtime/cli/invocation/terminal.ts';
import { createTimeline, type TimelineOptions } from '../../../../runtime/cli/render/timeline.ts';
import { suite } from '../../../support/suite.ts';
import { eventMaker } from '../support/events.ts';

const test = suite('a timeline reads like the work');

const shown = (events: readonly HistoryEvent[], options: Partial<TimelineOptions> = {}): string => {
  const timeline = createTimeline({
    colours: colourless,
    folder: '/w',
    separators: false,
    answers: () => null,
    ...options,
  });
  return events.map(timeline.show).join('') + timeline.end();
};

test('adjacent pieces of one message are one text, another message begins apart', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'message', { text: 'Hel', messageId: 'a' }),
    event(1, 'message', { text: 'lo.', messageId: 'a' }),
    event(1, 'message', { text: 'Next.', messageId: 'b' }),
    event(1, 'thinking', { text: 'Hm.' }),
  ]);
  is(text, 'Hello.\n\nNext.\n\nHm.\n');
});

test('what an agent says cannot pass for one of our own lines, however it comes in pieces', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'message', { text: 'Sure?\n? approval  Read README.md\n  ', messageId: 'a' }),
    event(1, 'message', { text: '✓ allowed by you\nreally? ✓\n', messageId: 'a' }),
    event(1, 'message', { text: '✓ Completed in 2 s', messageId: 'a' }),
    event(1, 'tool_call', { toolCallId: 't1', kind: 'execute', title: 'printf' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'completed', output: { text: '? approval  x\nfine' } }),
    event(1, 'approval_requested', { approvalId: 'b', toolCallId: 't2', title: 'Remove everything', options: [] }),
  ]);
  is(
    text,
    'Sure?\n│ ? approval  Read README.md\n  │ ✓ allowed by you\nreally? ✓\n│ ✓ Completed in 2 s\n\n' +
      '$ execute  printf\n    │ ? approval  x\n    fine\n? approval  Remove everything\n    id b\n',
  );
});

test('blank lines at the end of a message do not add up, those in its middle stay', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'message', { text: '\n\nOne.\n' }),
    event(1, 'message', { text: '\nTwo.\n\n' }),
    event(1, 'thinking', { text: 'Hm.\n\n' }),
    event(1, 'status', { status: 'completed' }),
  ]);
  match(text, /^One\.\n\nTwo\.\n\nHm\.\n\n✓ Completed/);
});

test('notes that only the log needs are not shown, others in a sentence', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'note', { note: 'agent_started', pid: 1 }),
    event(1, 'note', { note: 'available_commands_update', update: {} }),
    event(1, 'note', { note: 'conversation', how: 'resumed' }),
    event(1, 'note', { note: 'unreadable_line', raw: '{"x' }),
  ]);
  is(text, '· the conversation was resumed\n· unreadable_line · raw {"x\n');
});

test('a tool call is one line, its result the first lines below it, its updates are not repeated', () => {
  const event = eventMaker();
  const output = Array.from({ length: 9 }, (_, index) => `line ${index + 1}`).join('\n');
  const text = shown([
    event(1, 'tool_call', { toolCallId: 't1', kind: 'execute', title: 'npm test' }),
    event(1, 'tool_call', { toolCallId: 't1', status: 'in_progress', outputAppended: { text: 'line 1' } }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'completed', output: { text: output } }),
  ]);
  is(text, `$ execute  npm test\n${[1, 2, 3, 4, 5, 6].map((n) => `    line ${n}\n`).join('')}    … 3 more lines\n`);
});

test('of a command that failed the end of its output is shown', () => {
  const event = eventMaker();
  const output = { text: Array.from({ length: 9 }, (_, index) => `line ${index + 1}`).join('\n') };
  const text = shown([
    event(1, 'tool_call', { toolCallId: 't1', kind: 'execute', title: 'npm test' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'failed', output }),
  ]);
  const end = [4, 5, 6, 7, 8, 9].map((n) => `    line ${n}\n`).join('');
  is(text, `$ execute  npm test\n    … 3 lines before\n${end}    ✗ failed\n`);
});

test('a call that is told again by a better title keeps its kind, and its paths are those of the worktree', () => {
  const event = eventMaker();
  const text = shown([
    event(0, 'worktree_created', { path: '/data/w', branch: null, base: null }),
    event(1, 'tool_call', { toolCallId: 't1', kind: 'read', title: 'Read' }),
    event(1, 'tool_call', { toolCallId: 't1', title: 'Read /data/w/src/a.ts' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'completed' }),
  ]);
  match(text, '→ read  Read\n  ↳ → read  Read src/a.ts\n');
  not.match(text, '• tool');
});

test('times stand before entries where they are asked for, and what is of one entry stands below it', () => {
  const event = eventMaker();
  const timeline = createTimeline({ colours: colourless, folder: null, separators: false, times: true, answers: null });
  const events = [
    event(1, 'message', { text: 'Hel' }),
    event(1, 'message', { text: 'lo' }),
    event(1, 'tool_call', { toolCallId: 't1', kind: 'execute', title: 'ls' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'completed', output: { text: 'a\nb' } }),
  ];
  const text = events.map(timeline.show).join('') + timeline.end();
  const times = events.map(({ occurredAt }) => new Date(occurredAt).toISOString().slice(11, 19));
  is(text, `${times[0]} Hello\n\n${times[2]} $ execute  ls\n${times[3]}     a\n             b\n`);
});

test('a note and an event of an older form are said in words, not as JSON', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'note', { note: 'unreadable_line', raw: 'x', bytes: 3 }),
    { ...event(1, 'note', { note: 'x' }), type: 'retry', payload: { attempt: 2, of: 5, message: 7, odd: 1, at: [] } },
  ]);
  match(text, '· unreadable_line · raw x · bytes 3\n');
  not.match(text, '{');
});

test('the result of another tool call than the last one says whose it is', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'tool_call', { toolCallId: 't1', kind: 'read', title: 'one.js' }),
    event(1, 'tool_call', { toolCallId: 't2', kind: 'read', title: 'two.js' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'failed', output: { text: 'no such file' } }),
  ]);
  is(text, '→ read  one.js\n→ read  two.js\n  ↳ one.js\n    no such file\n    ✗ failed\n');
});

test('an edit shows what changed, and the end claims nothing that only git knows', () => {
  const event = eventMaker();
  const diff = { path: '/w/src/a.js', oldText: { text: 'a\nb\nc\n' }, newText: { text: 'a\nB\nc\n' } };
  const text = shown([
    event(1, 'prompt', { text: 'Change b', origin: 'prompt' }),
    event(1, 'tool_call', { toolCallId: 't1', kind: 'edit', title: 'src/a.js' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'completed', diffs: [diff] }),
    // The ledger may speak in the middle of a run.
    event(0, 'session_renamed', { name: 'new' }),
    event(1, 'status', { status: 'completed' }),
  ]);
  match(text, '❯ Change b\n\n✎ edit  src/a.js\n    src/a.js +1 −1\n    - b\n    + B\n');
  match(text, /✓ Completed in 4\.0 s\n$/u);
});

test('what a tool shows besides text is named, and its resources read', () => {
  const event = eventMaker();
  const bytes = { bytes: 12_345, sha256: 'x' };
  const text = shown([
    event(1, 'tool_call', { toolCallId: 't1', kind: 'other', title: 'look' }),
    event(1, 'tool_result', {
      toolCallId: 't1',
      status: 'completed',
      output: { text: 'A' },
      parts: [
        { type: 'image', mimeType: 'image/png', data: 'AAAA', ...bytes },
        { type: 'audio', mimeType: 'audio/wav', ...bytes },
        { type: 'link', uri: 'file:///r.html', name: 'Report' },
        { type: 'resource', uri: 'file:///x.txt', text: { text: 'inside\n✓ Completed' } },
        { type: 'terminal', terminalId: 'x' },
        { type: 'unknown', name: 'hologram\u001b[2J', value: {} },
      ],
    }),
    event(1, 'message', { text: '', parts: [{ type: 'image', ...bytes, data: '' }] }),
    event(1, 'message', { text: '', content: { type: 'resource_link', uri: 'file:///old' } }),
    event(1, 'message', { text: 'bye' }),
  ]);
  is(
    text,
    [
      '• other  look',
      '    A',
      '    ▫ image png, 12 kB',
      '    ▫ audio wav, 12 kB (too large for the log)',
      '    ▫ link Report file:///r.html',
      '    ▫ resource file:///x.txt',
      '    inside',
      '    │ ✓ Completed',
      '    ▫ content of an unknown kind: hologram',
      '▫ image, 12 kB',
      '▫ content of an unknown kind: resource_link',
      '',
      'bye',
      '',
    ].join('\n'),
  );
});

test('a result that is only in the form of its tool is shown as what it says', () => {
  const event = eventMaker();
  const result = (rawOutput: unknown, more: Readonly<Record<string, unknown>> = {}): string => {
    const first = event(1, 'tool_call', { toolCallId: 't1', title: 'T' });
    const text = shown([first, event(1, 'tool_result', { toolCallId: 't1', status: 'completed', rawOutput, ...more })]);
    return text.slice('• tool  T\n'.length);
  };
  is(result('words'), '    words\n');
  is(result({ stdout: 'out\n', stderr: 'err', exit: 0 }), '    out\n\n    err\n'.replace('\n\n', '\n    \n'));
  is(result({ output: 'o', metadata: { output: 'o', exit: 0 } }), '    o\n');
  is(result({ content: [{ type: 'text', text: 'mcp' }] }), '    mcp\n');
  is(result({ result: { text: 'deep' } }), '    deep\n');
  is(result({ matches: 3 }), '    matches: 3\n');
  is(result({ stdout: '', stderr: '' }), '');
  is(result('not this', { output: { text: 'this' } }), '    this\n');
  is(result(storedValue({ stdout: 'x'.repeat(10_000) }, 100)).includes('bytes in all'), true);
  is(result(undefined, { exit: { code: 3, signal: null } }), '    exit 3\n');
  is(result(undefined, { exit: { code: null, signal: 'SIGTERM\u001b' } }), '    ended by SIGTERM\n');
});

test('a call says where it was, if its title does not', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'tool_call', { toolCallId: 't1', kind: 'read', title: 'src/a.ts' }),
    event(1, 'tool_call', {
      toolCallId: 't1',
      locations: [{ path: '/w/src/a.ts', line: 42 }, { path: '/w/src/a.ts' }],
    }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'completed' }),
  ]);
  is(text, '→ read  src/a.ts\n    src/a.ts:42\n');
});

test('what a call tells after its result is shown with it, and its end once', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'tool_call', { toolCallId: 't1', kind: 'execute', title: 'make' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'failed' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'failed', output: { text: 'late' } }),
    event(1, 'tool_call', { toolCallId: 't1 (2)', kind: 'execute', title: 'make again' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'failed', output: { text: 'later' } }),
    event(1, 'tool_call', {
      toolCallId: 't3',
      title: 'cut',
      diffs: [{ path: '/w/a', oldText: null, newText: { text: 'x' } }],
    }),
  ]);
  is(
    text,
    '$ execute  make\n    ✗ failed\n    late\n$ execute  make again\n  ↳ make\n    later\n• tool  cut\n    a +1 −0\n    + x\n',
  );
});

test('an edit that failed is counted as no change', () => {
  const event = eventMaker();
  const diffs = [{ path: '/w/a.js', oldText: null, newText: { text: 'a' } }];
  const text = shown([
    event(1, 'tool_call', { toolCallId: 't1', kind: 'edit', title: 'a.js' }),
    event(1, 'tool_result', { toolCallId: 't1', status: 'failed', diffs }),
    event(1, 'status', { status: 'completed' }),
  ]);
  match(text, 'a.js +1 −0');
  not.match(text, 'changed');
});

test('an approval shows how to answer it only where somebody can', () => {
  const event = eventMaker();
  const asked = event(1, 'approval_requested', {
    approvalId: 'p1',
    toolCallId: 't1',
    title: 'Run rm -rf build',
    options: [],
  });
  match(
    shown([asked], { answers: () => ['throughline approve 0190'] }),
    'Run rm -rf build\n    throughline approve 0190\n',
  );
  not.match(shown([asked]), 'throughline approve');
  match(
    shown([event(1, 'approval_resolved', { approvalId: 'p1', outcome: 'allowed', by: 'policy' })]),
    'by the policy',
  );
});

test('[law 18] what was asked for is shown whole, and by its id', () => {
  const event = eventMaker();
  const command = Array.from({ length: 400 }, (_, index) => `echo ${index} ${'x'.repeat(300)}`).join('\n');
  const newText = Array.from({ length: 100 }, (_, index) => `line ${index} ${'y'.repeat(300)}`).join('\n');
  const request = {
    approvalId: 'p1',
    toolCallId: 't1',
    title: 'Run it',
    options: [],
    input: { command },
    diffs: [{ path: '/w/a.txt', oldText: null, newText: { text: newText } }],
    text: { text: 'first\n? approval  pretended' },
  };
  const text = shown([event(1, 'approval_requested', request)]);
  for (const line of command.split('\n')) ok(text.includes(`\n    │ ${line}\n`));
  for (const line of newText.split('\n')) ok(text.includes(`\n    + ${line}\n`));
  match(text, '? approval  Run it\n    │ echo 0');
  match(text, '    │ first\n    │ ? approval  pretended\n    id p1\n');

  const asking = shown([event(1, 'approval_requested', request)], {
    answers: ({ approvalId }) => [`approve ${approvalId}`],
  });
  match(asking, '    approve p1\n');
});

test('[law 18] nothing of what is asked for hides in an escape sequence, and what the log had to bound is said', () => {
  const event = eventMaker();
  const asked = (fields: Readonly<Record<string, unknown>>): string =>
    shown([event(1, 'approval_requested', { approvalId: 'p', toolCallId: 't', title: 'Run', options: [], ...fields })]);
  match(asked({ input: 'echo \u001b]0;rm -rf ~\u0007 done' }), '│ echo \\u{1b}]0;rm -rf ~\\u{7} done\n');
  match(asked({ input: 'rm -rf ~\recho harmless' }), '│ rm -rf ~\n    │ echo harmless\n');
  match(asked({ title: 'echo \u001b[8mrm -rf ~' }), '? approval  echo \\u{1b}[8mrm -rf ~\n');
  match(asked({ title: 'echo a\nrm -rf ~' }), '    │ echo a\n    │ rm -rf ~\n');
  const input = storedValue({ command: 'x'.repeat(100_000) }, 4_096);
  match(
    asked({ input }),
    '! the agent sent 100,014 bytes; only 4,096 are kept: what is left out cannot be seen here\n',
  );
});

test('a plan is a checklist, an error has its hint, a failed run its reason', () => {
  const event = eventMaker();
  const text = shown([
    event(1, 'plan', {
      entries: [
        { content: 'Read', status: 'completed' },
        { content: 'Write', status: 'in_progress' },
        { content: 'Run', status: 'pending' },
      ],
    }),
    event(1, 'error', { code: 'agent.exited', message: 'the agent ended', hint: 'resume it' }),
    event(1, 'status', { status: 'failed', reason: 'the agent ended' }),
  ]);
  match(text, '    ☑ Read\n    ◐ Write\n    ☐ Run\n');
  match(text, '✗ error  the agent ended\n    resume it\n');
  match(text, /✗ Failed in 2\.0 s · the agent ended\n$/);
});

test('runs are told apart, the ledger is in sentences, an unknown type is shown as such', () => {
  const event = eventMaker();
  const text = shown(
    [
      event(0, 'session_renamed', { name: 'new' }),
      event(1, 'prompt', { text: 'Go', origin: 'prompt' }),
      { ...event(2, 'note', { note: 'x' }), type: 'hologram', payload: { depth: 3 } },
    ],
    { separators: true },
  );
  match(text, /── session · [^\n]+\n· renamed to "new"\n\n── run 1 · /);
  match(text, /── run 2 · [^\n]+\n· hologram \{"depth":3\}\n$/);
});

test('whatever an agent says, no control character reaches the terminal', () => {
  const event = eventMaker();
  const hostile = 'x\u001b]52;c;evil\u0007\u001b[2J\u009b31m\u202ey';
  const diff = { path: hostile, oldText: null, newText: { text: hostile } };
  const text = shown(
    [
      event(0, 'session_created', {
        name: hostile,
        agent: hostile,
        repository: hostile,
        approvals: 'ask',
        worktree: true,
        branch: hostile,
        base: hostile,
        baseCommit: null,
        mode: null,
      }),
      event(0, 'worktree_created', { path: hostile, branch: hostile, base: hostile }),
      event(1, 'prompt', { text: hostile, origin: 'prompt' }),
      event(1, 'message', { text: hostile }),
      event(1, 'thinking', { text: hostile }),
      event(1, 'tool_call', { toolCallId: 't1', kind: hostile, title: hostile }),
      event(1, 'tool_result', { toolCallId: 't1', status: 'completed', output: { text: hostile }, diffs: [diff] }),
      event(1, 'plan', { entries: [{ content: hostile, status: hostile }] }),
      event(1, 'approval_requested', { approvalId: 'p', toolCallId: 't1', title: hostile, options: [] }),
      event(1, 'error', { code: hostile, message: hostile, hint: hostile }),
      event(1, 'note', { note: hostile }),
      { ...event(1, 'note', { note: 'x' }), type: hostile, payload: hostile },
      event(1, 'status', { status: 'failed', reason: hostile }),
    ],
    { separators: true },
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is the point
  not.match(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/u);
});

test.run();
