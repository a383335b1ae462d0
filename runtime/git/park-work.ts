import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { slugOf } from './branch-name.ts';
import { gitFailure, runGit, tryGit } from './command/run-git.ts';
import type { OpenWorktree } from './open-worktree.ts';
import { inRepository, type Repository } from './repository.ts';
import type { TemporaryIndex } from './temporary-index.ts';

const parkingTimeLimitMs = 10 * 60_000;
const maxNames = 100;
const parkedFolder = 'refs/throughline/parked/';

/**
 * Stores what a worktree holds and no branch has as a commit under a ref (`freeParkedRef`): its files as they are,
 * tracked and untracked (ignored ones not), on top of the commit that is checked out. What was staged, where it differs
 * from both, is a second parent, as with a stash. The stash itself is one for all worktrees, so it is never used. The
 * worktree, its index and its branch stay as they are.
 *
 * The same work of the same time is the same commit, so what is stored twice is there once.
 *
 * Gives the ref, or null when there was nothing to store. To get it back: `git checkout <ref> -- .`
 *
 * Raises what `runGit` raises, for example when a file cannot be read: then nothing is stored.
 */
export const parkWork = async (options: {
  readonly worktree: OpenWorktree;
  readonly index: TemporaryIndex;
  readonly headCommit: string | null;
  /** Whether `headCommit` is on no branch: then it is worth a ref by itself. */
  readonly headIsLoose: boolean;
  readonly name: string;
  /** The ref to store it under; another is taken beside it if that is there already and holds something else. */
  readonly ref: string;
  readonly now: number;
}): Promise<string | null> => {
  const { index, headCommit } = options;
  const headTree =
    headCommit === null
      ? null
      : (await runGit({ ...index.call, arguments: ['rev-parse', '--verify', `${headCommit}^{tree}`] })).trim();
  // Fails while a merge has conflicts; there is no staged tree then.
  const staged = await tryGit({ ...index.call, arguments: ['write-tree'] });
  await runGit({
    ...index.call,
    arguments: ['add', '--all', '--sparse', '--no-ignore-errors', '--', '.'],
    timeLimitMs: parkingTimeLimitMs,
  });
  const tree = (await runGit({ ...index.call, arguments: ['write-tree'] })).trim();
  const stagedTree = staged.exitCode === 0 ? staged.stdout.trim() : tree;

  const commit = async (what: string, of: string, parents: readonly string[]): Promise<string> =>
    (
      await runGit({
        ...index.call,
        arguments: [
          'commit-tree',
          '--no-gpg-sign',
          ...parents.flatMap((parent) => ['-p', parent]),
          '-m',
          `${what} of ${options.name}\n\nParked by Throughline before its worktree was removed.`,
          of,
        ],
        environment: { ...index.call.environment, ...signature(options.now) },
      })
    ).trim();

  const head = headCommit === null ? [] : [headCommit];
  const hasStaged = stagedTree !== tree && stagedTree !== headTree;
  const isUnchanged = tree === headTree || (headCommit === null && (await isEmptyTree(index, tree)));
  let parked: string | null = options.headIsLoose ? headCommit : null;
  if (hasStaged || !isUnchanged) {
    const parents = hasStaged ? [...head, await commit('Staged work', stagedTree, head)] : head;
    parked = await commit('Uncommitted work', tree, parents);
  }
  return parked === null ? null : storeRef(options, parked);
};

/** A ref that is free, for what is parked of a worktree of this name at a time. Raises what `runGit` raises. */
export const freeParkedRef = async (repository: Repository, name: string, now: number): Promise<string> => {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const stem = `${parkedFolder}${slugOf(name)}-${time}`;
  for (const ref of namesFrom(stem)) if (!(await isParked(repository, ref))) return ref;
  throw noFreeName(stem);
};

/** Whether something is parked under this ref. Raises what `runGit` raises. */
export const isParked = async (repository: Repository, ref: string): Promise<boolean> => {
  if (!ref.startsWith(parkedFolder)) return false;
  const found = await tryGit({
    ...inRepository(repository),
    arguments: ['show-ref', '--verify', '--quiet', '--', ref],
  });
  return found.exitCode === 0;
};

const namesFrom = (stem: string): readonly string[] =>
  Array.from({ length: maxNames }, (_, index) => (index === 0 ? stem : `${stem}-${index + 1}`));

const noFreeName = (stem: string): ThroughlineError =>
  new ThroughlineError('git.failed', `there is no free name under ${stem}`);

const isEmptyTree = async (index: TemporaryIndex, tree: string): Promise<boolean> => {
  const empty = await runGit({ ...index.call, arguments: ['hash-object', '-t', 'tree', '--stdin'], input: '' });
  return empty.trim() === tree;
};

// The machine may have no identity configured, and this commit is ours anyway.
const signature = (now: number): Record<string, string> => {
  const date = `@${Math.floor(now / 1000)} +0000`;
  return {
    GIT_AUTHOR_NAME: 'Throughline',
    GIT_AUTHOR_EMAIL: 'throughline@localhost',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'Throughline',
    GIT_COMMITTER_EMAIL: 'throughline@localhost',
    GIT_COMMITTER_DATE: date,
  };
};

const storeRef = async (
  { index, ref: stem }: { index: TemporaryIndex; ref: string },
  commit: string,
): Promise<string> => {
  if (!stem.startsWith(parkedFolder)) throw new ThroughlineError('git.failed', `${stem} is no ref for parked work`);
  for (const ref of namesFrom(stem)) {
    const taken = await tryGit({ ...index.call, arguments: ['rev-parse', '--verify', '--quiet', ref] });
    if (taken.exitCode === 0 && taken.stdout.trim() === commit) return ref;
    if (taken.exitCode === 0) continue;
    // The empty old value makes git refuse a ref that has come up meanwhile: what is parked is never overwritten.
    const call = { ...index.call, arguments: ['update-ref', '-m', 'parked', '--', ref, commit, ''] };
    const stored = await tryGit(call);
    if (stored.exitCode === 0) return ref;
    if (!stored.stderr.includes('already exists')) throw gitFailure(call, stored);
  }
  throw noFreeName(stem);
};
