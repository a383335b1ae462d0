/** What the demo's sessions are at, and waiting for it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { readDashboard, withQueries } from '../connect/queries.ts';
import type { Invocation } from '../invocation/invocation.ts';

export type Histories = ReadonlyMap<string, readonly HistoryEvent[]>;

/** The whole history of each session, by its name; the demo's are short. */
export const readHistories = (invocation: Invocation): Promise<Histories> =>
  withQueries(invocation, (queries) => {
    const { rows } = queries.dashboard();
    return new Map(rows.map(({ id, name }) => [name, queries.history(id, null, 1000).events]));
  });

export const rowOf = async (invocation: Invocation, name: string): Promise<DashboardRow> => {
  const { rows } = await readDashboard(invocation);
  const row = rows.find((each) => each.name === name);
  if (row === undefined) throw new Error(`the session ${name} has gone`);
  return row;
};

/** Until that holds, 15 s at most: what is claimed next is looked at anew. */
export const until = async (condition: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 15_000;
  while (!(await condition()) && Date.now() < deadline) await delay(50);
};
