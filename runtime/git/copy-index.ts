import { copyFile, lstat, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { type GitCall, runGit } from './command/run-git.ts';
import { inWorktree, type OpenWorktree } from './open-worktree.ts';

export type IndexedCall = Pick<GitCall, 'cwd'> & { readonly environment: Readonly<Record<string, string>> };

export type CopiedIndex = {
  /** Folder and environment for calls that are to use this index. */
  readonly call: IndexedCall;
  /** False when the worktree has no index: there is no copy then. */
  readonly isThere: boolean;
  /** Paths of the repositories inside the repository (submodules) that the index knows, as latin1. */
  readonly gitlinks: readonly string[];
  /** Paths that a merge has left in conflict, as latin1. */
  readonly unmerged: readonly string[];
};

// One entry of a large repository's index is about 100 bytes: enough for two million files.
const maxListBytes = 256 * 1024 * 1024;

/**
 * Copies a worktree's index. Whatever git writes to the copy, the agent's own index stays as it was.
 *
 * The copy tells the truth: files marked `assume-unchanged` or `skip-worktree` are hidden from `git status`, and would be
 * lost without a word; in the copy those that exist on disk are looked at like all others.
 *
 * Raises `worktree.missing` when the index is no file, and what `runGit` raises.
 */
export const copyIndex = async (worktree: OpenWorktree, target: string): Promise<CopiedIndex> => {
  const source = join(worktree.gitDirectory, 'index');
  const found = await stat(source).catch(() => null);
  // Whoever opens a pipe that nobody writes to waits for ever.
  if (found?.isFile() === false) {
    throw new ThroughlineError('worktree.missing', `the index of ${worktree.path} is not the file that git made`, {
      hint: `remove ${source}, and run git reset there`,
    });
  }
  if (found !== null) {
    await copyFile(source, target);
    // Git takes a file changed after the index was written for suspect. A copy is younger than the original and would
    // clear such files; a second too old only makes git read a few more of them.
    const wholeSecond = Math.floor(found.mtimeMs / 1000);
    await utimes(target, wholeSecond, wholeSecond);
  }
  const { cwd, environment } = inWorktree(worktree);
  const call = { cwd, environment: { ...environment, GIT_INDEX_FILE: target } };
  const entries = await listEntries(call);
  await showHidden(worktree, call, entries);
  return {
    call,
    isThere: found !== null,
    gitlinks: entries.filter((entry) => entry.mode === '160000').map((entry) => entry.path),
    unmerged: [...new Set(entries.filter((entry) => entry.stage !== '0').map((entry) => entry.path))],
  };
};

type Entry = { readonly tag: string; readonly mode: string; readonly stage: string; readonly path: string };

const listEntries = async (call: IndexedCall): Promise<Entry[]> => {
  const listed = await runGit({
    ...call,
    arguments: ['ls-files', '-z', '--stage', '-v'],
    maxOutputBytes: maxListBytes,
    encoding: 'latin1',
  });
  const entries: Entry[] = [];
  for (const record of listed.split('\0')) {
    const match = /^(\S) (\d+) [0-9a-f]+ (\d)\t(.*)$/s.exec(record);
    if (match === null) continue;
    const [, tag = '', mode = '', stage = '', path = ''] = match;
    // Of the many files of a repository only these few are of interest.
    const isOrdinary = mode !== '160000' && stage === '0' && tag !== 'S' && tag === tag.toUpperCase();
    if (!isOrdinary) entries.push({ tag, mode, stage, path });
  }
  return entries;
};

const showHidden = async (worktree: OpenWorktree, call: IndexedCall, entries: readonly Entry[]): Promise<void> => {
  const hidden: string[] = [];
  for (const entry of entries) {
    if (entry.tag !== 'S' && entry.tag === entry.tag.toUpperCase()) continue;
    // A sparse checkout marks what it left out in the same way; that is not there, and is not a change.
    const onDisk = Buffer.concat([Buffer.from(`${worktree.path}/`), Buffer.from(entry.path, 'latin1')]);
    const isThere = await lstat(onDisk).then(
      () => true,
      () => false,
    );
    if (isThere || entry.tag === 'h') hidden.push(entry.path);
  }
  if (hidden.length === 0) return;
  const input = Buffer.from(`${hidden.join('\0')}\0`, 'latin1');
  for (const flag of ['--no-assume-unchanged', '--no-skip-worktree']) {
    await runGit({ ...call, arguments: ['update-index', flag, '-z', '--stdin'], input });
  }
};
