/** strace, which makes the system calls of a process fail or wait. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Why no process of ours can be started under strace here; null when one can. */
export const lackOfStrace = ((): string | null => {
  const tried = spawnSync('strace', ['-f', '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO:when=1', 'true']);
  if (tried.error !== undefined) return 'strace is not installed';
  return tried.status === 0 ? null : 'strace may not trace here';
})();

/** Why strace cannot be attached to a process that runs already; null when it can. */
export const lackOfAttaching = ((): string | null => {
  if (lackOfStrace !== null || process.getuid?.() === 0) return lackOfStrace;
  try {
    const scope = readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8').trim();
    return scope === '0' ? null : 'only root may attach to a process';
  } catch {
    return null;
  }
})();
