import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type GitCall, spawnGit } from './spawn-git.ts';

/**
 * Environment variables that switch off every filter (`filter.<name>.clean`, `smudge`, `process`) configured where the
 * call will run. A filter is a command, and an attributes file in a worktree decides which files go through it, so even
 * `git status` would run it. Git has no switch for all of them; each must be named.
 *
 * The price: files kept by Git LFS (or git-crypt) are checked out as their pointers (or ciphertext). Whoever works in
 * the worktree can fetch them there (`git lfs pull`); they then run their own configuration, knowingly.
 *
 * GIT_CONFIG_KEY_n rather than `-c`: a filter's name may contain `=`, where `-c` would cut it.
 *
 * Raises `git.failed` when the configuration cannot be read: then nothing may run.
 */
export const filterOverrides = async (call: GitCall): Promise<Record<string, string>> => {
  const listed = await spawnGit({
    cwd: call.cwd,
    arguments: ['config', '--null', '--name-only', '--get-regexp', '^filter\\.'],
    ...(call.environment === undefined ? {} : { environment: call.environment }),
  });
  // Exit code 1 is "none found".
  if (listed.exitCode !== 0 && listed.exitCode !== 1) {
    throw new ThroughlineError('git.failed', `git config failed in ${call.cwd}: ${listed.stderr.trim()}`);
  }
  const names = new Set<string>();
  for (const key of listed.stdout.split('\0')) {
    const end = key.lastIndexOf('.');
    if (end > 'filter'.length) names.add(key.slice('filter.'.length, end));
  }
  const pairs = [...names].flatMap((name) => [
    [`filter.${name}.clean`, ''],
    [`filter.${name}.smudge`, ''],
    [`filter.${name}.process`, ''],
    [`filter.${name}.required`, 'false'],
  ]);
  const variables: Record<string, string> = {};
  for (const [index, [key = '', value = '']] of pairs.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return pairs.length === 0 ? {} : { ...variables, GIT_CONFIG_COUNT: String(pairs.length) };
};
