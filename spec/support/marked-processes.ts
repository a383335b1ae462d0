import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Pids of living processes that carry the mark of a data directory's agents; of one session if one is given. */
export const marked = (dataDirectory: string, session = ''): readonly number[] => {
  const id = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  const mark = `THROUGHLINE_RUN=${id}/${session}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) =>
        isAlive(pid) &&
        environmentOf(pid)
          .split('\0')
          .some((variable) => variable.startsWith(mark)),
    );
};

const environmentOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // It ended while we looked, or it is somebody else's.
    return '';
  }
};

/** Whether a process runs; one that has ended and only waits to be reaped does not. */
export const isAlive = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
  } catch {
    return false;
  }
};
