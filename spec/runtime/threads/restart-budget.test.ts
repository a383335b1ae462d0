import { is } from 'uvu/assert';
import { createRestartBudget } from '../../../runtime/threads/restart-budget.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the restart budget');

test('so many restarts within the time are granted and no more, until the time is over', () => {
  let now = 0;
  const budget = createRestartBudget({ restarts: 2, withinMs: 1_000, now: () => now });
  is(budget.spend(), true);
  is(budget.spend(), true);
  is(budget.isOverspent(), false);
  is(budget.spend(), false);
  is(budget.isOverspent(), true);
  now = 1_001;
  is(budget.isOverspent(), false);
  is(budget.spend(), true);
});

test('it goes by a clock that nobody sets: one on the wall that jumps neither forgives a restart nor keeps one for ever', () => {
  const wall = Date.now;
  try {
    const budget = createRestartBudget({ restarts: 1, withinMs: 60_000 });
    is(budget.spend(), true);
    Date.now = () => wall() + 365 * 24 * 3_600_000;
    is(budget.spend(), false);
  } finally {
    Date.now = wall;
  }
});

test.run();
