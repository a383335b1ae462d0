/**
 * One landing, from the queue to its end: what the session holds is made on top of the branch as it is, in memory; checked
 * there; then the log says that the branch is moved, and then it is, by one compare-and-swap, with the folder that has it
 * out.
 */
import { checksTask, conflictTask } from '../../../actors/model/work/return-task.ts';
import { asThroughlineError, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../../actors/protocol/facts/events.ts';
import { type LandingId, type SessionId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { LandingStep } from '../../../actors/protocol/facts/work-events.ts';
import type { CheckoutStanding } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { Landing } from '../../../actors/protocol/gateway/work.ts';
import { tryGit } from '../../git/command/run-git.ts';
import { type CheckoutState, lookAtCheckout, moveWithCheckout } from '../../git/landing/follow-checkout.ts';
import { commitAt } from '../../git/landing/move-branch.ts';
import { personOf } from '../../git/landing/person.ts';
import { type PreparedLanding, prepareLanding } from '../../git/landing/prepare-landing.ts';
import { inRepository, type Repository } from '../../git/repository.ts';
import { treeTotals } from '../../git/snapshots/tree-changes.ts';
import type { CheckoutPlace } from './checkout-words.ts';
import { checkoutWords, placeOf } from './checkout-words.ts';
import { refuseUnfinished } from './commit-work.ts';
import { type DraftReaders, draftOf, trailersOf } from './draft.ts';
import { conflictingFiles } from './foresee.ts';
import {
  branchToLandOn,
  changesToCommit,
  type LandingSession,
  landedBefore,
  type OpenSession,
  openSession,
  subjectOf,
} from './landing-session.ts';
import { settleLanding } from './settle-move.ts';

/** Checks of a session on top of the branch; `null` in place of it: there are none. */
export type RunLandingChecks = (check: {
  readonly id: SessionId;
  readonly landingId: LandingId;
  readonly landing: LandingSession;
  /** The commit that is to land. */
  readonly commit: string;
  readonly signal: AbortSignal;
}) => Promise<{
  readonly passed: boolean;
  readonly failed: readonly { readonly name: string; readonly tail: string }[];
}>;

export type LandOptions = OpenSession & {
  readonly readers: OpenSession['readers'] & DraftReaders;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly runChecks: RunLandingChecks | null;
  readonly sessionAt: CheckoutPlace['sessionAt'];
};

export type LandingEnd =
  | { readonly kind: 'landed' | 'withdrawn' | 'held' }
  /** `task` is for its agent. */
  | { readonly kind: 'returned'; readonly task: string | null }
  /** Nothing was done, because the program ends or it was taken out of the queue. */
  | { readonly kind: 'stopped' }
  /** The move was cut short and could not be looked at, as on a full disk: it is to be ended before anything else. */
  | { readonly kind: 'unsettled' };

const maxAttempts = 3;
const now = () => toTimestamp(Date.now());
const keptRef = (landingId: string): string => `refs/throughline/landings/${landingId}`;
const refOf = (onto: string): string => `refs/heads/${onto}`;

/** Brings a landing to its end. What goes wrong on the way is its end as well: this raises only what the log raises. */
export const landSession = async (
  options: LandOptions,
  id: SessionId,
  landing: Landing,
  signal: AbortSignal,
): Promise<LandingEnd> => {
  const { record } = options;
  const { landingId } = landing;
  try {
    return await carryOut(options, id, landing, signal);
  } catch (thrown) {
    if (signal.aborted) return { kind: 'stopped' };
    const error = asThroughlineError(thrown);
    const words = `${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`;
    await record(id, fact('landing_returned', { landingId, why: 'refused', paths: [], task: null, words }, now()));
    return { kind: 'returned', task: null };
  }
};

const carryOut = async (
  options: LandOptions,
  id: SessionId,
  landing: Landing,
  signal: AbortSignal,
): Promise<LandingEnd> => {
  const { record, runChecks } = options;
  const { landingId, onto, way } = landing;
  const step = (next: LandingStep, words: string | null): Promise<void> =>
    record(id, fact('landing_stepped', { landingId, step: next, words }, now()));
  const giveBack = async (
    repository: Repository,
    why: 'conflict' | 'checks' | 'refused',
    given: { readonly paths: readonly string[]; readonly task: string | null; readonly words: string },
  ): Promise<LandingEnd> => {
    await record(id, fact('landing_returned', { landingId, why, ...given, paths: [...given.paths] }, now()));
    // An attempt before may have kept one.
    await forget(repository, landingId);
    return { kind: 'returned', task: given.task };
  };

  await step('rebasing', null);
  const session = await openSession(options, id, 'before_landing');
  const { repository, worktree, taken, head, work } = session;
  await refuseUnfinished(worktree);
  const changes = await changesToCommit(session);
  const person = await personOf(repository);
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    if (signal.aborted) return { kind: 'stopped' };
    const { tip } = await branchToLandOn(repository, session.session, onto);
    const prepared = await prepareLanding({
      repository,
      person,
      way,
      onto: tip,
      head,
      tree: taken.tree,
      landedBefore: landedBefore(work, onto),
      message:
        landing.message ??
        (await draftOf(
          options.readers,
          session.session,
          changes.map(({ path }) => path),
        )),
      trailers: trailersOf(session.session, landing.nameAgent),
    });
    if (prepared.kind === 'nothing') {
      await record(id, fact('landing_withdrawn', { landingId, words: `${onto} has all of it already` }, now()));
      await forget(repository, landingId);
      return { kind: 'withdrawn' };
    }
    if (prepared.kind === 'unfit') return giveBack(repository, 'refused', { paths: [], task: null, words: unfitWords });
    if (prepared.kind === 'conflicts')
      return giveBack(repository, 'conflict', await conflictOf(repository, { onto, way, tip }, prepared));
    const { commit, commits } = prepared;
    await keep(repository, landingId, commit);
    const totals = await treeTotals({ repository, from: tip, to: commit });
    await record(id, fact('landing_prepared', { landingId, base: tip, commit, commits, ...totals }, now()));

    if (runChecks !== null && landing.despiteChecks !== true) {
      await step('checking', attempt === 1 ? null : `${onto} moved on, so once more`);
      const { passed, failed } = await runChecks({ id, landingId, landing: session, commit, signal });
      if (signal.aborted) return { kind: 'stopped' };
      if (!passed) {
        const hasMoved =
          (
            await tryGit({
              ...inRepository(repository),
              arguments: ['merge-base', '--is-ancestor', tip, head],
            })
          ).exitCode !== 0;
        const names = failed.map(({ name }) => name).join(', ');
        return giveBack(repository, 'checks', {
          paths: [],
          task: failed.length === 0 ? null : checksTask({ onto, commit: tip, hasMoved, failed }),
          words: failed.length === 0 ? 'its checks did not run to their end' : `${names} failed`,
        });
      }
    }
    await step('landing', null);
    const moved = await move(options, { id, landing, session, repository, tip, commit });
    if (moved !== null) return moved;
  }
  const words = `${onto} moves faster than it can be checked: wait, or land without checks`;
  await record(id, fact('landing_held', { landingId, words, paths: [], commit: null }, now()));
  return { kind: 'held' };
};

const unfitWords =
  'merges among its commits hold changes of their own, which a rebase would lose: land it by squash or by merge';

type ToMove = {
  readonly id: SessionId;
  readonly landing: Landing;
  readonly session: LandingSession;
  readonly repository: Repository;
  readonly tip: string;
  readonly commit: string;
};

/** Null: the branch was moved by somebody else meanwhile. */
const move = async (options: LandOptions, toMove: ToMove): Promise<LandingEnd | null> => {
  const { record } = options;
  const { id, landing, session, repository, tip, commit } = toMove;
  const { landingId, onto } = landing;
  const ref = refOf(onto);
  const branchMove = { repository, branch: onto, from: tip, to: commit };
  const place = placeOf(repository, onto, options.sessionAt, commit);
  const hold = async (state: CheckoutState): Promise<LandingEnd> => {
    const standing = checkoutWords(state, place);
    await record(id, fact('landing_held', { landingId, ...heldFor(standing), commit }, now()));
    return { kind: 'held' };
  };
  if ((await commitAt(repository, ref)) !== tip) return null;
  const state = await lookAtCheckout(branchMove);
  if (state.kind !== 'none' && state.kind !== 'follows') return hold(state);
  await record(id, fact('landing_begun', { landingId, ref, old: tip, commit }, now()));
  const tree = session.taken.tree;
  const moved = await moveWithCheckout({ ...branchMove, looked: state, why: `land ${landingId} (throughline)` }).catch(
    async (thrown) => {
      // A git that was ended half-way may have moved it.
      const begun = { landingId, ref, old: tip, commit };
      const settling = settleLanding({ repository, record, id, landing }, begun, { head: session.head, tree });
      const settled = await settling.catch(async () => {
        const words = `the move was cut short, and is ended when that is possible: ${asThroughlineError(thrown).message}`;
        await record(id, fact('landing_stepped', { landingId, step: 'waiting', words }, now()));
        return 'unsettled' as const;
      });
      if (settled === 'open') throw thrown;
      return settled;
    },
  );
  if (moved === 'landed' || moved === 'held' || moved === 'unsettled') return { kind: moved };
  if (moved.kind === 'elsewhere') return null;
  if (moved.kind === 'blocked') return hold(moved.state);
  // The branch has it from here on.
  await forget(repository, landingId);
  await record(
    id,
    fact(
      'landed',
      {
        landingId,
        ref,
        old: tip,
        commit,
        tip: session.head,
        tree,
        checkouts: [checkoutOutcome(checkoutWords(state, place), moved.kept)],
      },
      now(),
    ),
  );
  return { kind: 'landed' };
};

const heldFor = ({ title, more, files, command }: CheckoutStanding) => ({
  words: [
    files.length === 0 ? title : `${title}: ${shownFiles(files)}`,
    ...(more === null ? [] : [more]),
    ...(command === null ? [] : [`It is kept; or yourself: ${command}`]),
  ]
    .join('. ')
    .replaceAll('.. ', '. '),
  paths: files.map(({ path }) => path),
});

const shownFiles = (files: CheckoutStanding['files']): string =>
  files
    .slice(0, 3)
    .map(({ path, why }) => `${path} (${why})`)
    .join(', ') + (files.length > 3 ? ` and ${files.length - 3} more` : '');

const checkoutOutcome = ({ path, kind, title }: CheckoutStanding, kept: readonly string[]) =>
  kind === 'follows'
    ? {
        path,
        outcome: 'followed' as const,
        why: kept.length === 0 ? null : `${kept.slice(0, 5).join(', ')} changed there, and left as it is`,
      }
    : { path, outcome: 'left' as const, why: title };

const conflictOf = async (
  repository: Repository,
  { onto, way, tip }: { readonly onto: string; readonly way: Landing['way']; readonly tip: string },
  merge: Extract<PreparedLanding, { kind: 'conflicts' }>,
) => {
  const files = await conflictingFiles(repository, merge);
  const paths = files.map(({ path }) => path);
  const shown = files
    .slice(0, 3)
    .map(({ path, words }) => `${path}${words === null ? '' : ` (${words})`}`)
    .join(', ');
  const more = files.length > 3 ? ` and ${files.length - 3} more files` : '';
  return {
    paths,
    words: `conflict with ${onto} in ${shown}${more}`,
    task: conflictTask({ onto, way, commit: tip, subject: await subjectOf(repository, tip), files }),
  };
};

/** What is prepared is held by a ref of its own until it has landed. Raises `git.failed`. */
const keep = async (repository: Repository, landingId: string, commit: string): Promise<void> => {
  const call = inRepository(repository);
  const kept = await tryGit({ ...call, arguments: ['update-ref', '--', keptRef(landingId), commit] });
  if (kept.exitCode === 0) return;
  throw new ThroughlineError('git.failed', `what is to land could not be kept: ${kept.stderr.trim()}`);
};

/** Where it fails, a ref is left over that nobody looks at. */
export const forget = async (repository: Repository, landingId: string): Promise<void> => {
  await tryGit({ ...inRepository(repository), arguments: ['update-ref', '-d', '--', keptRef(landingId)] });
};
