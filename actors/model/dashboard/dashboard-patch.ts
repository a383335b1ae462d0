/**
 * Snapshots and patches of the dashboard. Pure and without schemas, so that the runtime and the window use the same.
 * A patch says what a row is now, never what has changed in it: so patches may be joined, repeated or left out for a
 * newer one, and the rows come out the same.
 */
import type { DashboardRow } from '../../protocol/gateway/dashboard.ts';
import { byDefaultOrder } from './default-order.ts';

export type RowChanges = {
  readonly changed: readonly DashboardRow[];
  /** Ids of sessions that are no longer there. */
  readonly removed: readonly string[];
};

/** What has to be told to somebody who has `before`, so that it has `after`. */
export const diffDashboard = (before: readonly DashboardRow[], after: readonly DashboardRow[]): RowChanges => {
  const rowsById = new Map(before.map((row) => [row.id, row]));
  const changed = after.filter((row) => {
    const known = rowsById.get(row.id);
    rowsById.delete(row.id);
    return known === undefined || !isSameRow(known, row);
  });
  return { changed, removed: [...rowsById.keys()] };
};

/** The rows after a patch, in the default order. Rows that did not change stay the objects they were. */
export const mergePatch = (rows: readonly DashboardRow[], patch: RowChanges): readonly DashboardRow[] => {
  if (patch.changed.length === 0 && patch.removed.length === 0) return rows;
  const gone = new Set([...patch.removed, ...patch.changed.map((row) => row.id)]);
  const kept = rows.filter((row) => !gone.has(row.id));
  return [...kept, ...patch.changed].sort(byDefaultOrder);
};

// Rows are plain data, made by one function, so their keys stand in one order.
const isSameRow = (left: DashboardRow, right: DashboardRow): boolean =>
  left === right || JSON.stringify(left) === JSON.stringify(right);
