import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { programOverrides } from './program-overrides.ts';
import { type GitCall, type GitOutcome, spawnGit } from './spawn-git.ts';

export type { GitCall, GitOutcome } from './spawn-git.ts';

// Commands that neither read a worktree's files nor write an index or a ref, so that no filter, driver or hook can come
// into play. All others first have the configured ones listed and switched off, which costs one more process. Even
// `write-tree` is one of those: whatever writes an index reads again the files that changed in the second it was made.
// (Of `symbolic-ref` we use only the form that reads.)
const programFreeCommands = new Set([
  'check-ref-format',
  'commit-tree',
  'config',
  'merge-base',
  'rev-list',
  'rev-parse',
  'show-ref',
  'symbolic-ref',
  'var',
]);

/** Some are such only with, or without, the options by which they would run something. */
const isProgramFree = ([command = '', ...options]: readonly string[]): boolean => {
  switch (command) {
    case 'cat-file':
      return !options.some((option) => option === '--filters' || option === '--textconv');
    case 'diff-tree':
      return options.includes('--no-ext-diff') && options.includes('--no-textconv');
    case 'worktree':
      return options[0] === 'list';
    default:
      return programFreeCommands.has(command);
  }
};

/**
 * Runs git and gives back how it ended, whatever its exit code.
 *
 * No hook, file system monitor, filter, driver, signer, editor, pager or transport that the configuration names is run. A
 * caller that wants a diff says `--no-ext-diff --no-textconv`; without that, one which the configuration sends through a
 * program fails.
 *
 * Raises `git.not_installed`, and `git.failed` when git cannot start, takes too long or says too much.
 */
export const tryGit = async (call: GitCall): Promise<GitOutcome> => {
  if (isProgramFree(call.arguments)) return spawnGit(call);
  const overrides = await programOverrides(call);
  return spawnGit({ ...call, environment: { ...call.environment, ...overrides } });
};

/**
 * The error for a call that ended badly: `git.failed`, quoting the last line of what git said; or `git.not_installed`
 * when macOS has only the placeholder that asks for the developer tools.
 */
export const gitFailure = (call: GitCall, outcome: GitOutcome): ThroughlineError => {
  const lines = outcome.stderr.split('\n').filter((line) => line.trim() !== '');
  const lastLine = lines.at(-1)?.trim() ?? `exit code ${outcome.exitCode}`;
  if (outcome.stderr.startsWith('xcrun: error') || outcome.stderr.startsWith('xcode-select: ')) {
    return new ThroughlineError('git.not_installed', `git is not installed: ${lastLine}`, {
      hint: 'run xcode-select --install, then start again',
    });
  }
  return new ThroughlineError('git.failed', `git ${call.arguments[0] ?? ''} failed in ${call.cwd}: ${lastLine}`, {
    ...hintFor(outcome.stderr),
    details: { exitCode: outcome.exitCode, stderr: outcome.stderr },
  });
};

const hintFor = (stderr: string): { hint?: string } => {
  if (stderr.includes('dubious ownership')) {
    return { hint: 'the folder belongs to another user; if you trust it, add it to safe.directory as git says' };
  }
  if (stderr.includes('promisor remote') || /transport '.*' not allowed/.test(stderr)) {
    return {
      hint: 'this is a partial clone and lacks some files; get them with git fetch --refetch --no-filter',
    };
  }
  // A lock that could not be written is no other git's.
  if (/No space left on device|Out of diskspace|couldn't write '.*\.lock'/.test(stderr)) {
    return { hint: 'the disk may be full: make room, then try again' };
  }
  if (stderr.includes('.lock')) return { hint: 'another git may be at work in this repository; try again' };
  return {};
};

/**
 * Runs git and gives back its standard output.
 *
 * Raises what `tryGit` raises, and `git.failed` when the exit code is not 0.
 */
export const runGit = async (call: GitCall): Promise<string> => {
  const outcome = await tryGit(call);
  if (outcome.exitCode !== 0 && !outcome.cut) throw gitFailure(call, outcome);
  return outcome.stdout;
};
