/** A landing taken back: the branch, and the folder that has it out, go to where they were before. */

import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact } from '../../../actors/protocol/facts/events.ts';
import { type LandingId, type SessionId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import { shortCommit } from '../../../actors/protocol/facts/short-commit.ts';
import { runGit, tryGit } from '../../git/command/run-git.ts';
import { lookAtCheckout, moveWithCheckout } from '../../git/landing/follow-checkout.ts';
import { commitAt } from '../../git/landing/move-branch.ts';
import { inRepository, type Repository } from '../../git/repository.ts';
import { checkoutWords, placeOf } from './checkout-words.ts';
import type { LandOptions } from './land-session.ts';
import { repositoryOf } from './landing-session.ts';
import { settleUndo } from './settle-move.ts';

const now = () => toTimestamp(Date.now());

/** See `LandingCommands.undoLanding` for what it raises. */
export const undoLanding = async (
  options: Pick<LandOptions, 'readers' | 'record' | 'mark' | 'sessionAt'>,
  id: SessionId,
  landingId: LandingId,
) => {
  const { readers, record } = options;
  const session = await readers.handle(id);
  const landing = (await readers.work(id)).landings.find((each) => each.landingId === landingId);
  if (landing === undefined)
    throw new ThroughlineError('landing.not_found', 'there is no such landing of this session');
  const { landed } = landing;
  if (landed === null || landing.state !== 'landed') {
    throw new ThroughlineError(
      'landing.refused',
      landing.state === 'undone' ? 'it is undone already' : 'it has not landed',
    );
  }
  const repository = await repositoryOf(session, options.mark);
  const { ref, old, commit } = landed;
  const onto = ref.replace(/^refs\/heads\//, '');
  const at = await commitAt(repository, ref);
  if (at !== commit) {
    throw new ThroughlineError(
      'landing.moved',
      `${onto} is at ${at === null ? 'nothing' : shortCommit(at)} by now, not at ${shortCommit(commit)}`,
      {
        hint: `take it out again by one more commit: git revert ${commit.slice(0, 12)}`,
      },
    );
  }
  await refusePushed(repository, onto, commit);
  const move = { repository, branch: onto, from: commit, to: old };
  const place = placeOf(repository, onto, options.sessionAt);
  const standing = checkoutWords(await lookAtCheckout(move), place);
  if (!standing.lets) throw inTheWay(standing);
  const keptRef = await keepUndone(repository, session.state.name, commit);
  await record(id, fact('landing_undo_begun', { landingId, ref, from: commit, to: old }, now()));
  const undo = { repository, record, id, landing };
  const moved = await moveWithCheckout({ ...move, why: `undo ${landingId} (throughline)` }).catch(async (thrown) => {
    await settleUndo(undo, { landingId, ref, from: commit, to: old });
    throw thrown;
  });
  if (moved.kind !== 'moved') {
    const words = moved.kind === 'elsewhere' ? `${onto} was moved meanwhile` : 'something came into its way';
    await record(id, fact('landing_undone', { landingId, undone: false, words }, now()));
    if (moved.kind === 'blocked') throw inTheWay(checkoutWords(moved.state, place));
    throw new ThroughlineError('landing.moved', words, { hint: 'look at it again' });
  }
  await record(id, fact('landing_undone', { landingId, undone: true, words: null }, now()));
  const checkouts = moved.checkout === null ? [] : [`${moved.checkout} went back with it`];
  return { ref, commit: old, keptRef, checkouts };
};

const inTheWay = ({ title, more, files }: ReturnType<typeof checkoutWords>): ThroughlineError => {
  const shown = files.slice(0, 5).map(({ path, why }) => `${path} (${why})`);
  return new ThroughlineError('landing.in_the_way', [title, ...shown].join('; '), {
    ...(more === null ? {} : { hint: more }),
  });
};

/** Raises `landing.refused` where a remote has it: others may have built on it. */
const refusePushed = async (repository: Repository, onto: string, commit: string): Promise<void> => {
  const found = await runGit({
    ...inRepository(repository),
    arguments: ['for-each-ref', '--count=1', '--format=%(refname:short)', `--contains=${commit}`, 'refs/remotes/'],
  });
  const remote = found.trim();
  if (remote === '') return;
  throw new ThroughlineError('landing.refused', `it is pushed: ${remote} has it, and others may build on it`, {
    hint: `take it out of ${onto} by one more commit: git revert ${commit.slice(0, 12)}`,
  });
};

/** What landed is kept beside what was parked, and can be had from there. Raises `git.failed`. */
const keepUndone = async (repository: Repository, name: string, commit: string): Promise<string> => {
  const slug =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'landing';
  const ref = `refs/throughline/parked/${slug}-landed-${commit.slice(0, 10)}`;
  const kept = await tryGit({
    ...inRepository(repository),
    arguments: ['update-ref', '-m', 'landing undone', '--', ref, commit],
  });
  if (kept.exitCode === 0) return ref;
  throw new ThroughlineError('git.failed', `what had landed could not be kept: ${kept.stderr.trim()}`);
};
