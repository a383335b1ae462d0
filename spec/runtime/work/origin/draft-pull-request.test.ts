import { equal, is } from 'uvu/assert';
import { draftPullRequest } from '../../../../runtime/work/origin/draft-pull-request.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('the draft of a pull request');

const of = (body: string) =>
  draftPullRequest({ name: 'n', prompt: 'Do it.', commits: [{ subject: 'Done', body }] }).body;

test('trailers are for git, and words that look like one are words where others follow', () => {
  equal(
    ['Why: so.\n\nMore.\n\nSigned-off-by: A\nThroughline-Session: x\n', 'Signed-off-by: A', 'Note: this\nand that'].map(
      of,
    ),
    ['Why: so.\n\nMore.', 'Do it.', 'Note: this\nand that'],
  );
});

test('a message of very many lines that are nearly trailers is read as any other', () => {
  is(of(`${'a: b\n'.repeat(400_000)}x`).length, 10_000);
});

test.run();
