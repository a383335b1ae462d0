import { equal, is } from 'uvu/assert';
import { toolCall } from '../../../../actors/agents/acp/tool-call.ts';
import { createToolCalls } from '../../../../actors/agents/acp/tool-calls.ts';
import type { Diff } from '../../../../actors/protocol/facts/events.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('written files');

const edit = (path: string, before: string | null, after: string): Diff => ({
  path,
  oldText: before === null ? null : { text: before },
  newText: { text: after },
});

const world = () => {
  const calls = createToolCalls({ maxStoredTextBytes: 1_000, now: () => 0 });
  const hear = (update: object, kind: 'tool_call' | 'tool_call_update' = 'tool_call') =>
    calls.update(toolCall.parse(update), kind);
  const end = (toolCallId: string, content?: readonly { readonly type: 'diff'; path: string; newText: string }[]) =>
    hear(
      { toolCallId, status: 'completed', ...(content === undefined ? {} : { content: [...content] }) },
      'tool_call_update',
    ).flatMap((event) => (event.type === 'tool_result' ? (event.payload.diffs ?? []) : []));
  const wrote = (given: Diff) => calls.writing(given.path)(given).kind;
  return { calls, hear, end, wrote };
};

test('what is written through us while one edit is under way is in the result of that edit', () => {
  const { hear, end, wrote } = world();
  hear({ toolCallId: 'look', kind: 'read' });
  hear({ toolCallId: 'edit', kind: 'edit' });
  is(wrote(edit('/w/a.txt', null, 'one')), 'in_result');
  is(wrote(edit('/w/a.txt', 'one', 'two')), 'in_result');
  equal(end('look'), []);
  equal(end('edit'), [edit('/w/a.txt', null, 'two')], 'two writes of one file are one edit, from its beginning');
});

test('an edit that the agent tells itself is not told twice', () => {
  const { hear, end, wrote } = world();
  hear({ toolCallId: 'edit', kind: 'edit' });
  wrote(edit('/w/src/a.txt', 'one', 'two'));
  wrote(edit('/w/b.txt', null, 'b'));
  const told = end('edit', [{ type: 'diff', path: 'src/a.txt', newText: 'two' }]);
  equal(told, [edit('src/a.txt', null, 'two'), edit('/w/b.txt', null, 'b')]);
});

test('of several edits under way it belongs to the one that names the file, and to none of them else', () => {
  const { hear, end, wrote } = world();
  hear({ toolCallId: '1', kind: 'edit', locations: [{ path: '/w/a.txt' }] });
  hear({ toolCallId: '2', kind: 'edit', locations: [{ path: '/w/b.txt' }] });
  is(wrote(edit('/w/b.txt', null, 'b')), 'in_result');
  is(wrote(edit('/w/c.txt', null, 'c')), 'alone');
  equal([end('1'), end('2')], [[], [edit('/w/b.txt', null, 'b')]]);
  is(wrote(edit('/w/b.txt', 'b', 'c')), 'alone', 'a call that has ended takes nothing any more');
});

test('what is written when its call has ended belongs to it still, and is not told twice', () => {
  const { calls, hear, end } = world();
  hear({ toolCallId: '1', kind: 'edit' });
  const [first, second] = [calls.writing('/w/a.txt'), calls.writing('/w/b.txt')];
  end('1', [{ type: 'diff', path: '/w/b.txt', newText: 'b' }]);
  equal(first(edit('/w/a.txt', null, 'a')), { kind: 'after_result', toolCallId: '1' });
  equal(second(edit('/w/b.txt', null, 'b')), { kind: 'told_already' });
});

test('with no call under way it belongs to none', () => {
  is(world().wrote(edit('/w/a.txt', null, 'a')), 'alone');
});

test.run();
