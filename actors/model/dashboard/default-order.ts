/** The dashboard's default order, apart from the schemas: the window needs it without them. */
import type { DashboardRow } from '../../protocol/gateway/dashboard.ts';

const isActive = (row: DashboardRow): boolean => row.status === 'Starting' || row.status === 'Running';

const descending = (left: number | string, right: number | string): number =>
  left < right ? 1 : left > right ? -1 : 0;

/**
 * The default order: active sessions first, newest created first; then the rest by recency, whatever they ended in.
 * Ties go by creation, then by id, both descending.
 */
export const byDefaultOrder = (left: DashboardRow, right: DashboardRow): number => {
  if (isActive(left) !== isActive(right)) return isActive(left) ? -1 : 1;
  const recency = isActive(left) ? 0 : descending(left.lastActivityAt, right.lastActivityAt);
  return recency || descending(left.createdAt, right.createdAt) || descending(left.id, right.id);
};
