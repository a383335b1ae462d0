import { equal, is } from 'uvu/assert';
import type { Payload } from '../../../../actors/protocol/facts/events.ts';
import { editsIn, stepsOfFile } from '../../../../runtime/work/origin/find-step.ts';
import { suite } from '../../../support/suite.ts';
import { eventMaker } from '../../cli/support/events.ts';

const test = suite('the step that wrote a line');

const edit = (toolCallId: string, before: string | null, after: string): Payload<'tool_call'> =>
  ({
    toolCallId,
    kind: 'edit',
    diffs: [{ path: 'a.txt', oldText: before === null ? null : { text: before }, newText: { text: after } }],
  }) as Payload<'tool_call'>;

test('the last edit that brings it; where none tells its text the last that names the file', () => {
  const event = eventMaker();
  const edits = editsIn([
    event(1, 'tool_call', edit('one', null, 'a\nb\n')),
    event(1, 'tool_call', edit('two', 'a\nb\n', 'a\nc\n')),
    event(1, 'tool_call', edit('three', 'a\nc\n', 'a\nb\nc\n')),
    event(1, 'tool_call', {
      toolCallId: 'four',
      kind: 'edit',
      locations: [{ path: '/top/a.txt' }],
    } as Payload<'tool_call'>),
  ]);
  const step = stepsOfFile(edits, ['a.txt', '/top/a.txt']);
  equal(
    ['a', 'b', 'c', 'd'].map((line) => step(line)?.seq),
    [1, 3, 2, 4],
  );
  is(stepsOfFile(edits, ['b.txt'])('a'), null);
});

test('what an agent told of a file is read once, for however many of its lines', () => {
  const event = eventMaker();
  let reads = 0;
  const edits = editsIn([event(1, 'tool_call', edit('one', null, 'a\nb\n'))]).map((each) => ({
    ...each,
    get text() {
      reads += 1;
      return each.text;
    },
  }));
  const step = stepsOfFile(edits, ['a.txt']);
  const before = reads;
  for (let line = 0; line < 1_000; line += 1) step(`line ${line}`);
  is(reads, before);
});

test.run();
