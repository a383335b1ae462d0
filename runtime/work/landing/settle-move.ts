/** A move of a branch that may have been done and is not known to be: looked at, ended, and written down. */
import { fact, type LedgerFact } from '../../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { Landing } from '../../../actors/protocol/gateway/work.ts';
import { type FinishedMove, finishMove } from '../../git/landing/finish-move.ts';
import type { Repository } from '../../git/repository.ts';

export type MoveToSettle = {
  readonly repository: Repository;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly id: SessionId;
  /** What the ledger says of the session's landings up to now. */
  readonly landing: Landing;
};

const now = () => toTimestamp(Date.now());
const branchOf = (ref: string): string => ref.replace(/^refs\/heads\//, '');

/**
 * Ends what was begun of a landing. `open`: nothing of it was done, or somebody else has moved the branch, so that it is
 * to be tried again. Raises what git raises.
 */
export const settleLanding = async (
  { repository, record, id, landing }: MoveToSettle,
  begun: NonNullable<Landing['begun']>,
  tip: { readonly head: string | null; readonly tree: string | null },
): Promise<'landed' | 'held' | 'open'> => {
  const { landingId } = landing;
  const { ref, old, commit } = begun;
  const finished = await finishMove({
    repository,
    branch: branchOf(ref),
    from: old,
    to: commit,
    why: `land ${landingId} (throughline)`,
    begunAt: landing.at,
    now: Date.now(),
  });
  switch (finished.kind) {
    case 'moved': {
      const path = finished.checkout;
      const checkouts = path === null ? [] : [{ path, outcome: 'followed' as const, why: null }];
      const told = { ref, old, commit, tip: tip.head, ...(tip.tree === null ? {} : { tree: tip.tree }), checkouts };
      await record(id, fact('landed', { landingId, ...told }, now()));
      return 'landed';
    }
    case 'not_moved':
    case 'elsewhere':
      return 'open';
    case 'mixed':
    case 'locked': {
      await record(id, fact('landing_held', { landingId, ...stuckWords(finished, branchOf(ref)), commit }, now()));
      return 'held';
    }
  }
};

/** Ends what was begun of taking a landing back. Raises what git raises. */
export const settleUndo = async (
  { repository, record, id, landing }: MoveToSettle,
  begun: NonNullable<Landing['undoBegun']>,
): Promise<void> => {
  const { landingId } = landing;
  const { ref, from, to } = begun;
  const finished = await finishMove({
    repository,
    branch: branchOf(ref),
    from,
    to,
    why: `undo ${landingId} (throughline)`,
    begunAt: landing.landed?.at ?? landing.at,
    now: Date.now(),
  });
  const undone = finished.kind === 'moved';
  const words =
    finished.kind === 'moved'
      ? null
      : finished.kind === 'mixed' || finished.kind === 'locked'
        ? stuckWords(finished, branchOf(ref)).words
        : 'the branch was not moved back';
  await record(id, fact('landing_undone', { landingId, undone, words }, now()));
};

const stuckWords = (
  stuck: Extract<FinishedMove, { kind: 'mixed' | 'locked' }>,
  branch: string,
): { readonly words: string; readonly paths: string[] } =>
  stuck.kind === 'locked'
    ? { words: `the move of ${branch} was cut short, and is locked: remove ${stuck.locks.join(', ')}`, paths: [] }
    : {
        words: `the move of ${branch} was cut short, and files in ${stuck.path} were changed since: look at git status there`,
        paths: [...stuck.files],
      };
