import * as assert from 'uvu/assert';
import {
  attentionItems,
  endedWords,
  type LookedAt,
  lookAt,
  lookAtAll,
  newItems,
  withoutGone,
} from '../../../gui/state/attention.ts';
import { dashboardRow as row } from '../../support/dashboard-row.ts';
import { suite } from '../../support/suite.ts';

const test = suite('attention');

const fresh: LookedAt = { since: 100, sessions: {} };

const running = row('running', { status: 'Running', lastActivityAt: 500 });
const waiting = row('waiting', { status: 'Running', pendingApprovals: 1, approvalIds: ['asked'], lastActivityAt: 50 });
const ended = row('ended', { lastActivityAt: 400 });
const failed = row('failed', { status: 'Failed', lastActivityAt: 300 });
const endedBefore = row('ended before', { lastActivityAt: 90 });
const restored = row('restored', { status: 'Running', restored: true, restoredAt: 60, lastActivityAt: 20 });

const kindsOf = (items: ReturnType<typeof attentionItems>): readonly string[] =>
  items.map(({ row: { id }, kind }) => `${id}: ${kind}`);

test('approvals come first, then what was restored, then what failed, then what ended', () => {
  assert.equal(kindsOf(attentionItems([ended, failed, running, endedBefore, restored, waiting], fresh)), [
    'waiting: approval',
    'restored: restored',
    'failed: failed',
    'ended: ended',
  ]);
});

test('an end that is no plain success says so, and a plain one leaves it to its kind', () => {
  const cut = row('cut', { status: 'Completed', stopReason: 'max_tokens' });
  const limited = row('limited', { status: 'Failed', failureKind: 'limit', failureReason: 'try at\n12:44' });
  assert.is(endedWords({ row: cut, kind: 'ended' }), 'cut short: the model’s token limit');
  assert.is(endedWords({ row: limited, kind: 'failed' }), 'limit reached: try at 12:44');
  assert.is(endedWords({ row: ended, kind: 'ended' }), null);
  assert.is(endedWords({ row: limited, kind: 'approval' }), null);
});

test('what ended before the window was first opened is no news', () => {
  assert.equal(attentionItems([endedBefore], fresh), []);
});

test('looking at a session that ended is enough; an approval waits until it is answered', () => {
  const looked = lookAt(lookAt(fresh, ended, 600), waiting, 600);
  assert.equal(kindsOf(attentionItems([ended, waiting], looked)), ['waiting: approval']);
});

test('a session that was looked at and then ended is news again', () => {
  const looked = lookAt(fresh, running, 600);
  const over = row('running', { status: 'Completed', lastActivityAt: 700 });
  assert.equal(kindsOf(attentionItems([over], looked)), ['running: ended']);
});

test("a window whose clock is behind the runtime's has still seen what it shows", () => {
  assert.equal(attentionItems([ended], lookAt(fresh, ended, 5)), []);
});

test('the approval that has waited longest comes first', () => {
  const later = row('later', { status: 'Running', pendingApprovals: 2, lastActivityAt: 80 });
  assert.equal(kindsOf(attentionItems([later, waiting], fresh)), ['waiting: approval', 'later: approval']);
});

test('everything can be seen at once, and what is gone is forgotten', () => {
  const looked = lookAtAll(fresh, [ended, failed, restored], 600);
  assert.equal(attentionItems([ended, failed, restored], looked), []);
  assert.equal(Object.keys(withoutGone(looked, [failed]).sessions), ['failed']);
});

test('a notification is for what was not there before: an approval that was answered and an end are two', () => {
  const before = attentionItems([waiting, ended], fresh);
  const after = attentionItems([row('waiting', { lastActivityAt: 800 }), ended], fresh);
  assert.equal(kindsOf(newItems(before, after)), ['waiting: ended']);
  assert.equal(newItems(after, after), []);
});

test('another approval is news, also when it came in one patch with the answer to the one before it', () => {
  const asking = (...approvalIds: string[]) =>
    attentionItems(
      [row('asks', { status: 'Running', pendingApprovals: approvalIds.length, approvalIds, lastActivityAt: 500 })],
      fresh,
    );
  assert.equal(kindsOf(newItems(asking('first'), asking('second'))), ['asks: approval']);
  assert.equal(kindsOf(newItems(asking('first'), asking('first', 'second'))), ['asks: approval']);
  assert.equal(newItems(asking('first', 'second'), asking('second')), [], 'an answer is no news');
});

test.run();
