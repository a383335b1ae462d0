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
  return { calls, end };
};

test('what is written through us while one edit is under way is in the result of that edit', () => {
  const { calls, end } = world();
  calls.update({ toolCallId: 'look', kind: 'read' });
  calls.update({ toolCallId: 'edit', kind: 'edit' });
  is(calls.fileWritten(edit('/w/a.txt', null, 'one')), true);
  is(calls.fileWritten(edit('/w/a.txt', 'one', 'two')), true);
  equal(end('look'), []);
  equal(end('edit'), [edit('/w/a.txt', null, 'two')], 'two writes of one file are one edit, from its beginning');
});

test('an edit that the agent tells itself is not told twice', () => {
  const { calls, end } = world();
  calls.update({ toolCallId: 'edit', kind: 'edit' });
  calls.fileWritten(edit('/w/src/a.txt', 'one', 'two'));
  calls.fileWritten(edit('/w/b.txt', null, 'b'));
  const told = end('edit', [{ type: 'diff', path: 'src/a.txt', newText: 'two' }]);
  equal(told, [edit('src/a.txt', null, 'two'), edit('/w/b.txt', null, 'b')]);
});

test('of several edits under way it belongs to the one that names the file, and to none of them else', () => {
  const { calls, end } = world();
  calls.update({ toolCallId: '1', kind: 'edit', locations: [{ path: '/w/a.txt' }] });
  calls.update({ toolCallId: '2', kind: 'edit', locations: [{ path: '/w/b.txt' }] });
  is(calls.fileWritten(edit('/w/b.txt', null, 'b')), true);
  is(calls.fileWritten(edit('/w/c.txt', null, 'c')), false);
  equal([end('1'), end('2')], [[], [edit('/w/b.txt', null, 'b')]]);
  is(calls.fileWritten(edit('/w/b.txt', 'b', 'c')), false, 'a call that has ended takes nothing any more');
});

test('with no call under way it belongs to none', () => {
  is(world().calls.fileWritten(edit('/w/a.txt', null, 'a')), false);
});

test.run();
