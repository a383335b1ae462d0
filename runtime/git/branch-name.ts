import { ThroughlineError } from '../../actors/protocol/facts/error.ts';

const branchPattern = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/;
const maxSlugLength = 48;
const idDigits = 6;

/** The name as lower-case ASCII words joined by single dashes; `session` when nothing of it is left. */
export const slugOf = (name: string): string => {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxSlugLength)
    .replace(/-+$/, '');
  return slug === '' ? 'session' : slug;
};

/**
 * The branch for a session's worktree: `throughline/<slug of the name>-<last 6 hexadecimal digits of the id>`.
 * Every name gives a valid branch, whatever it contains. Lower case only: on a case-insensitive disk two branches that
 * differ in case alone are one.
 * @example
 * branchNameFor('Añade tests!', '0192f0c1-89ab-7000-8000-0123456789AB') // => 'throughline/anade-tests-6789ab'
 */
export const branchNameFor = (sessionName: string, sessionId: string): string => {
  const digits = sessionId
    .toLowerCase()
    .replace(/[^0-9a-f]/g, '')
    .slice(-idDigits)
    .padStart(idDigits, '0');
  return `throughline/${slugOf(sessionName)}-${digits}`;
};

/**
 * Whether git takes the name for a branch and every other program for a plain word: ASCII, no leading dash, no `..`.
 * @example
 * isBranchName('fix/readme') // => true
 * isBranchName('../readme') // => false
 */
export const isBranchName = (branch: string): boolean =>
  branchPattern.test(branch) &&
  branch !== 'HEAD' &&
  !branch.startsWith('refs/') &&
  !branch.includes('..') &&
  branch
    .split('/')
    .every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.') && !part.endsWith('.lock'));

/** Gives the branch back when it is a good name. Raises `worktree.bad_branch` when not. */
export const checkBranchName = (branch: string): string => {
  if (isBranchName(branch)) return branch;
  throw new ThroughlineError('worktree.bad_branch', `${JSON.stringify(branch.slice(0, 120))} is not a branch name`, {
    hint: 'use up to 100 letters, digits, dots, dashes and slashes, beginning with a letter or a digit',
  });
};
