import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { DashboardRow, DashboardSnapshot } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Queries } from '../../../actors/reader/open-queries.ts';
import { isLocked } from '../../data/lock.ts';
import { findSession } from '../choose/find-session.ts';
import { shortIds } from '../choose/short-id.ts';
import type { Invocation } from '../invocation/invocation.ts';

/**
 * Reads straight from the database, whether a runtime runs or not. Where none runs, sessions that were in flight are
 * given as restored already. Raises `store.missing` when there is no database.
 */
export const withQueries = async <Value>(
  { directory, warn }: Pick<Invocation, 'directory' | 'warn'>,
  use: (queries: Queries) => Value | Promise<Value>,
): Promise<Value> => {
  const { openQueries } = await import('../../../actors/reader/open-queries.ts');
  const queries = openQueries(directory.database, { runtimeIsAlive: isLocked(directory) });
  try {
    const value = await use(queries);
    if (queries.damage !== null) warn(queries.damage);
    return value;
  } catch (thrown) {
    const { asDamage } = await import('../../../actors/store/open-store.ts');
    const error = asDamage(directory.database, thrown);
    // Where the damage is what ends the command, that is said once.
    if (queries.damage !== null && error === thrown) warn(queries.damage);
    throw error;
  } finally {
    queries.close();
  }
};

/** The dashboard; of a data directory without a database the empty one. */
export const readDashboard = async (invocation: Pick<Invocation, 'directory' | 'warn'>): Promise<DashboardSnapshot> => {
  try {
    return await withQueries(invocation, (queries) => queries.dashboard());
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code === 'store.missing') return { version: 0, rows: [] };
    throw thrown;
  }
};

/** A session as a person named it, with as much of its id as names it again. */
export type ResolvedSession = { readonly row: DashboardRow; readonly id: SessionId; readonly shortId: string };

/** Raises `session.not_found`, or `input.invalid` when several are meant. */
export const resolveSession = async (
  invocation: Pick<Invocation, 'directory' | 'warn'>,
  given: string,
): Promise<ResolvedSession> => {
  const { rows } = await readDashboard(invocation);
  const row = findSession(rows, given);
  return { row, id: row.id, shortId: shortIds(rows)(row.id) };
};
