import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createRecap, minRecapBytes } from '../../../../actors/model/recap/recap.ts';
import { fact, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import { toTimestamp } from '../../../../actors/protocol/facts/ids.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('recap');
const at = toTimestamp(1);

const said = (text: string, messageId?: string): RunFact =>
  fact('message', messageId === undefined ? { text } : { text, messageId }, at);
const asked = (text: string): RunFact => fact('prompt', { text, origin: 'prompt' }, at);
const ended = (status: 'completed' | 'interrupted' | 'failed', reason?: string): RunFact =>
  fact('status', reason === undefined ? { status } : { status, reason }, at);

const recapOf = (facts: readonly RunFact[], maxBytes = 32_768): string | null => {
  const recap = createRecap(maxBytes);
  for (const each of facts) recap.add(each);
  return recap.text();
};

test('it tells the task, what was done, decided and changed, and the last messages whole', () => {
  const text = recapOf([
    asked('Make the tests pass'),
    said('I look at ', 'm1'),
    said('the tests.', 'm1'),
    fact('tool_call', { toolCallId: 'c1', title: 'Edit a.ts' }, at),
    fact('approval_requested', { approvalId: 'a1', toolCallId: 'c1', title: 'Edit a.ts', options: [] }, at),
    fact('approval_resolved', { approvalId: 'a1', outcome: 'allowed', by: 'person' }, at),
    fact(
      'tool_result',
      {
        toolCallId: 'c1',
        status: 'completed',
        title: 'Edit a.ts',
        diffs: [{ path: '/w/a.ts', oldText: { text: 'a' }, newText: { text: 'b' } }],
      },
      at,
    ),
    fact('plan', { entries: [{ content: 'Run them again', status: 'pending' }] }, at),
    ended('completed'),
    asked('Now the\nlinter'),
    said('On it.', 'm2'),
    fact('tool_call', { toolCallId: 'c2', title: 'npm run lint' }, at),
  ]);
  assert.ok(text);
  assert.match(text, 'Make the tests pass');
  assert.match(text, 'You: I look at the tests.');
  assert.match(text, '- Now the linter');
  assert.match(text, '- /w/a.ts');
  assert.match(text, '- allowed: Edit a.ts');
  assert.match(text, '- [ ] Run them again');
  assert.match(text, '- npm run lint (begun; how it ended is not known)');
  assert.match(text, 'The person: Now the\nlinter');
  assert.match(text, 'The last turn was cut off before it ended.');
});

test('nothing was said: there is no recap', () => {
  assert.is(recapOf([]), null);
  assert.is(recapOf([said('hello')]), null);
});

test('what a tool failed to change was not changed, and a failure is told as one', () => {
  const text = recapOf([
    asked('Go'),
    fact(
      'tool_result',
      {
        toolCallId: 'c1',
        status: 'failed',
        title: 'Edit b.ts',
        diffs: [{ path: '/w/b.ts', oldText: null, newText: { text: 'b' } }],
      },
      at,
    ),
    ended('failed', 'the agent exited with code 1'),
  ]);
  assert.match(text ?? '', '- Edit b.ts (failed)');
  assert.not.match(text ?? '', '/w/b.ts');
  assert.match(text ?? '', 'ended as failed: the agent exited with code 1');
});

test('the last messages are whole as far as they fit, and of a giant one there are beginning and end', () => {
  const messages = Array.from({ length: 50 }, (_, index) => said(`message ${index} ${'x'.repeat(400)}`, `m${index}`));
  const text = recapOf([asked('Go'), ...messages], 4_096) ?? '';
  assert.match(text, 'message 49');
  assert.not.match(text, 'message 1 ');
  assert.ok(Buffer.byteLength(text) <= 4_096);
  const giant = recapOf([asked('Go'), said(`beginning ${'y'.repeat(100_000)} end of it`)], 4_096) ?? '';
  assert.match(giant, 'beginning');
  assert.match(giant, 'end of it');
  assert.ok(Buffer.byteLength(giant) <= 4_096);
});

test('[law 12] whatever the history, the recap has its bound and the beginning of the task', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 3_000, size: 'max' });
  const anything: fc.Arbitrary<RunFact> = fc.oneof(
    text.map(asked),
    fc.tuple(text, fc.option(fc.constantFrom('m1', 'm2'), { nil: undefined })).map(([said_, id]) => said(said_, id)),
    text.map((title) => fact('tool_call', { toolCallId: title.slice(0, 3), title }, at)),
    fc
      .tuple(text, fc.boolean())
      .map(([path, fails]) =>
        fact(
          'tool_result',
          { toolCallId: path.slice(0, 3), status: fails ? 'failed' : 'completed', diffs: [diffOf(path)] },
          at,
        ),
      ),
    text.map((content) => fact('plan', { entries: [{ content, status: 'pending' }] }, at)),
    text.map((title) =>
      fact('approval_requested', { approvalId: title.slice(0, 3), toolCallId: 'c', title, options: [] }, at),
    ),
    fc.constant(ended('interrupted')),
  );
  fc.assert(
    fc.property(
      fc.array(anything, { maxLength: 120 }),
      fc.integer({ min: minRecapBytes, max: 20_000 }),
      (facts, maxBytes) => {
        const recap = recapOf([asked('The very task'), ...facts], maxBytes) ?? '';
        assert.ok(Buffer.byteLength(recap) <= maxBytes, `${Buffer.byteLength(recap)} > ${maxBytes}`);
        assert.match(recap, 'The very task');
      },
    ),
    { numRuns: 60 },
  );
});

const diffOf = (path: string) => ({ path, oldText: null, newText: { text: 'new' } });

test.run();
