/** A file system of a few megabytes in memory, which can be filled to the last byte. Needs the right to mount. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../support/temporary.ts';

const mounted = new Set<string>();
process.prependListener('exit', () => {
  for (const folder of mounted) spawnSync('umount', ['--lazy', folder]);
});

/** Why nothing can be mounted here; null when it can. */
export const lackOfMount = ((): string | null => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root may mount';
  const folder = temporaryFolder('mount');
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status !== 0)
    return 'mount is not permitted';
  spawnSync('umount', [folder]);
  return null;
})();

export type SmallDisk = {
  /** Takes all room but so many bytes. */
  readonly fill: (bytesLeft?: number) => void;
  readonly makeRoom: () => void;
  readonly remount: (mode: 'ro' | 'rw') => void;
};

/** Mounts it over a folder. */
export const mountSmallDisk = (folder: string, megabytes: number): SmallDisk => {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder]);
  mounted.add(folder);
  const filler = join(folder, 'filler');
  return {
    fill: (bytesLeft = 0) => {
      const file = openSync(filler, 'a');
      try {
        for (;;) {
          const { bavail, bsize } = statfsSync(folder);
          const room = bavail * bsize - bytesLeft;
          if (room <= 0) return;
          writeSync(file, Buffer.alloc(Math.min(room, 65_536)));
        }
      } catch (thrown) {
        // Somebody else took the last of it.
        if ((thrown as { code?: unknown }).code !== 'ENOSPC') throw thrown;
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    remount: (mode) => void execFileSync('mount', ['-o', `remount,${mode}`, folder]),
  };
};
