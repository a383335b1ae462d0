/** Keeps the log from growing for ever, as far as a person has set it: old sessions that ended are deleted. */

import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { Configuration } from '../data/configuration.ts';
import type { Log } from '../data/log.ts';
import type { Runtime } from '../surface.ts';

const everyMs = 60 * 60_000;
const dayMs = 24 * 60 * 60_000;

export type RetentionOptions = {
  readonly runtime: Pick<Runtime, 'dashboard' | 'remove' | 'readOnly'>;
  readonly limits: Configuration['retention'];
  /** The bytes of the database that hold something: what was deleted counts no more, wherever it still is. */
  readonly usedBytes: () => Promise<number>;
  readonly log: Log;
};

/** The sessions that an age limit deletes: they ended, and had no event for longer than that. Pure. */
export const olderThan = (rows: readonly DashboardRow[], maxAgeDays: number, now: number): readonly DashboardRow[] =>
  rows.filter((row) => hasEnded(row) && now - row.lastActivityAt > maxAgeDays * dayMs);

/** The sessions that ended, the one that ended longest ago first. Pure. */
export const endedLongestAgo = (rows: readonly DashboardRow[]): readonly DashboardRow[] =>
  rows.filter(hasEnded).sort((left, right) => left.lastActivityAt - right.lastActivityAt);

const hasEnded = (row: DashboardRow): boolean => row.status !== 'Starting' && row.status !== 'Running';

/** Looks once now and then every hour. Does nothing when no limit is set. */
export const startRetention = (options: RetentionOptions): { readonly stop: () => void } => {
  const { maxAgeDays, maxTotalMegabytes } = options.limits;
  if (maxAgeDays === undefined && maxTotalMegabytes === undefined) return { stop: () => {} };
  const enforce = (): void => {
    if (options.runtime.readOnly() !== null) return;
    enforceRetention(options).catch((error) => options.log.error('retention failed', { error }));
  };
  const timer = setInterval(enforce, everyMs);
  timer.unref();
  enforce();
  return { stop: () => clearInterval(timer) };
};

/** Deletes what the limits say, and nothing that would lose uncommitted work. */
export const enforceRetention = async ({ runtime, limits, usedBytes, log }: RetentionOptions): Promise<void> => {
  const removed = new Set<string>();
  const remove = async (row: DashboardRow, why: string): Promise<void> => {
    try {
      await runtime.remove(row.id, { force: false });
      removed.add(row.id);
      log.info('a session was deleted by retention', { session: row.id, why });
    } catch (thrown) {
      if (!(thrown instanceof ThroughlineError)) throw thrown;
      log.warn('retention left a session alone', { session: row.id, why: thrown.message });
    }
  };
  const { rows } = await runtime.dashboard();
  if (limits.maxAgeDays !== undefined) {
    for (const row of olderThan(rows, limits.maxAgeDays, Date.now())) await remove(row, 'age');
  }
  if (limits.maxTotalMegabytes === undefined) return;
  for (const row of endedLongestAgo(rows)) {
    if ((await usedBytes()) <= limits.maxTotalMegabytes * 1024 * 1024) return;
    if (!removed.has(row.id)) await remove(row, 'size');
  }
};
