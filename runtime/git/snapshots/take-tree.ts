import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type SeveralGits, severalGits } from '../command/several-gits.ts';
import { inWorktree, type OpenWorktree } from '../open-worktree.ts';
import { isCommitId } from '../repository.ts';
import { findChanges, type IndexChanges, linesOf, putEntries } from './find-changes.ts';
import { listChanged } from './list-changed.ts';
import { forgetIndex, type HeldApart, openOwnIndex, readCommit, remember, settingsFor } from './own-index.ts';

/** A file that the tree holds as a pointer; `lfs`: its content is kept with the repository's files of Git LFS. */
export type PointerFile = {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly lfs?: true;
};

/** A path that is not in the tree as it is on disk, and why in a few words. */
export type MissingFile = { readonly path: string; readonly why: string };

export type TakenTree = {
  readonly tree: string;
  /** The commit that is checked out; null on a branch without any commit. */
  readonly head: string | null;
  /** The branch that is checked out; null: none is. */
  readonly branch: string | null;
  readonly pointers: readonly PointerFile[];
  readonly missing: readonly MissingFile[];
};

export type TakeOptions = {
  readonly worktree: OpenWorktree;
  /** Where the index for it is kept, from one to the next: a folder of ours. */
  readonly indexFolder: string;
  /** Larger files are held by their size and hash alone. */
  readonly maxFileBytes: number;
  /**
   * Called with what was taken, to have something refer to it, and with the git it was taken by; when this fails, it is
   * taken once more.
   */
  readonly keep?: (taken: TakenTree, git: SeveralGits) => Promise<void>;
};

const maxAttempts = 4;
const timeLimitMs = 10 * 60_000;

/**
 * Takes a worktree as it is for a git tree: what is tracked and what is untracked but not ignored, changed or not. The
 * worktree's own index, its HEAD and the stash stay as they are, and nothing that the repository names is run. Files that
 * go through a filter are taken raw, those of Git LFS as their pointers.
 *
 * What no tree can hold, or cannot be read, is named and stays as it was in the tree. What changes while it is being taken
 * is in it before or after, or has it taken again.
 *
 * Until something refers to the tree, git may clear it away: that is for `keep` to do.
 *
 * One at a time for a worktree. Raises `snapshot.failed` after several attempts, with git's words, and
 * `worktree.missing`.
 */
export const takeTree = async (options: TakeOptions): Promise<TakenTree> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTree(options, attempt > 1);
    } catch (thrown) {
      // Something was changed in its midst, git has cleared away what the index refers to, or the index is damaged.
      await forgetIndex(options.indexFolder).catch(() => {});
      const isFinal = thrown instanceof ThroughlineError && thrown.code !== 'git.failed';
      if (isFinal) throw thrown;
      if (attempt === maxAttempts) {
        const words = thrown instanceof Error ? thrown.message : String(thrown);
        throw new ThroughlineError('snapshot.failed', `the tree of ${options.worktree.path} was not taken: ${words}`, {
          cause: thrown,
        });
      }
    }
  }
};

const attemptTree = async (options: TakeOptions, isCareful: boolean): Promise<TakenTree> => {
  const { worktree, indexFolder } = options;
  const { cwd, environment } = inWorktree(worktree);
  const index = await openOwnIndex(worktree, indexFolder);
  const git = await severalGits({
    cwd,
    environment: { ...environment, GIT_INDEX_FILE: index.file },
    settings: await settingsFor(worktree),
  });
  // Where the worktree has no index, what its commit holds is what git tracks.
  if (!index.isThere) await readCommit(git, (await readHead(git)).head);
  const [listed, { head, branch, noId }] = await Promise.all([listChanged(git), readHead(git)]);
  const changes = await findChanges({ ...options, git, index, listed, noId, isCareful });
  const refused = await writeIndex(git, changes);
  const tree = (await git.run({ arguments: ['write-tree'], timeLimitMs })).trim();
  if (!isCommitId(tree)) throw new ThroughlineError('git.failed', `git write-tree gave no tree in ${cwd}`);
  const taken: TakenTree = {
    tree,
    head,
    branch,
    pointers: Object.entries(changes.memory.heldApart).flatMap(([path, held]) => pointerFile(path, held)),
    missing: [
      ...changes.missing.map(({ path, why }) => ({ path: shown(path), why })),
      ...refused.map((path) => ({ path, why: 'git takes no such name' })),
    ],
  };
  await options.keep?.(taken, git);
  await remember(indexFolder, changes.memory);
  return taken;
};

const shown = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

const pointerFile = (path: string, { kind, bytes, sha256 }: HeldApart): readonly PointerFile[] => {
  if (kind === 'raw') return [];
  return [{ path: shown(path), bytes, sha256, ...(kind === 'lfs' ? { lfs: true as const } : {}) }];
};

type Head = Pick<TakenTree, 'head' | 'branch'> & {
  /** What stands for no object, as long as ids are here. */
  readonly noId: string;
};

const readHead = async (git: SeveralGits): Promise<Head> => {
  const argv = ['rev-parse', '--show-object-format', 'HEAD^{commit}', '--symbolic-full-name', 'HEAD'];
  const found = await git.attempt({ arguments: argv });
  const [format, commit = '', name = ''] = found.stdout.split('\n');
  const noId = '0'.repeat(format === 'sha256' ? 64 : 40);
  if (found.exitCode === 0) return { head: commit, branch: branchOf(name), noId };
  const unborn = await git.attempt({ arguments: ['symbolic-ref', '--quiet', 'HEAD'] });
  return { head: null, branch: branchOf(unborn.stdout.trim()), noId };
};

const branchOf = (ref: string): string | null =>
  ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;

/** Gives the paths that git does not take. */
const writeIndex = async (git: SeveralGits, changes: IndexChanges): Promise<readonly string[]> => {
  await putEntries(git, changes.entries);
  if (changes.heldApart.length > 0) {
    // Else git would read these files through, to see that they are not what stands for them.
    const argv = ['update-index', '--assume-unchanged', '-z', '--stdin'];
    await git.run({ arguments: argv, input: linesOf(changes.heldApart), timeLimitMs });
  }
  if (changes.added.length === 0) return [];
  const argv = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  const { stderr } = await git.runWhole({ arguments: argv, input: linesOf(changes.added), timeLimitMs });
  return [...stderr.matchAll(/^Ignoring path (.*)$/gm)].map((match) => match[1] ?? '');
};
