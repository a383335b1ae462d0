import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { operateOnPlans, type Plans, wholePlan } from '../../../../actors/agents/acp/plans.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('plans');

const entry = (content: string, status = 'pending') => ({ content, status });
const items = (planId: string, ...entries: readonly unknown[]) => ({
  sessionUpdate: 'plan_update',
  plan: { type: 'items', planId, entries },
});

const after = (...updates: readonly unknown[]): Plans =>
  updates.reduce<Plans>((plans, update) => operateOnPlans(plans, update)?.plans ?? plans, new Map());

test('the plan after an operation is whole: of all plans, in the order in which they appeared', () => {
  const plans = after(
    { sessionUpdate: 'plan', entries: [entry('main')] },
    items('b', entry('one'), entry('two')),
    items('c', entry('three')),
    items('b', entry('one', 'completed')),
  );
  assert.equal(wholePlan(plans), [entry('main'), entry('one', 'completed'), entry('three')]);
  const removed = operateOnPlans(plans, { sessionUpdate: 'plan_removed', planId: 'b' });
  assert.equal(removed && wholePlan(removed.plans), [entry('main'), entry('three')]);
});

test('a plan as Markdown is its boxes, or one entry; one in a file is its address', () => {
  const told = (plan: object) => wholePlan(after({ sessionUpdate: 'plan_update', plan: { planId: 'a', ...plan } }));
  assert.equal(told({ type: 'markdown', content: '# Plan\n- [x] look\n  - [ ] write\n' }), [
    entry('look', 'completed'),
    entry('write'),
  ]);
  assert.equal(told({ type: 'markdown', content: 'Just do it.\n' }), [entry('Just do it.')]);
  assert.equal(told({ type: 'file', uri: 'file:///plan.md' }), [entry('file:///plan.md')]);
});

test('an odd entry costs itself, and one without a status is pending', () => {
  const operated = operateOnPlans(new Map(), {
    sessionUpdate: 'plan',
    entries: [{ content: 'one', priority: 5 }, 'odd', { status: 'pending' }, entry('two', 'completed')],
  });
  assert.equal(operated && wholePlan(operated.plans), [entry('one'), entry('two', 'completed')]);
  assert.equal(operated?.odd, ['odd', { status: 'pending' }]);
});

test('what is no operation on a plan is none', () => {
  for (const update of [
    null,
    { sessionUpdate: 'plan', entries: 'none' },
    { sessionUpdate: 'plan_update', plan: { type: 'items', entries: [] } },
    { sessionUpdate: 'plan_update', plan: { type: 'new', planId: 'a' } },
    { sessionUpdate: 'plan_removed' },
    { sessionUpdate: 'other' },
  ]) {
    assert.is(operateOnPlans(new Map(), update), null);
  }
});

test('plans are bounded, however many there are and however long', () => {
  let plans: Plans = new Map();
  for (let nth = 0; nth < 1_000; nth += 1) {
    const entries = Array.from({ length: 500 }, () => entry('x'.repeat(10_000)));
    plans =
      operateOnPlans(plans, items(`plan ${nth}`, ...(nth < 3 || nth > 997 ? entries : [entry('y')])))?.plans ?? plans;
  }
  assert.ok(plans.size <= 20);
  const whole = wholePlan(plans);
  assert.is(whole.length, 200);
  assert.ok(whole.every(({ content }) => content.length <= 2_000));
});

test('whatever the operations, the whole is that of the last state of each plan that was not removed', () => {
  const operation = fc.oneof(
    fc.record({ id: fc.constantFrom('a', 'b', 'c'), entries: fc.array(fc.string(), { maxLength: 3 }) }),
    fc.record({ id: fc.constantFrom('a', 'b', 'c'), entries: fc.constant(null) }),
  );
  fc.assert(
    fc.property(fc.array(operation), (operations) => {
      const last = new Map<string, readonly string[]>();
      let plans: Plans = new Map();
      for (const { id, entries } of operations) {
        if (entries === null) last.delete(id);
        else last.set(id, entries);
        const update =
          entries === null
            ? { sessionUpdate: 'plan_removed', planId: id }
            : items(id, ...entries.map((each) => entry(each)));
        plans = operateOnPlans(plans, update)?.plans ?? plans;
      }
      assert.equal(
        wholePlan(plans).map(({ content }) => content),
        [...last.values()].flat(),
      );
    }),
  );
});

test.run();
