/** strace, which makes the system calls of a process fail or wait. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';

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

/**
 * Makes the calls of a process that runs go wrong, until what is given back is called; that gives how many did. `files`
 * are those whose calls are meant; none are all.
 */
export const injectFault = async (
  pid: number,
  call: string,
  fault: string,
  files: readonly string[] = [],
): Promise<() => Promise<number>> => {
  const report = join(temporaryFolder('strace'), 'calls.txt');
  const words = ['-f', '-qq', '-o', report, '-e', `trace=${call}`, '-e', `inject=${call}:${fault}`];
  const only = files.flatMap((file) => ['-P', file]);
  const strace = spawn('strace', [...words, ...only, '-p', String(pid)], { stdio: 'ignore' });
  const ended = once(strace, 'exit');
  await until('it is attached', () => {
    if (strace.exitCode !== null) throw new Error(`strace could not be attached: it ended with ${strace.exitCode}`);
    return spawnSync('grep', ['-q', `TracerPid:\t${strace.pid}`, `/proc/${pid}/status`]).status === 0;
  });
  return async () => {
    strace.kill('SIGINT');
    await ended;
    return readFileSync(report, 'utf8').split('(INJECTED)').length - 1;
  };
};
