import * as assert from 'uvu/assert';
import type { PlacedComment, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import { createReviewComments, type PutAway } from '../../../gui/review/state/review-comments.ts';
import type { NewComment, ReviewSource } from '../../../gui/review/state/review-source.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the comments of a review, as they are written and sent');

const comment = (commentId: string, change: Partial<PlacedComment> = {}): PlacedComment => ({
  commentId,
  path: 'a.ts',
  side: 'after',
  from: 2,
  to: 3,
  quote: 'b\nc',
  text: commentId,
  tree: 'to',
  snapshot: 2,
  at: 1,
  state: 'open',
  sentWith: null,
  answeredIn: null,
  pathNow: 'a.ts',
  lines: { from: 2, to: 3 },
  changed: false,
  nearest: null,
  ...change,
});

const end = (tree: string, snapshot: number) => ({ tree, snapshot, at: 1 });
const answer: ReviewFiles = {
  range: 'run:1',
  run: 1,
  from: 'from',
  to: 'to',
  fromEnd: end('from', 1),
  toEnd: end('to', 2),
  base: null,
  files: [],
  cut: false,
  behind: null,
  ahead: null,
  branch: null,
};

const refused = () => Promise.reject(new Error('not asked for here'));

const world = (there: readonly PlacedComment[] = []) => {
  let remembered: PutAway = {};
  const sent: (readonly string[])[] = [];
  const added: NewComment[] = [];
  const sending: ((run: number | null) => void)[] = [];
  const source: ReviewSource = {
    ranges: refused,
    files: refused,
    patch: refused,
    blob: refused,
    snapshots: refused,
    looked: refused,
    setViewed: refused,
    comments: async () => [...there, ...added.map((each, index) => comment(`new ${index}`, { ...each }))],
    addComment: async (each) => added.push(each),
    changeComment: refused,
    removeComment: refused,
    prompt: refused,
    send: (ids) => {
      sent.push(ids);
      return new Promise((resolve) => sending.push(resolve));
    },
    unqueue: refused,
    openInEditor: refused,
    previewRestore: refused,
    restore: refused,
    stage: refused,
    landing: refused,
    setup: refused,
    lastChecks: refused,
    runChecks: refused,
    sendCheck: refused,
    whoseLines: refused,
  };
  const comments = createReviewComments({
    source,
    answer: () => answer,
    recall: () => remembered,
    remember: (texts) => {
      remembered = texts;
    },
  });
  return { ...comments, sent, added, sending, remembered: () => remembered };
};

const on = { path: 'a.ts', side: 'after', from: 2, to: 3, quote: 'b\nc' } as const;
const key = 'after 2-3 a.ts';

test('what is sent is known to be on its way until it has arrived', async () => {
  const { refresh, send, sending, sent, isSending, open, comments } = world([
    comment('one'),
    comment('two', { state: 'sent', sentWith: 1 }),
  ]);
  await refresh();
  const first = send(false);
  assert.ok(isSending.value);
  sending[0]?.(2);
  assert.is(await first, 2);
  assert.not.ok(isSending.value);
  assert.equal(sent, [['one']]);
  assert.is(open.value.length, 1, 'the runtime says it is open still');
  assert.is(comments.value.length, 2);
});

test('what was kept is a comment on those lines of that tree; without words nothing is', async () => {
  const { write, setText, keep, added, drafts, comments } = world();
  write(on);
  await keep(key);
  assert.equal(added, []);
  assert.equal(drafts.value, []);
  write(on);
  write(on);
  assert.is(drafts.value.length, 1, 'lines are written on once');
  setText(key, '  Why?\n');
  await keep(key);
  assert.equal(added, [{ ...on, text: 'Why?', tree: 'to', snapshot: 2 }]);
  assert.equal(drafts.value, []);
  assert.is(comments.value.length, 1);
});

test('a comment on lines as they were is on the tree before', async () => {
  const { write, setText, keep, added } = world();
  write({ ...on, side: 'before' });
  setText('before 2-3 a.ts', 'Why?');
  await keep('before 2-3 a.ts');
  assert.is(added[0]?.tree, 'from');
  assert.is(added[0]?.snapshot, 1);
});

test('a longer text that was put away is found again on the same lines, until it is kept', async () => {
  const { write, setText, discard, drafts, keep, remembered } = world();
  write(on);
  setText(key, 'short');
  discard(key);
  assert.equal(remembered(), {});
  write(on);
  setText(key, 'A sentence that is worth to be kept.');
  discard(key);
  write(on);
  assert.is(drafts.value[0]?.text, 'A sentence that is worth to be kept.');
  await keep(key);
  assert.equal(remembered(), {});
});

test('what is resolved hangs nowhere, unless it is asked for; the others hang where their lines are now', async () => {
  const { refresh, hung, countsByPath, showsResolved } = world([
    comment('moved', { pathNow: 'b.ts', lines: { from: 12, to: 13 } }),
    comment('done', { state: 'resolved' }),
    comment('gone', { lines: null, nearest: 7 }),
  ]);
  await refresh();
  const places = () =>
    [...hung.value].flatMap(([path, all]) => all.map(({ key: id, from, to }) => [path, id, from, to]));
  assert.equal(places(), [
    ['b.ts', 'moved', 12, 13],
    ['a.ts', 'gone', 7, 7],
  ]);
  assert.equal(
    [...countsByPath.value],
    [
      ['b.ts', 1],
      ['a.ts', 1],
    ],
  );
  showsResolved.value = true;
  assert.is(places().length, 3);
});

test.run();
