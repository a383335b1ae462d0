import { readFileSync } from 'node:fs';

/** How much memory a process holds (its resident set), in bytes; null where the system does not tell, or it is gone. */
export const processMemory = (pid: number): number | null => {
  if (process.platform !== 'linux') return null;
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
};
