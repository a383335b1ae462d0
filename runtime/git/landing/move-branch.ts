import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { gitFailure, tryGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';

export type Move =
  | { readonly kind: 'moved' }
  /** It was not where it was thought to be; null when it is gone. */
  | { readonly kind: 'elsewhere'; readonly at: string | null };

/** Where a ref stands; null for none, or for one that is no commit. Raises what `tryGit` raises. */
export const commitAt = async (repository: Repository, ref: string): Promise<string | null> => {
  const found = await tryGit({
    ...inRepository(repository),
    arguments: ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
  });
  return found.exitCode === 0 ? found.stdout.trim() : null;
};

/**
 * Moves one ref from one commit to another, or makes it (`from` null), by one compare-and-swap: whoever is killed in it
 * leaves either the one or the other. A checkout that has the branch out is not looked at (`follow-checkout.ts`).
 *
 * Raises `landing.refused` when the ref is locked, by another git or by one that was killed, and what `tryGit` raises.
 */
export const moveBranch = async (
  repository: Repository,
  move: { readonly ref: string; readonly from: string | null; readonly to: string; readonly why: string },
): Promise<Move> => {
  const call = {
    ...inRepository(repository),
    arguments: ['update-ref', '-m', move.why, '--', move.ref, move.to, move.from ?? ''],
  };
  const moved = await tryGit(call);
  if (moved.exitCode === 0) return { kind: 'moved' };
  const at = await commitAt(repository, move.ref);
  if (at === move.to) return { kind: 'moved' };
  if (at !== move.from) return { kind: 'elsewhere', at };
  if (/Unable to create '(.*)\.lock'/.test(moved.stderr)) {
    throw new ThroughlineError('landing.refused', `${move.ref} is locked: another git is at work, or one was killed`, {
      hint: `when no git runs there, remove ${/Unable to create '(.*\.lock)'/.exec(moved.stderr)?.[1] ?? 'its lock'}`,
    });
  }
  throw gitFailure(call, moved);
};
