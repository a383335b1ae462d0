import { byDefaultOrder } from '../../actors/model/dashboard/default-order.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { dashboardStatusRank } from './status-rank.ts';

/** The orders a person can choose from, with their names. */
export const orderNames = {
  default: 'Active first',
  recent: 'Last activity',
  created: 'Newest created',
  name: 'Name',
  status: 'Status',
  agent: 'Agent',
} as const;

export type Order = keyof typeof orderNames;

export const isOrder = (value: unknown): value is Order =>
  typeof value === 'string' && Object.hasOwn(orderNames, value);

type Compare = (left: DashboardRow, right: DashboardRow) => number;

const words = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const comparisons: Readonly<Record<Order, Compare>> = {
  default: () => 0,
  recent: (left, right) => right.lastActivityAt - left.lastActivityAt,
  created: (left, right) => right.createdAt - left.createdAt,
  name: (left, right) => words.compare(left.name, right.name),
  status: (left, right) => dashboardStatusRank(left.status) - dashboardStatusRank(right.status),
  agent: (left, right) => words.compare(left.agent, right.agent),
};

/** The rows in the chosen order; whatever ranks alike keeps the default one. */
export const inOrder = (rows: readonly DashboardRow[], order: Order): readonly DashboardRow[] =>
  [...rows].sort((left, right) => comparisons[order](left, right) || byDefaultOrder(left, right));
