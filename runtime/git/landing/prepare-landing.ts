/**
 * What is to land, made in memory on top of a branch: as one commit, as a merge, or commit by commit. Nothing of it can be
 * seen before the branch is moved to it.
 */
import type { LandingWay } from '../../../actors/protocol/facts/work-events.ts';
import { runGit, tryGit } from '../command/run-git.ts';
import { inRepository, isCommitId, type Repository } from '../repository.ts';
import { type Conflict, type Merge, mergeTrees } from './merge-trees.ts';
import { makeCommit, type Person } from './person.ts';
import { withTrailers } from './trailers.ts';

/** What of a session has landed on this branch before. */
export type LandedBefore = {
  /** The commit on the branch. */
  readonly commit: string;
  /** The session's own commit and tree then. */
  readonly head: string | null;
  readonly tree: string | null;
};

export type LandingToPrepare = {
  readonly repository: Repository;
  readonly person: Person;
  readonly way: LandingWay;
  /** The commit of the branch to land on. */
  readonly onto: string;
  /** What the session has checked out. */
  readonly head: string;
  /** Its files as they are, committed or not. */
  readonly tree: string;
  readonly landedBefore: LandedBefore | null;
  /** Of the squash, of the merge commit, and of what was not committed yet. */
  readonly message: string;
  /** Stand below every commit that lands, `KEY: VALUE` each. */
  readonly trailers: readonly string[];
};

export type PreparedLanding =
  | { readonly kind: 'prepared'; readonly commit: string; readonly commits: number }
  | { readonly kind: 'nothing' }
  /** `at` is the commit that conflicts, in a rebase. `tree` has the markers; null where git cannot give it. */
  | {
      readonly kind: 'conflicts';
      readonly files: readonly string[];
      readonly conflicts: readonly Conflict[];
      readonly tree: string | null;
      readonly at: string | null;
    }
  /** Merges among its commits hold what a rebase would lose: it can only be squashed or merged. */
  | { readonly kind: 'unfit' };

/**
 * Prepares a landing; what it makes is on no branch. Raises `commit.refused` when it cannot be signed, and what `runGit`
 * raises.
 */
export const prepareLanding = async (landing: LandingToPrepare): Promise<PreparedLanding> => {
  const { repository, onto } = landing;
  const [ontoTree, headTree] = await treesOf(repository, [onto, landing.head]);
  const isCommitted = headTree === landing.tree;
  // What was not committed yet, as a commit of its own that the session's branch does not have.
  const tip = isCommitted
    ? landing.head
    : await makeCommit(repository, landing.person, {
        tree: landing.tree,
        parents: [landing.head],
        message: messageOf(landing),
      });
  if (landing.way === 'rebase') return rebase(landing, tip, ontoTree ?? '');
  const base = await mergeBaseTree(repository, landing);
  const merged = await mergeTrees(repository, { ours: onto, theirs: tip, ...(base === null ? {} : { base }) });
  if (merged.kind === 'conflicts') return conflictsOf(merged, null);
  if (merged.tree === ontoTree) return { kind: 'nothing' };
  const commit = await makeCommit(repository, landing.person, {
    tree: merged.tree,
    parents: landing.way === 'merge' ? [onto, tip] : [onto],
    message: messageOf(landing),
  });
  return { kind: 'prepared', commit, commits: landing.way === 'merge' ? 1 + (await countOf(landing, tip)) : 1 };
};

const messageOf = ({ message, trailers }: LandingToPrepare): string => withTrailers(message, trailers);

const conflictsOf = (
  { files, conflicts, tree }: Extract<Merge, { kind: 'conflicts' }>,
  at: string | null,
): PreparedLanding => ({ kind: 'conflicts', files, conflicts, tree, at });

/** The trees of commits, by one process. */
const treesOf = async (repository: Repository, commits: readonly string[]): Promise<readonly string[]> => {
  const named = commits.map((commit) => `${commit}^{tree}`);
  const found = await runGit({ ...inRepository(repository), arguments: ['rev-parse', ...named] });
  return found.trim().split('\n');
};

const countOf = async ({ repository, onto }: LandingToPrepare, tip: string): Promise<number> =>
  Number(
    (await runGit({ ...inRepository(repository), arguments: ['rev-list', '--count', tip, `^${onto}`, '--'] })).trim(),
  );

const isAncestor = async (repository: Repository, commit: string, of: string): Promise<boolean> =>
  (await tryGit({ ...inRepository(repository), arguments: ['merge-base', '--is-ancestor', commit, of] })).exitCode ===
  0;

const has = async (repository: Repository, object: string): Promise<boolean> =>
  (await tryGit({ ...inRepository(repository), arguments: ['cat-file', '-e', object] })).exitCode === 0;

/**
 * The tree to hold both sides against, where their histories do not tell: a squash leaves none in the session, so what
 * has landed already would be taken for a change of the session's once more, and conflict with itself.
 */
export const mergeBaseTree = async (
  repository: Repository,
  { onto, head, landedBefore }: Pick<LandingToPrepare, 'onto' | 'head' | 'landedBefore'>,
): Promise<string | null> => {
  if (landedBefore === null || landedBefore.tree === null) return null;
  const { commit, tree } = landedBefore;
  if (await isAncestor(repository, commit, head)) return null;
  if (!(await isAncestor(repository, commit, onto))) return null;
  return (await has(repository, tree)) ? tree : null;
};

type PickedCommit = {
  readonly id: string;
  readonly parent: string;
  readonly tree: string;
  readonly message: string;
  readonly author: Readonly<Record<string, string>>;
};

const rebase = async (landing: LandingToPrepare, tip: string, ontoTree: string): Promise<PreparedLanding> => {
  const { repository, person, onto, trailers } = landing;
  const [picked, parted, merges] = await Promise.all([
    commitsToPick(landing, tip),
    whereParted(repository, onto, tip),
    hasMerges(landing, tip),
  ]);
  let [commit, tree, commits] = [onto, ontoTree, 0];
  for (const each of picked) {
    const parentTree = each.parent === commit ? tree : null;
    const merged: Merge =
      // On its own parent a commit is what it is.
      parentTree === null ? await pick(repository, commit, each, parted) : { kind: 'clean', tree: each.tree };
    if (merged.kind === 'conflicts') {
      // What one of its merges has solved already, nobody is to solve once more, commit by commit.
      const whole = merges ? await mergedWhole(landing, tip) : null;
      return whole?.kind === 'clean' ? { kind: 'unfit' } : conflictsOf(merged, each.id);
    }
    // It is there already, unless it was empty from the beginning.
    if (merged.tree === tree && !(await isEmpty(repository, each))) continue;
    commit = await makeCommit(repository, person, {
      tree: merged.tree,
      parents: [commit],
      message: withTrailers(each.message, trailers),
      author: each.author,
    });
    tree = merged.tree;
    commits += 1;
  }
  const whole = merges ? await mergedWhole(landing, tip) : null;
  if (whole !== null && (whole.kind === 'conflicts' || whole.tree !== tree)) return { kind: 'unfit' };
  return commits === 0 ? { kind: 'nothing' } : { kind: 'prepared', commit, commits };
};

/** All that is to land, at once: with what merges among it hold, which a rebase leaves out. */
const mergedWhole = async (landing: LandingToPrepare, tip: string): Promise<Merge> => {
  const { repository, onto } = landing;
  const base = await mergeBaseTree(repository, landing);
  return mergeTrees(repository, { ours: onto, theirs: tip, ...(base === null ? {} : { base }) });
};

/** The tree a commit changed; that of a first commit is empty. */
const treeBefore = async (repository: Repository, { parent }: PickedCommit): Promise<string> => {
  if (parent !== '') return (await treesOf(repository, [parent]))[0] ?? '';
  const call = { ...inRepository(repository), arguments: ['hash-object', '-t', 'tree', '--stdin'], input: '' };
  return (await runGit(call)).trim();
};

const pick = async (
  repository: Repository,
  onto: string,
  picked: PickedCommit,
  parted: string | null,
): Promise<Merge> => {
  const pair = { ours: onto, theirs: picked.id };
  // Where the two sides parted is what git would find by itself, and the commits to tell it otherwise are spared.
  if (picked.parent === parted) return mergeTrees(repository, pair);
  return mergeTrees(repository, { ...pair, base: await treeBefore(repository, picked) });
};

/** The one commit where two histories part; null where there is none, or more than one. */
const whereParted = async (repository: Repository, one: string, other: string): Promise<string | null> => {
  const found = await tryGit({ ...inRepository(repository), arguments: ['merge-base', '--all', one, other] });
  const [commit = '', ...others] = found.stdout.trim().split('\n');
  return found.exitCode === 0 && others.length === 0 && isCommitId(commit) ? commit : null;
};

const isEmpty = async (repository: Repository, picked: PickedCommit): Promise<boolean> =>
  (await treeBefore(repository, picked)) === picked.tree;

const before = ({ landedBefore }: LandingToPrepare): readonly string[] =>
  landedBefore === null || landedBefore.head === null ? [] : [`^${landedBefore.head}`];

const hasMerges = async (landing: LandingToPrepare, tip: string): Promise<boolean> =>
  (
    await runGit({
      ...inRepository(landing.repository),
      arguments: ['rev-list', '--merges', '--max-count=1', '--ignore-missing', tip, `^${landing.onto}`, '--'],
    })
  ).trim() !== '';

const fields = ['%H', '%P', '%T', '%an', '%ae', '%ad', '%B'] as const;

/** The commits that the branch lacks, oldest first; not those that it has under another id, as git's own rebase does. */
const commitsToPick = async (landing: LandingToPrepare, tip: string): Promise<readonly PickedCommit[]> => {
  const listed = await runGit({
    ...inRepository(landing.repository),
    arguments: [
      'rev-list',
      '--reverse',
      '--topo-order',
      '--no-merges',
      '--right-only',
      '--cherry-pick',
      '--ignore-missing',
      '--no-commit-header',
      '--encoding=UTF-8',
      '--date=raw',
      `--format=${fields.join('%x00')}%x00`,
      `${landing.onto}...${tip}`,
      ...before(landing),
      '--',
    ],
  });
  const values = listed.split('\0');
  const commits: PickedCommit[] = [];
  for (let at = 0; at + fields.length < values.length; at += fields.length) {
    const [id = '', parent = '', tree = '', name = '', email = '', date = '', message = ''] = values.slice(at);
    const author = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: `@${date}` };
    commits.push({ id: id.trim(), parent, tree, message, author });
  }
  return commits;
};
