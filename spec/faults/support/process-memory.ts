/** What a process holds of the machine's memory, as Linux tells it. */
import { readFileSync } from 'node:fs';

/** Megabytes in memory now; those it held at most. Raises when the process is gone. */
export const memoryOf = (pid: number): number => megabytes(pid, 'VmRSS');
export const peakMemoryOf = (pid: number): number => megabytes(pid, 'VmHWM');

/** Why memory cannot be measured here; null where it can. */
export const lackOfMemoryFigures = process.platform === 'linux' ? null : 'only Linux tells what a process holds';

const megabytes = (pid: number, field: 'VmRSS' | 'VmHWM'): number => {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found === null) throw new Error(`/proc/${pid}/status has no ${field}`);
  return Number(found[1]) / 1_024;
};
