import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { diffDashboard, mergePatch } from '../../../../actors/model/dashboard/dashboard-patch.ts';
import { byDefaultOrder } from '../../../../actors/model/dashboard/default-order.ts';
import { dashboardStatuses } from '../../../../actors/protocol/facts/status.ts';
import type { DashboardRow } from '../../../../actors/protocol/gateway/dashboard.ts';
import { rowWith } from '../../../runtime/cli/support/rows.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('dashboard patches');

const row: fc.Arbitrary<DashboardRow> = fc
  .record({
    id: fc.integer({ min: 1, max: 8 }).map((id) => `session-${id}`),
    name: fc.string({ maxLength: 3 }),
    status: fc.constantFrom(...dashboardStatuses),
    lastActivityAt: fc.nat(5),
    createdAt: fc.nat(5),
    pendingApprovals: fc.nat(1),
  })
  .map(rowWith);

/** A dashboard as a reader gives it: each session once, in the default order. */
const dashboard = fc
  .uniqueArray(row, { selector: ({ id }) => id, maxLength: 8 })
  .map((rows): readonly DashboardRow[] => [...rows].sort(byDefaultOrder));

const dashboards = fc.array(dashboard, { minLength: 1, maxLength: 8 });

test('a snapshot and the patches after it give the later snapshot, whichever are joined or left out for a new one', () => {
  const ways = fc.array(fc.constantFrom('patch', 'coalesce', 'resnapshot'), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(dashboards, ways, (states, taken) => {
      let told = states[0] ?? [];
      let shown = told;
      for (const [index, state] of states.entries()) {
        const way = index === states.length - 1 ? 'patch' : taken[index];
        if (way === 'coalesce') continue;
        shown = way === 'resnapshot' ? state : mergePatch(shown, diffDashboard(told, state));
        told = state;
      }
      assert.equal(shown, states.at(-1));
    }),
    { numRuns: 1_000 },
  );
});

test('a patch that is given twice, or says more than has changed, changes nothing more', () => {
  fc.assert(
    fc.property(dashboard, dashboard, (before, after) => {
      const patch = diffDashboard(before, after);
      const once = mergePatch(before, patch);
      assert.equal(mergePatch(once, patch), after);
      assert.equal(mergePatch(before, { changed: after, removed: [...patch.removed, 'never there'] }), after);
    }),
  );
});

test('one changed row is one row, and the others stay the objects they were', () => {
  const rows = Array.from({ length: 1_000 }, (_, index) => rowWith({ id: `session-${index}`, createdAt: index }));
  const before = rows.sort(byDefaultOrder);
  const after = before.map((one) => (one.id === 'session-7' ? { ...one, name: 'renamed' } : one));
  const patch = diffDashboard(before, after);
  assert.equal(patch, { changed: [after.find((one) => one.id === 'session-7')], removed: [] });
  assert.ok(JSON.stringify(patch).length < 1_000);
  const merged = mergePatch(before, patch);
  assert.is(merged.filter((one, index) => one === before[index]).length, 999);
  assert.is(mergePatch(before, { changed: [], removed: [] }), before);
});

test.run();
