import { is, match } from 'uvu/assert';
import { asThroughlineError, type ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import type { PendingApproval } from '../../../../actors/protocol/gateway/dashboard.ts';
import { findApproval, findOption, notPending } from '../../../../runtime/cli/choose/find-approval.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('which approval is meant');

const approval = (approvalId: string, title: string): PendingApproval => ({
  approvalId,
  runId: 'r',
  toolCallId: 't',
  title,
  kind: null,
  options: [{ optionId: 'once', name: 'Allow once', kind: 'allow_once' }],
  requestedAt: 0,
});
const first = approval('0190aaaa-0000-7000-8000-000000000001', 'Run npm test');
const second = approval('0190bbbb-0000-7000-8000-000000000002', 'Edit README.md');

const refusal = (act: () => unknown): ThroughlineError => {
  try {
    act();
  } catch (thrown) {
    return asThroughlineError(thrown);
  }
  throw new Error('nothing was refused');
};

test('the only one that waits needs no name, one of several the beginning of its id', () => {
  is(findApproval({ name: 's', approvals: [first] }, undefined), first);
  is(findApproval({ name: 's', approvals: [first, second] }, '0190BBBB-0000'), second);
});

test('none that waits is refused, an unknown one is not found, several are wrong usage', () => {
  is(refusal(() => findApproval({ name: 's', approvals: [] }, undefined)).code, 'approval.not_pending');
  is(refusal(() => findApproval({ name: 's', approvals: [first] }, 'ffffffff-ffff')).code, 'approval.not_found');
  const several = refusal(() => findApproval({ name: 's', approvals: [first, second] }, undefined));
  is(several.code, 'input.invalid');
  match(several.message, '0190aaaa-0000 Run npm test, 0190bbbb-0000 Edit README.md');
});

test('an empty id, as of a variable that is not set, is no id; nor is a beginning that the next approval may have', () => {
  is(refusal(() => findApproval({ name: 's', approvals: [first] }, '0190aaaa')).code, 'input.invalid');
  is(refusal(() => findApproval({ name: 's', approvals: [first] }, ' ')).code, 'input.invalid');
});

test('an answer that came too late names those that wait now', () => {
  const late = notPending({ name: 's', approvals: [second] }, first, null);
  is(late.code, 'approval.not_pending');
  match(late.message, 'Run npm test');
  match(late.hint ?? '', '0190bbbb-0000 Edit README.md');
});

test('an option is known by its id or its name, another one is refused with those there are', () => {
  is(findOption(first, 'once').optionId, 'once');
  is(findOption(first, 'allow ONCE').optionId, 'once');
  match(refusal(() => findOption(first, 'always')).hint ?? '', 'once (Allow once)');
});

test.run();
