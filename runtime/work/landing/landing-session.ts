/** A session as a landing needs it: its worktree, what it holds, and the branch that it is to land on. */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { SnapshotReason } from '../../../actors/protocol/facts/work-events.ts';
import type { Landing, SessionWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';
import type { SessionHandle } from '../../../actors/reader/session-queries.ts';
import { runGit } from '../../git/command/run-git.ts';
import { type FilteredPath, filteredPaths } from '../../git/landing/filtered-paths.ts';
import { commitAt } from '../../git/landing/move-branch.ts';
import type { LandedBefore } from '../../git/landing/prepare-landing.ts';
import { type OpenWorktree, openWorktree } from '../../git/open-worktree.ts';
import { inRepository, inspectRepository, type Repository } from '../../git/repository.ts';
import { type TreeChange, treeChanges } from '../../git/snapshots/tree-changes.ts';

/** What of the snapshots of sessions is needed here. */
export type TakeSnapshot = (id: SessionId, reason: SnapshotReason, run: number | null) => Promise<Snapshot>;

export type LandingSession = {
  readonly session: SessionHandle;
  readonly repository: Repository;
  readonly worktree: OpenWorktree;
  /** The snapshot of what is there. */
  readonly taken: Snapshot;
  readonly head: string;
  readonly work: SessionWork;
};

export type OpenSession = {
  readonly readers: {
    readonly handle: (id: SessionId) => Promise<SessionHandle>;
    readonly work: (id: SessionId) => Promise<SessionWork>;
  };
  readonly take: TakeSnapshot;
  readonly mark: string;
};

/** The repository of a session that has a worktree in it. Raises `worktree.missing`, `repository.…` and what git raises. */
export const repositoryOf = async ({ state }: SessionHandle, mark: string): Promise<Repository> => {
  if (!state.usesWorktree) {
    throw new ThroughlineError(
      'worktree.missing',
      'the session works in the folder itself, not in a worktree of its own',
      {
        hint: 'what it did is there already: commit it there',
      },
    );
  }
  if (state.worktreePath === null) {
    throw new ThroughlineError('worktree.missing', 'the session has no worktree yet', {
      hint: 'it is made when its first run begins',
    });
  }
  return { ...(await inspectRepository(state.repository)), mark };
};

/** Looks at a session, and takes a snapshot of what is there. Raises what `repositoryOf` and the snapshot raise. */
export const openSession = async (
  { readers, take, mark }: OpenSession,
  id: SessionId,
  reason: SnapshotReason,
): Promise<LandingSession> => {
  const session = await readers.handle(id);
  const repository = await repositoryOf(session, mark);
  const worktree = await openWorktree({ repository, path: session.state.worktreePath ?? '' });
  const taken = await take(id, reason, null);
  if (taken.head === null) {
    throw new ThroughlineError('repository.no_commits', 'the branch of the session has no commit yet', {
      hint: `commit what it did: throughline commit ${session.state.name}`,
    });
  }
  return { session, repository, worktree, taken, head: taken.head, work: await readers.work(id) };
};

/** The branch that a session is to land on, and where it stands. Raises `landing.refused` where that is no branch. */
export const branchToLandOn = async (
  repository: Repository,
  session: SessionHandle,
  asked: string | undefined,
): Promise<{ readonly onto: string; readonly tip: string }> => {
  const onto = (asked ?? session.state.base ?? '').replace(/^refs\/heads\//, '');
  const tip = onto === '' || onto.startsWith('-') ? null : await commitAt(repository, `refs/heads/${onto}`);
  if (tip !== null) return { onto, tip };
  const named =
    onto === '' ? 'there is no branch' : `${JSON.stringify(onto.slice(0, 120))} is no branch of the repository`;
  throw new ThroughlineError('landing.refused', `${named} to land on`, {
    hint: 'say which: --onto main',
  });
};

/**
 * What of the session has landed on that branch before, so that it is not taken for new once more. What was undone since
 * has not.
 */
export const landedBefore = ({ landings }: SessionWork, onto: string): LandedBefore | null => {
  const ref = `refs/heads/${onto}`;
  const last = landings.findLast(({ state, landed }) => state === 'landed' && landed?.ref === ref)?.landed;
  if (last === undefined || last === null) return null;
  return { commit: last.commit, head: last.tip, tree: last.tree ?? null };
};

/** The last landing where it was given back or is held: landed again, it lands as it was to, where nothing else is said. */
export const landingAgain = ({ landings }: SessionWork): Landing | null => {
  const last = landings.at(-1);
  return last?.state === 'returned' || last?.state === 'held' ? last : null;
};

/**
 * What a commit of these files would differ in from what is checked out. Raises `commit.refused` for what git would have
 * to run a filter on, and for files that the snapshot holds by their size alone.
 */
export const changesToCommit = async ({
  repository,
  taken,
  head,
}: Pick<LandingSession, 'repository' | 'taken' | 'head'>): Promise<readonly TreeChange[]> => {
  const from = await treeOf(repository, head);
  if (from === taken.tree) return [];
  const { files, cut } = await treeChanges({ repository, from, to: taken.tree, maxFiles: maxChanges });
  const changed = new Set(files.map(({ path }) => path));
  const tooLarge = (taken.pointers ?? []).filter(({ path, lfs }) => lfs !== true && (cut || changed.has(path)));
  if (tooLarge.length > 0)
    throw byHand(
      tooLarge.map(({ path }) => path),
      'too large to be kept whole',
    );
  const written = files.filter(({ newBlob }) => newBlob !== null).map(({ path }) => path);
  const lfs = new Set((taken.pointers ?? []).map(({ path }) => path));
  // Of Git LFS a snapshot holds the true pointers.
  const filtered = (await filteredPaths(repository, taken.tree, written)).filter(
    ({ path, filter }: FilteredPath) => !(filter === 'lfs' && lfs.has(path)),
  );
  const [first] = filtered;
  if (first !== undefined) {
    throw byHand(
      filtered.map(({ path }) => path),
      `to go through the filter “${first.filter}”, which Throughline does not run`,
    );
  }
  return files;
};

const maxChanges = 100_000;

const byHand = (paths: readonly string[], why: string): ThroughlineError => {
  const shown = paths.slice(0, 3).join(', ') + (paths.length > 3 ? ` and ${paths.length - 3} more` : '');
  return new ThroughlineError('commit.refused', `${shown}: ${paths.length === 1 ? 'it is' : 'they are'} ${why}`, {
    hint: 'commit that in the worktree with git itself, then go on here',
  });
};

/** The tree of a commit. Raises what `runGit` raises. */
export const treeOf = async (repository: Repository, commit: string): Promise<string> =>
  (
    await runGit({
      ...inRepository(repository),
      arguments: ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`],
    })
  ).trim();

/** The first line of a commit's message. Raises what `runGit` raises. */
export const subjectOf = async (repository: Repository, commit: string): Promise<string> =>
  (
    await runGit({
      ...inRepository(repository),
      arguments: ['log', '-1', '--format=%s', '--encoding=UTF-8', '--end-of-options', commit, '--'],
    })
  ).trim();
