import { equal, is } from 'uvu/assert';
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
  const end = (toolCallId: string, content?: readonly { readonly type: 'diff'; path: string; newText: string }[]) =>
    calls
      .update({ toolCallId, status: 'completed', ...(content === undefined ? {} : { content: [...content] }) })
      .flatMap((event) => (event.type === 'tool_result' ? (event.payload.diffs ?? []) : []));
  const wrote = (given: Diff) => calls.writing(given.path)(given).kind;
  return { calls, end, wrote };
};

test('what is written through us while one edit is under way is in the result of that edit', () => {
  const { calls, end, wrote } = world();
  calls.update({ toolCallId: 'look', kind: 'read' });
  calls.update({ toolCallId: 'edit', kind: 'edit' });
  is(wrote(edit('/w/a.txt', null, 'one')), 'in_result');
  is(wrote(edit('/w/a.txt', 'one', 'two')), 'in_result');
  equal(end('look'), []);
  equal(end('edit'), [edit('/w/a.txt', null, 'two')], 'two writes of one file are one edit, from its beginning');
});

test('an edit that the agent tells itself is not told twice', () => {
  const { calls, end, wrote } = world();
  calls.update({ toolCallId: 'edit', kind: 'edit' });
  wrote(edit('/w/src/a.txt', 'one', 'two'));
  wrote(edit('/w/b.txt', null, 'b'));
  const told = end('edit', [{ type: 'diff', path: 'src/a.txt', newText: 'two' }]);
  equal(told, [edit('src/a.txt', null, 'two'), edit('/w/b.txt', null, 'b')]);
});

test('of several edits under way it belongs to the one that names the file, and to none of them else', () => {
  const { calls, end, wrote } = world();
  calls.update({ toolCallId: '1', kind: 'edit', locations: [{ path: '/w/a.txt' }] });
  calls.update({ toolCallId: '2', kind: 'edit', locations: [{ path: '/w/b.txt' }] });
  is(wrote(edit('/w/b.txt', null, 'b')), 'in_result');
  is(wrote(edit('/w/c.txt', null, 'c')), 'alone');
  equal([end('1'), end('2')], [[], [edit('/w/b.txt', null, 'b')]]);
  is(wrote(edit('/w/b.txt', 'b', 'c')), 'alone', 'a call that has ended takes nothing any more');
});

test('what is written when its call has ended belongs to it still, and is not told twice', () => {
  const { calls, end } = world();
  calls.update({ toolCallId: '1', kind: 'edit' });
  const [first, second] = [calls.writing('/w/a.txt'), calls.writing('/w/b.txt')];
  end('1', [{ type: 'diff', path: '/w/b.txt', newText: 'b' }]);
  equal(first(edit('/w/a.txt', null, 'a')), { kind: 'after_result', toolCallId: '1' });
  equal(second(edit('/w/b.txt', null, 'b')), { kind: 'told_already' });
});

test('with no call under way it belongs to none', () => {
  is(world().wrote(edit('/w/a.txt', null, 'a')), 'alone');
});

test.run();
