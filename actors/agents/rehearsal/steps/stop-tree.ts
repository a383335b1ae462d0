import { spawnSync } from 'node:child_process';

/** All processes that descend from one, by the system's table of `pid parent` lines. Pure. */
export const descendantsOf = (root: number, table: string): number[] => {
  const pairs = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = [root];
  for (const parent of found) {
    for (const [pid, ppid] of pairs) if (ppid === parent && pid !== undefined && pid !== parent) found.push(pid);
  }
  return found.slice(1);
};

/**
 * Stops a process and all that it started. By the table of processes, because a shell's command shares the agent's
 * process group: a signal to the group would end the agent too.
 */
export const stopTree = (root: number): void => {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(root), '/t', '/f']);
    return;
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  for (const pid of [root, ...descendantsOf(root, stdout ?? '')]) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // It has ended in the meantime.
    }
  }
};
