import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';

/**
 * The rows in the order that they are held in: nothing moves under a pointer. What came since stands at the end, and keeps
 * its own order there.
 */
export const inHeldOrder = (rows: readonly DashboardRow[], held: readonly string[]): readonly DashboardRow[] => {
  const placeById = new Map(held.map((id, index) => [id, index]));
  const placeOf = ({ id }: DashboardRow): number => placeById.get(id) ?? held.length;
  return [...rows].sort((left, right) => placeOf(left) - placeOf(right));
};
