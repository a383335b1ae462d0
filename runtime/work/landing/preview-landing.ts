/** What would come of a landing, looked at without anything being moved. */
import { asThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { LandingWay } from '../../../actors/protocol/facts/work-events.ts';
import type {
  LandingPreview,
  LandingRequest,
  PlannedLanding,
} from '../../../actors/protocol/gateway/landing-routes.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { SessionHandle } from '../../../actors/reader/session-queries.ts';
import type { DataDirectory } from '../../data/data-directory.ts';
import { baseNow } from '../../git/base-now.ts';
import { lookAtCheckout } from '../../git/landing/follow-checkout.ts';
import { mergeTrees } from '../../git/landing/merge-trees.ts';
import { nobodysSignature } from '../../git/landing/nobodys-commit.ts';
import { type Person, personOf } from '../../git/landing/person.ts';
import { type PreparedLanding, prepareLanding } from '../../git/landing/prepare-landing.ts';
import { inWorktree } from '../../git/open-worktree.ts';
import type { Repository } from '../../git/repository.ts';
import { treeTotals } from '../../git/snapshots/tree-changes.ts';
import { checkoutWords, placeOf } from './checkout-words.ts';
import { hooksToShow, refuseUnfinished } from './commit-work.ts';
import { agentTrailer, draftOf, sessionTrailer } from './draft.ts';
import { commitOf, conflictingFiles, foresee, type OtherWork } from './foresee.ts';
import type { LandOptions } from './land-session.ts';
import { branchToLandOn, changesToCommit, type LandingSession, landedBefore, openSession } from './landing-session.ts';

export type PreviewOptions = Pick<LandOptions, 'readers' | 'take' | 'mark' | 'sessionAt'> & {
  readonly directory: Pick<DataDirectory, 'root'>;
  /** The other sessions of the same repository that are to land on the same branch. */
  readonly others: (session: SessionHandle, onto: string) => Promise<readonly OtherWork[]>;
  readonly isLive: (id: SessionId) => boolean;
  /** How a session with this work is to land, where that is known. */
  readonly wishes: (repository: Repository, work: SessionWork) => Promise<LandingWishes>;
};

export type LandingWishes = { readonly how: LandingWay | null; readonly onto: string | null };

/** A commit that nobody will see needs no name, and is signed by nobody. */
const nobody: Person = { author: 'nobody', environment: nobodysSignature, signing: null };

type Blocker = LandingPreview['blockers'][number];

/** What keeps a step from being done, in place of being raised. */
const blockerOf = async (step: () => Promise<unknown>): Promise<readonly Blocker[]> => {
  try {
    await step();
    return [];
  } catch (thrown) {
    const { code, message, hint } = asThroughlineError(thrown);
    return [{ code, words: message, hint: hint ?? null }];
  }
};

export const previewLanding = async (
  options: PreviewOptions,
  id: SessionId,
  asked: { readonly how?: LandingWay | undefined; readonly onto?: string | undefined },
): Promise<LandingPreview> => {
  const { readers, directory } = options;
  const opened = await openSession(options, id, 'review');
  const { session, repository, worktree, taken, head, work } = opened;
  const wishes = await options.wishes(repository, work);
  const way = asked.how ?? wishes.how ?? 'squash';
  const { onto, tip } = await branchToLandOn(repository, session, asked.onto ?? wishes.onto ?? undefined);
  const base = await baseNow(inWorktree(worktree), { base: onto, baseCommit: session.state.baseCommit ?? tip });
  const uncommitted = await treeTotals({ repository, from: head, to: taken.tree });
  let paths: readonly string[] = [];
  const blockers = [
    ...(options.isLive(id)
      ? [{ code: 'session.busy', words: 'its agent is at work: it lands when the run has ended', hint: null }]
      : []),
    ...(await blockerOf(() => refuseUnfinished(worktree))),
    ...(await blockerOf(async () => {
      paths = (await changesToCommit(opened)).map(({ path }) => path);
    })),
  ];
  let person: Person | null = null;
  blockers.push(
    ...(await blockerOf(async () => {
      person = await personOf(repository);
    })),
  );
  const mine = { head, tree: taken.tree, landedBefore: landedBefore(work, onto) };
  const conflicts = await foresee(repository, tip, mine, await options.others(session, onto));
  const prepared = conflicts.base.length > 0 ? null : await prepareForNobody(opened, way, tip, onto);
  const commit = prepared?.kind === 'prepared' ? prepared.commit : null;
  if (prepared?.kind === 'nothing') {
    blockers.push({ code: 'commit.nothing', words: `${onto} has all of it already`, hint: null });
  }
  const totals =
    commit === null
      ? await treeTotals({ repository, from: base.commit, to: taken.tree })
      : await treeTotals({ repository, from: tip, to: commit });
  const state = await lookAtCheckout({ repository, branch: onto, from: tip, to: commit ?? tip });
  const place = placeOf(repository, onto, options.sessionAt);
  const known: Person | null = person;
  return {
    onto,
    tip,
    behind: base.behind,
    branch: taken.branch,
    way,
    commits: base.ahead,
    ...totals,
    uncommitted: uncommitted.files,
    message: await draftOf(readers, session, paths),
    trailers: [sessionTrailer(id)],
    agentTrailer: agentTrailer(session),
    author: personName(known),
    signing: known === null ? null : signingFormat(known),
    hooks: await hooksToShow(directory, repository, worktree),
    foreseen: conflicts,
    checkouts: [checkoutWords(state, place)],
    blockers,
  };
};

const personName = (person: Person | null): string | null => person?.author ?? null;
const signingFormat = ({ signing }: Person) => signing?.format ?? null;

const prepareForNobody = (
  { session, repository, taken, head, work }: LandingSession,
  way: LandingWay,
  tip: string,
  onto: string,
): Promise<PreparedLanding> =>
  prepareLanding({
    repository,
    person: nobody,
    way,
    onto: tip,
    head,
    tree: taken.tree,
    landedBefore: landedBefore(work, onto),
    message: session.state.name,
    trailers: [],
  });

type Planned = { readonly name: string; readonly place: number; readonly head: string; readonly tree: string };

/** What would come of landing them in this order. What conflicts or cannot land is passed over, as the queue does. */
export const planLandings = async (
  options: PreviewOptions,
  { sessions, how, onto: asked, despiteChecks }: LandingRequest,
): Promise<readonly PlannedLanding[]> => {
  const plan: PlannedLanding[] = [];
  /** Where each branch would stand by then, and what would have landed on it. */
  const tips = new Map<string, { tip: string; landed: Planned[] }>();
  for (const [index, id] of sessions.entries()) {
    const named = await options.readers.handle(id);
    const empty = {
      session: { id, name: named.state.name },
      onto: asked ?? named.state.base ?? '',
      tip: null,
      way: how ?? ('squash' as const),
      commits: 0,
      files: 0,
      additions: 0,
      deletions: 0,
      behind: null,
      uncommitted: 0,
      conflictsWith: null,
      conflicts: [],
      checks: { ...named.state.work.checks },
      words: null,
      hint: null,
      checkouts: [],
    };
    try {
      const opened = await openSession(options, id, 'review');
      const { session, repository, worktree, taken, head, work } = opened;
      const wishes = await options.wishes(repository, work);
      const way = how ?? wishes.how ?? 'squash';
      const { onto, tip: now } = await branchToLandOn(repository, session, asked ?? wishes.onto ?? undefined);
      const line = `${repository.commonDirectory}\0${onto}`;
      const before = tips.get(line) ?? { tip: now, landed: [] };
      tips.set(line, before);
      const base = await baseNow(inWorktree(worktree), { base: onto, baseCommit: session.state.baseCommit ?? now });
      const uncommitted = (await treeTotals({ repository, from: head, to: taken.tree })).files;
      const common = { ...empty, way, onto, tip: before.tip, behind: base.behind, uncommitted };
      await refuseUnfinished(worktree);
      await changesToCommit(opened);
      await personOf(repository);
      const prepared = await prepareForNobody(opened, way, before.tip, onto);
      if (prepared.kind === 'nothing') {
        plan.push({ ...common, outcome: 'nothing', words: `${onto} has all of it already` });
        continue;
      }
      if (prepared.kind === 'unfit') {
        plan.push({
          ...common,
          outcome: 'refused',
          words: 'its merges hold changes of their own',
          hint: 'land it by squash or by merge',
        });
        continue;
      }
      if (prepared.kind === 'conflicts') {
        const conflicts = [...(await conflictingFiles(repository, prepared))];
        const conflictsWith = await whichOf(repository, opened, now, before.landed);
        plan.push({ ...common, outcome: 'returned', conflicts, conflictsWith });
        continue;
      }
      const totals = await treeTotals({ repository, from: before.tip, to: prepared.commit });
      const failed = Object.entries(empty.checks).filter(([, end]) => end !== 'passed' && end !== 'running');
      const place = placeOf(repository, onto, options.sessionAt);
      // Of what has landed before it the folder has nothing yet.
      const state = await lookAtCheckout({ repository, branch: onto, from: now, to: prepared.commit });
      const standing = checkoutWords(state, place);
      const outcome = standing.lets ? ('lands' as const) : ('held' as const);
      const words =
        !standing.lets || failed.length === 0 || despiteChecks
          ? null
          : `${failed.map(([name]) => name).join(', ')} did not pass the last time`;
      plan.push({ ...common, ...totals, commits: prepared.commits, outcome, words, checkouts: [standing] });
      if (outcome !== 'lands') continue;
      before.landed.push({ name: named.state.name, place: index + 1, head, tree: taken.tree });
      before.tip = prepared.commit;
    } catch (thrown) {
      const { message, hint } = asThroughlineError(thrown);
      plan.push({ ...empty, outcome: 'refused', words: message, hint: hint ?? null });
    }
  }
  return plan;
};

/** Which of those before it in the plan it conflicts with; null: with the branch as it is now. */
const whichOf = async (
  repository: Repository,
  { head, taken }: LandingSession,
  tip: string,
  landed: readonly Planned[],
): Promise<string | null> => {
  const own = await commitOf(repository, { head, tree: taken.tree, landedBefore: null });
  if ((await mergeTrees(repository, { ours: tip, theirs: own })).kind === 'conflicts') return null;
  for (const other of landed) {
    const theirs = await commitOf(repository, { ...other, landedBefore: null });
    if ((await mergeTrees(repository, { ours: theirs, theirs: own })).kind === 'conflicts') return other.name;
  }
  return landed.at(-1)?.name ?? null;
};
