/** Old snapshots are let go of, as far as a person has set it: the session and its history stay. */
import type { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { Log } from '../data/log.ts';
import type { Snapshots } from './snapshots.ts';

const everyMs = 60 * 60_000;
const dayMs = 24 * 60 * 60_000;

type Options = {
  readonly dashboard: () => Promise<{ readonly rows: readonly Pick<DashboardRow, 'id' | 'work'>[] }>;
  readonly snapshots: Pick<Snapshots, 'dropBefore'>;
  /** Undefined: they stay with their session. */
  readonly keepDays: number | undefined;
  readonly readOnly: () => ThroughlineError | null;
  readonly log: Log;
};

/** Looks once now and then every hour; not at all when no time is set. */
export const startSnapshotRetention = (options: Options): { readonly stop: () => void } => {
  const { keepDays, log } = options;
  if (keepDays === undefined) return { stop: () => {} };
  const enforce = (): void => {
    if (options.readOnly() !== null) return;
    const time = Date.now() - keepDays * dayMs;
    dropOld(options, time).catch((error) => log.error('old snapshots could not be looked for', { error }));
  };
  const timer = setInterval(enforce, everyMs);
  timer.unref();
  enforce();
  return { stop: () => clearInterval(timer) };
};

/** Drops what was taken before a time, the last of each session excepted. What cannot be dropped is logged and left. */
export const dropOld = async ({ dashboard, snapshots, log }: Options, time: number): Promise<void> => {
  const { rows } = await dashboard();
  for (const { id } of rows.filter(({ work }) => work.snapshots > 1)) {
    await snapshots
      .dropBefore(id, time)
      .catch((error) => log.warn('old snapshots of a session were left alone', { session: id, error }));
  }
};
