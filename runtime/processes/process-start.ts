import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, as the system words it, or null when there is no such process (one that has ended and only
 * waits to be reaped counts as none). A pid alone may have been given to somebody else meanwhile; pid and start time
 * together name one process.
 */
export const processStartedAt = (pid: number): string | null =>
  process.platform === 'linux' ? fromProc(pid) : fromPs(pid);

const fromProc = (pid: number): string | null => processStat(pid)?.startedAt ?? null;

export type ProcessStat = {
  readonly parent: number;
  readonly group: number;
  readonly startedAt: string;
};

/** What Linux tells of a process; null when there is none, also where the system is another. */
export const processStat = (pid: number): ProcessStat | null => {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // Field 2 is the program's name in brackets and may hold spaces and brackets itself: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const startedAt = fields[19]; // field 22 of the whole line
  if (state === 'Z' || state === 'X' || startedAt === undefined) return null;
  return { parent: Number(parent), group: Number(group), startedAt };
};

const fromPs = (pid: number): string | null => {
  if (process.platform === 'win32') return existsOnWindows(pid) ? 'unknown' : null;
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, state, startedAt] = /^\s*(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    return startedAt === undefined || state?.startsWith('Z') ? null : startedAt;
  } catch {
    return null;
  }
};

const existsOnWindows = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
