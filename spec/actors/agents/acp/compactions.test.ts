import * as assert from 'uvu/assert';
import { createCompactions } from '../../../../actors/agents/acp/compactions.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('compactions');

const state = (compactionId: string, status: string, more: object = {}) => ({
  sessionUpdate: 'compaction_update',
  compactionId,
  status,
  ...more,
});
const piece = (compactionId: string, text: string) => ({
  sessionUpdate: 'compaction_summary_chunk',
  compactionId,
  content: { type: 'text', text },
});

test('a compaction has its place where it begins, and its pieces are one summary at its end', () => {
  const compactions = createCompactions(1_000);
  const told = [
    state('c', 'in_progress'),
    piece('c', 'We wrote '),
    piece('c', 'a file.'),
    state('c', 'completed'),
    state('c', 'completed'),
  ].map(compactions.update);
  assert.equal(told, [
    [{ compactionId: 'c', status: 'in_progress' }],
    [],
    [],
    [{ compactionId: 'c', status: 'completed', summary: { text: 'We wrote a file.' } }],
    [],
  ]);
  assert.equal(compactions.flush(), []);
});

test('pieces that come first begin it, and are told at the end of the run when nothing follows them', () => {
  const compactions = createCompactions(1_000);
  assert.equal(compactions.update(piece('c', 'We wrote')), [{ compactionId: 'c', status: 'in_progress' }]);
  assert.equal(compactions.flush(), [{ compactionId: 'c', status: 'in_progress', summary: { text: 'We wrote' } }]);
});

test('a summary that is given takes the place of its pieces, null clears it, and an error is kept', () => {
  const compactions = createCompactions(1_000);
  compactions.update(piece('c', 'draft'));
  const given = state('c', 'in_progress', { summary: [{ type: 'text', text: 'final' }, { type: 'image' }] });
  assert.equal(compactions.update(given)?.[0]?.summary, { text: 'final[image]' });
  assert.equal(compactions.update(state('c', 'failed', { summary: null, error: 'too long' })), [
    { compactionId: 'c', status: 'failed', error: 'too long' },
  ]);
});

test('a summary is bounded', () => {
  const compactions = createCompactions(1_000);
  for (let nth = 0; nth < 1_000; nth += 1) compactions.update(piece('c', 'x'.repeat(1_000)));
  const [told] = compactions.update(state('c', 'completed')) ?? [];
  assert.is(told?.summary?.truncated?.bytes, 1_000_000);
});

test('what is no compaction is none', () => {
  const compactions = createCompactions(1_000);
  assert.is(compactions.update({ sessionUpdate: 'compaction_update', status: 'completed' }), null);
  assert.is(compactions.update({ sessionUpdate: 'compaction_update', compactionId: 'c' }), null);
});

test.run();
