import { baseNow } from './base-now.ts';
import { gitFailure, runGit, tryGit } from './command/run-git.ts';
import { inWorktree, openWorktree } from './open-worktree.ts';
import { checkCommitId, type Repository } from './repository.ts';
import { type TemporaryIndex, withTemporaryIndex } from './temporary-index.ts';

export type WorktreeDiff = {
  readonly text: string;
  /** True when there was more than the bound allows; the text then ends with a whole line. */
  readonly cut: boolean;
};

const defaultMaxBytes = 2 * 1024 * 1024;
const maxUntrackedBytes = 1024 * 1024;

/**
 * The unified diff from a worktree's base (see `base-now.ts`) to its files as they are now, untracked ones included,
 * ignored ones not. Runs no external diff and no text converter, and writes nothing in the worktree.
 *
 * Raises `worktree.missing` (also when its `.git` points elsewhere), `repository.bad_base` for something that is not a
 * commit id, and what `runGit` raises.
 */
export const worktreeDiff = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly base?: string | null;
  readonly baseCommit: string;
  readonly maxBytes?: number;
}): Promise<WorktreeDiff> => {
  const { base = null, baseCommit } = options;
  checkCommitId(baseCommit);
  const worktree = await openWorktree(options);
  const { commit } = await baseNow(inWorktree(worktree), { base, baseCommit });
  return withTemporaryIndex(worktree, async (index) => {
    const untracked = await listUntracked(index);
    const call = {
      ...index.call,
      arguments: [
        'diff',
        '--no-color',
        '--no-ext-diff',
        '--no-textconv',
        '--ignore-submodules=dirty',
        '--submodule=short',
        '--src-prefix=a/',
        '--dst-prefix=b/',
        '--unified=3',
        '--find-renames',
        commit,
        '--',
      ],
      maxOutputBytes: options.maxBytes ?? defaultMaxBytes,
      cutOutput: true,
    };
    const outcome = await tryGit(call);
    if (outcome.cut) return { text: outcome.stdout.slice(0, outcome.stdout.lastIndexOf('\n') + 1), cut: true };
    if (outcome.exitCode !== 0) throw gitFailure(call, outcome);
    return { text: outcome.stdout, cut: untracked.cut };
  });
};

// An entry for an empty file is enough for git to compare the path with the disk. The files themselves are not read
// here and no object is written, and one that has vanished since does no harm.
const listUntracked = async (index: TemporaryIndex): Promise<{ cut: boolean }> => {
  const call = {
    ...index.call,
    arguments: ['ls-files', '-z', '--others', '--exclude-standard'],
    encoding: 'latin1' as const,
    maxOutputBytes: maxUntrackedBytes,
    cutOutput: true,
  };
  const listed = await tryGit(call);
  if (listed.exitCode !== 0 && !listed.cut) throw gitFailure(call, listed);
  // A path that ends with a slash is a repository of its own.
  const paths = listed.stdout.split('\0').slice(0, -1);
  const files = paths.filter((path) => !path.endsWith('/'));
  if (files.length === 0) return { cut: listed.cut };
  const emptyBlob = (await runGit({ ...index.call, arguments: ['hash-object', '--stdin'], input: '' })).trim();
  const lines = files.map((path) => `100644 ${emptyBlob}\t${path}\0`);
  await runGit({
    ...index.call,
    arguments: ['update-index', '-z', '--index-info'],
    input: Buffer.from(lines.join(''), 'latin1'),
  });
  return { cut: listed.cut };
};
