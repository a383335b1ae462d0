import { lstat, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';

const oldEnoughMs = 5 * 60_000;

/**
 * Removes lock files that a killed git of ours left: made since a moment, while no git works in those folders. Where the
 * system does not show what works where, they have to be five minutes old. Gives those that stay.
 */
export const removeStaleLocks = async (options: {
  readonly locks: readonly string[];
  /** Folders that a git which holds them would work in. */
  readonly folders: readonly string[];
  readonly since: number;
  readonly now: number;
}): Promise<readonly string[]> => {
  const kept: string[] = [];
  let busy: boolean | null | undefined;
  for (const lock of options.locks) {
    const found = await lstat(lock).catch(() => null);
    if (found === null) continue;
    busy ??= await gitWorksIn(options.folders);
    const isOurs = found.isFile() && found.mtimeMs >= options.since - 2_000;
    const isIdle = busy === null ? options.now - found.mtimeMs > oldEnoughMs : !busy;
    if (isOurs && isIdle) await rm(lock, { force: true });
    else kept.push(lock);
  }
  return kept;
};

/** Whether a git has one of the folders, or one below, for its working folder; null where that cannot be known. */
const gitWorksIn = async (folders: readonly string[]): Promise<boolean | null> => {
  const pids = await readdir('/proc').catch(() => null);
  if (pids === null) return null;
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  for (const pid of pids) {
    if (!/^\d+$/.test(pid)) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (!name.startsWith('git')) continue;
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    if (folder !== null && real.some((each) => folder === each || folder.startsWith(`${each}/`))) return true;
  }
  return false;
};
