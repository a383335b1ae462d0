/** Which sessions are meant by what they have in common. */
import { basename, resolve } from 'node:path';
import type { DashboardStatus } from '../../../actors/protocol/facts/status.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';

export type SessionFilter = {
  /** Any of these. */
  readonly status?: readonly DashboardStatus[];
  /** The repository's folder, or its name. */
  readonly repo?: string;
  readonly agent?: string;
  /** Nothing has happened for so many milliseconds. */
  readonly older?: number;
  readonly restored?: boolean;
  /** Those in the archive, or those that are not; where it is not said, both. */
  readonly archived?: boolean;
};

/** Whether anything is filtered at all. */
export const isFilter = ({ status, repo, agent, older, restored, archived }: SessionFilter): boolean =>
  [status, repo, agent, older, restored, archived].some((each) => each !== undefined);

/** The rows that have all that is asked for, in their order. A folder is looked for from `workingDirectory`. */
export const filterSessions = (
  rows: readonly DashboardRow[],
  { status, repo, agent, older, restored, archived }: SessionFilter,
  { nowMs, workingDirectory }: { readonly nowMs: number; readonly workingDirectory: string },
): readonly DashboardRow[] =>
  rows.filter(
    (row) =>
      (status?.includes(row.status) ?? true) &&
      (repo === undefined || row.repository === resolve(workingDirectory, repo) || basename(row.repository) === repo) &&
      (agent === undefined || row.agent === agent) &&
      (older === undefined || row.lastActivityAt <= nowMs - older) &&
      (restored !== true || !row.live) &&
      (archived === undefined || row.work.archived === archived),
  );
