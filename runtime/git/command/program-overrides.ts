import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { refusingProgram } from './git-environment.ts';
import { type GitCall, spawnGit } from './spawn-git.ts';

/**
 * The keys `section.NAME.word` by which a configuration names a program, as `section.word`, each with the word that
 * switches it off and the value for that. A filter without a command passes everything on; a driver must be some command,
 * so it gets one that refuses, and what it would have done fails or is left in conflict.
 */
const switches = new Map<string, readonly [word: string, value: string]>([
  ['filter.clean', ['clean', '']],
  ['filter.smudge', ['smudge', '']],
  ['filter.process', ['process', '']],
  ['filter.required', ['required', 'false']],
  ['merge.driver', ['driver', refusingProgram]],
  ['diff.command', ['command', refusingProgram]],
  ['diff.textconv', ['textconv', refusingProgram]],
  ['trailer.command', ['command', refusingProgram]],
  ['trailer.cmd', ['cmd', refusingProgram]],
  // Hooks that stand in the configuration (git 2.54) are run wherever core.hooksPath leads.
  ['hook.command', ['enabled', 'false']],
  ['hook.event', ['enabled', 'false']],
]);

/**
 * Environment variables that switch off every program which the configuration names where the call will run: filters,
 * merge and diff drivers, text converters, trailers, hooks. An attributes file in a worktree decides which files go
 * through a filter or a driver, so even `git status` would run one. Git has no switch for all of them; each must be
 * named.
 *
 * The price: files kept by Git LFS (or git-crypt) are checked out as their pointers (or ciphertext). Whoever works in
 * the worktree can fetch them there (`git lfs pull`); they then run their own configuration, knowingly.
 *
 * GIT_CONFIG_KEY_n rather than `-c`: a filter's name may contain `=`, where `-c` would cut it.
 *
 * Raises `git.failed` when the configuration cannot be read: then nothing may run.
 */
export const programOverrides = async (call: GitCall): Promise<Record<string, string>> => {
  const listed = await spawnGit({
    cwd: call.cwd,
    arguments: ['config', '--null', '--name-only', '--get-regexp', '^(filter|merge|diff|trailer|hook)\\.'],
    ...(call.environment === undefined ? {} : { environment: call.environment }),
  });
  // Exit code 1 is "none found".
  if (listed.exitCode !== 0 && listed.exitCode !== 1) {
    throw new ThroughlineError('git.failed', `git config failed in ${call.cwd}: ${listed.stderr.trim()}`);
  }
  const overrides = new Map<string, string>();
  for (const key of listed.stdout.split('\0')) {
    const [start, end] = [key.indexOf('.'), key.lastIndexOf('.')];
    const found = start < end ? switches.get(key.slice(0, start) + key.slice(end)) : undefined;
    if (found === undefined) continue;
    const [word, value] = found;
    overrides.set(`${key.slice(0, end)}.${word}`, value);
  }
  if (overrides.size === 0) return {};
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(overrides.size) };
  for (const [index, [key, value]] of [...overrides].entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return variables;
};
