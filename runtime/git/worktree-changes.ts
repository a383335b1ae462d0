import { baseNow } from './base-now.ts';
import { gitFailure, tryGit } from './command/run-git.ts';
import { inWorktree, type OpenWorktree, openWorktree } from './open-worktree.ts';
import { checkCommitId, type Repository } from './repository.ts';
import { type TemporaryIndex, withTemporaryIndex } from './temporary-index.ts';

export type FileStatus = 'added' | 'modified' | 'deleted' | 'conflicted' | 'untracked';
export type ChangedFile = { readonly path: string; readonly status: FileStatus };

export type WorktreeChanges = {
  /** Whether something is not committed: changed, staged, or untracked and not ignored. */
  readonly dirty: boolean;
  /** What is not committed. */
  readonly uncommitted: readonly ChangedFile[];
  /** What differs from the base as it is now: commits since, and what is not committed. */
  readonly files: readonly ChangedFile[];
  /** How many commits HEAD has that the base lacks. */
  readonly ahead: number;
  /** How many the base has that HEAD lacks; null where there is no base to ask. */
  readonly behind: number | null;
  /** The branch that is really checked out; null: none is. */
  readonly branch: string | null;
  /** Both lists are bounded; true when one of them was cut. */
  readonly cut: boolean;
};

const maxListBytes = 1024 * 1024;

const recordsOf = (text: string, cut: boolean): string[] => {
  const records = text.split('\0');
  // What follows the last NUL is empty, or was cut in its middle.
  const last = records.pop();
  return !cut && last !== undefined && last !== '' ? [...records, last] : records;
};

const statusOf = (code: string): FileStatus => {
  if (code === '??') return 'untracked';
  if (code.includes('U') || code === 'AA' || code === 'DD') return 'conflicted';
  if (code.includes('D')) return 'deleted';
  return code.includes('A') ? 'added' : 'modified';
};

/** What is not committed in the worktree. A repository inside it counts by its commit; its files are not looked at. */
export const uncommittedFiles = async (
  index: TemporaryIndex,
): Promise<{ files: readonly ChangedFile[]; cut: boolean }> => {
  const outcome = await runGitCut(index, [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--ignore-submodules=dirty',
    '--no-renames',
    '--no-ahead-behind',
  ]);
  const files = recordsOf(outcome.stdout, outcome.cut).map((record) => ({
    path: record.slice(3),
    status: statusOf(record.slice(0, 2)),
  }));
  return { files, cut: outcome.cut };
};

const runGitCut = async (index: TemporaryIndex, argv: readonly string[]): Promise<{ stdout: string; cut: boolean }> => {
  const call = { ...index.call, arguments: argv, maxOutputBytes: maxListBytes, cutOutput: true };
  const outcome = await tryGit(call);
  if (outcome.exitCode !== 0 && !outcome.cut) throw gitFailure(call, outcome);
  return outcome;
};

/** The commit that is checked out; null on a branch without any commit. */
export const headCommitOf = async (worktree: OpenWorktree): Promise<string | null> => {
  const head = await tryGit({
    ...inWorktree(worktree),
    arguments: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'],
  });
  return head.exitCode === 0 ? head.stdout.trim() : null;
};

/**
 * What has changed in a worktree: against its base (a branch, a tag or a commit that it began at; see `base-now.ts`), and
 * since its last commit. Writes nothing in it.
 *
 * Raises `worktree.missing` (also when its `.git` points elsewhere), `repository.bad_base` for something that is not a
 * commit id, and what `runGit` raises.
 */
export const worktreeChanges = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly base?: string | null;
  readonly baseCommit: string;
}): Promise<WorktreeChanges> => {
  const { base = null, baseCommit } = options;
  checkCommitId(baseCommit);
  const worktree = await openWorktree(options);
  const { commit, ahead, behind, branch } = await baseNow(inWorktree(worktree), { base, baseCommit });
  return withTemporaryIndex(worktree, async (index) => {
    const uncommitted = await uncommittedFiles(index);
    const since = await runGitCut(index, [
      'diff',
      '--name-status',
      '-z',
      '--no-renames',
      '--no-ext-diff',
      '--no-textconv',
      '--ignore-submodules=dirty',
      commit,
      '--',
    ]);
    const records = recordsOf(since.stdout, since.cut);
    const files: ChangedFile[] = [];
    for (let at = 0; at + 1 < records.length; at += 2) {
      files.push({ path: records[at + 1] ?? '', status: statusOf(records[at] ?? '') });
    }
    files.push(...uncommitted.files.filter((file) => file.status === 'untracked'));
    return {
      dirty: uncommitted.files.length > 0 || uncommitted.cut,
      uncommitted: uncommitted.files,
      files,
      ahead,
      behind,
      branch,
      cut: uncommitted.cut || since.cut,
    };
  });
};
