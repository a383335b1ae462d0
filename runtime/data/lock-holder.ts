import { readFileSync, statSync } from 'node:fs';

/**
 * The process that has a file locked for itself alone, as the kernel lists it: so also one that has not said yet who it
 * is. Null where none has, and where there is no such list (only Linux has one).
 */
export const lockHolder = (path: string): number | null => {
  try {
    const { dev, ino } = statSync(path);
    const file = [major(dev), minor(dev)].map((number) => number.toString(16).padStart(2, '0')).join(':');
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      // As in `1: POSIX  ADVISORY  WRITE 13149 fe:00:4580859 1073741824 1073742335`; one that waits has an arrow first.
      const [, kind, , access, pid, place] = line.split(/\s+/);
      if (kind === 'POSIX' && access === 'WRITE' && place === `${file}:${ino}` && Number(pid) > 0) return Number(pid);
    }
    return null;
  } catch {
    return null;
  }
};

// As glibc packs them into one number.
const major = (device: number): number => Math.floor(device / 2 ** 8) % 2 ** 12;
const minor = (device: number): number => (device % 2 ** 8) + Math.floor(device / 2 ** 20) * 2 ** 8;
