/**
 * A branch is moved together with the folder that has it out. Where something is in the way there, the branch does not
 * move: moved alone, it would leave all that landed as a change taken back.
 */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { gitFailure, runGit, tryGit } from '../command/run-git.ts';
import { severalGits } from '../command/several-gits.ts';
import type { Repository } from '../repository.ts';
import { type Checkout, checkoutsOf, headOf, inCheckout } from './checkouts.ts';
import { type FilteredPath, pathsThrough } from './filtered-paths.ts';
import { changedFiles, entryChanges, type InTheWay, inTheWay, pathText } from './in-the-way.ts';
import { commitAt, type Move, moveBranch } from './move-branch.ts';

/** How the folder that has a branch out takes a move of it. Only `none` and `follows` let the branch move. */
export type CheckoutState =
  | { readonly kind: 'none' }
  /** `kept` are files that were changed there, and stay as they are. */
  | { readonly kind: 'follows'; readonly checkout: Checkout; readonly kept: readonly string[] }
  | { readonly kind: 'in_the_way'; readonly path: string; readonly files: readonly InTheWay[] }
  | { readonly kind: 'unfinished'; readonly path: string; readonly what: string }
  | { readonly kind: 'filtered'; readonly path: string; readonly files: readonly FilteredPath[] }
  /** It cannot be looked at. */
  | { readonly kind: 'away'; readonly path: string }
  /** More than one folder has it out. */
  | { readonly kind: 'several'; readonly paths: readonly string[] };

export type BranchMove = {
  readonly repository: Repository;
  /** `main`, without `refs/heads/`. */
  readonly branch: string;
  readonly from: string;
  readonly to: string;
};

const followTimeLimitMs = 10 * 60_000;

/** Looks at it, changing nothing. Raises what `runGit` raises. */
export const lookAtCheckout = async ({ repository, branch, from, to }: BranchMove): Promise<CheckoutState> => {
  const [checkout, ...others] = await checkoutsOf(repository, branch);
  if (checkout === undefined) return { kind: 'none' };
  const { path } = checkout;
  if (others.length > 0) return { kind: 'several', paths: [path, ...others.map((other) => other.path)] };
  if (checkout.isAway) return { kind: 'away', path };
  if (checkout.unfinished !== null) return { kind: 'unfinished', path, what: checkout.unfinished };
  const call = inCheckout(repository, checkout);
  const git = await severalGits(call);
  const [changes, changed] = await Promise.all([entryChanges(call, from, to), changedFiles(git)]);
  const files = await inTheWay(git, checkout, { changes, changed });
  if (files.length > 0) return { kind: 'in_the_way', path, files };
  const written = changes.filter(({ newMode }) => newMode !== '000000').map((change) => pathText(change.path));
  const filtered = await pathsThrough(git.filters, { repository, tree: to, paths: written });
  if (filtered.length > 0) return { kind: 'filtered', path, files: filtered };
  return { kind: 'follows', checkout, kept: [...changed].map(pathText) };
};

export type Followed =
  | { readonly kind: 'moved'; readonly checkout: string | null; readonly kept: readonly string[] }
  | Exclude<Move, { kind: 'moved' }>
  | { readonly kind: 'blocked'; readonly state: Exclude<CheckoutState, { kind: 'none' | 'follows' }> };

/**
 * Moves a branch and the folder that has it out. Forwards or, for an undo, back. `looked` is what `lookAtCheckout` just
 * gave: git looks once more itself before it writes a file. Raises `landing.refused` when git refuses for another reason,
 * such as a lock, and what `runGit` raises.
 */
export const moveWithCheckout = async (
  move: BranchMove & { readonly why: string; readonly looked?: CheckoutState },
): Promise<Followed> => {
  const { repository, branch, from, to, why } = move;
  const ref = `refs/heads/${branch}`;
  const at = await commitAt(repository, ref);
  if (at !== from) return at === to ? { kind: 'moved', checkout: null, kept: [] } : { kind: 'elsewhere', at };
  const state = move.looked ?? (await lookAtCheckout(move));
  if (state.kind === 'none') {
    const moved = await moveBranch(repository, { ref, from, to, why });
    return moved.kind === 'moved' ? { kind: 'moved', checkout: null, kept: [] } : moved;
  }
  if (state.kind !== 'follows') return { kind: 'blocked', state };
  const { checkout, kept } = state;
  const [head, ancestry] = await Promise.all([
    headOf(repository, checkout),
    tryGit({ ...inCheckout(repository, checkout), arguments: ['merge-base', '--is-ancestor', from, to] }),
  ]);
  if (head.ref !== ref || head.commit !== from) return { kind: 'elsewhere', at: head.commit };
  const isForwards = ancestry.exitCode === 0;
  const refused = isForwards ? await fastForward(move, checkout) : await goBack(move, checkout);
  if (refused !== null) return refused;
  const now = await commitAt(repository, ref);
  if (now !== to) return { kind: 'elsewhere', at: now };
  return { kind: 'moved', checkout: checkout.path, kept };
};

/**
 * Git's own fast-forward, as it was tried with what a repository's configuration can make of it: `branch.X.mergeOptions`
 * can make a squash of it, and files that are ignored are overwritten unless told otherwise.
 */
const fastForward = async ({ repository, to, why }: BranchMove & { why: string }, checkout: Checkout) => {
  const options = ['--no-autostash', '--no-overwrite-ignore', '--no-verify-signatures', '--no-squash', '--commit'];
  const call = inCheckout(repository, checkout);
  const merge = {
    ...call,
    environment: { ...call.environment, GIT_REFLOG_ACTION: why },
    arguments: ['merge', '--ff-only', ...options, '--no-stat', '--quiet', to],
    timeLimitMs: followTimeLimitMs,
  };
  const merged = await tryGit(merge);
  return merged.exitCode === 0 ? null : refusal(gitFailure(merge, merged), merged.stderr, checkout);
};

/** Back is no merge: the files first, then the branch by its compare-and-swap. */
const goBack = async ({ repository, branch, from, to, why }: BranchMove & { why: string }, checkout: Checkout) => {
  const call = inCheckout(repository, checkout);
  const read = (one: string, other: string) => ({
    ...call,
    arguments: ['read-tree', '-m', '-u', one, other],
    timeLimitMs: followTimeLimitMs,
  });
  const put = await tryGit(read(from, to));
  if (put.exitCode !== 0) return refusal(gitFailure(read(from, to), put), put.stderr, checkout);
  const moved = await moveBranch(repository, { ref: `refs/heads/${branch}`, from, to, why });
  if (moved.kind === 'moved') return null;
  await runGit(read(to, from));
  return moved;
};

/** What came between looking and doing: git looks again, and has changed nothing when it refuses. */
const refusal = (error: ThroughlineError, stderr: string, { path }: Checkout): Followed => {
  const listed = /overwritten by merge:\n((?:\t.*\n)+)/.exec(`${stderr}\n`)?.[1];
  const single = /Entry '(.*)' (?:not uptodate|would be overwritten)/.exec(stderr)?.[1];
  const files = listed === undefined ? [] : listed.split('\n').map((line) => line.trim());
  const named = [...files, ...(single === undefined ? [] : [single])].filter((file) => file !== '');
  if (named.length > 0) {
    return {
      kind: 'blocked',
      state: { kind: 'in_the_way', path, files: named.map((file) => ({ path: file, why: 'changed' })) },
    };
  }
  throw new ThroughlineError('landing.refused', `git did not move ${path}: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
};
