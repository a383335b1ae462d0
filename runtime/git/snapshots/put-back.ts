import { copyFile, lstat, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type SeveralGits, severalGits } from '../command/several-gits.ts';
import { inWorktree, type OpenWorktree } from '../open-worktree.ts';
import type { Repository } from '../repository.ts';
import { changedPaths, editTree, isGitlink, type PathChange, pathText } from './edit-tree.ts';
import { linesOf } from './find-changes.ts';
import { findPointers } from './find-pointers.ts';
import { settingsFor } from './own-index.ts';

/** Puts a worktree from a tree to another; see `putBack`. */
export type PutBack = {
  readonly repository: Repository;
  readonly worktree: OpenWorktree;
  /** The index that the snapshot of `from` was made with: it is only read, and saves reading every file once more. */
  readonly index: string;
  readonly from: string;
  readonly to: string;
};

const checkoutTimeLimitMs = 10 * 60_000;

/** A path (latin1) that stays as it is, and why: git has the id of a repository's commit alone, of other files a pointer. */
export type StayingPath = { readonly path: string; readonly why: 'repository' | 'too_large' | 'lfs' };

/**
 * A tree as the worktree can be put to it: what the repository does not have stays as it is. Gives the tree, and the
 * paths that stay though they differ.
 *
 * Raises what `runGit` raises.
 */
export const reachableTree = async (options: {
  readonly repository: Repository;
  readonly from: string;
  readonly to: string;
}): Promise<{ readonly tree: string; readonly stay: readonly StayingPath[] }> => {
  const { repository, from, to } = options;
  const changes = await changedPaths({ repository, from, to });
  const pointers = await findPointers(
    repository,
    changes.flatMap(({ before, after }) => [before, after]),
  );
  const whyNot = ({ before, after }: PathChange): StayingPath['why'] | null => {
    if (isGitlink(before) || isGitlink(after)) return 'repository';
    const pointer = pointers.get(after?.id ?? '') ?? pointers.get(before?.id ?? '');
    return pointer === 'big' ? 'too_large' : (pointer ?? null);
  };
  const staying = changes.flatMap((change) => {
    const why = whyNot(change);
    return why === null ? [] : [{ ...change, why }];
  });
  const entries = staying.map(({ path, before }) => ({ path, entry: before }));
  return {
    tree: await editTree({ repository, tree: to, entries }),
    stay: staying.map(({ path, why }) => ({ path, why })),
  };
};

/**
 * Puts the files of a worktree from one tree to another. The agent's index, HEAD and branch stay as they are. Nothing
 * that is not in `from` is overwritten: what was changed since, what is new, and what git ignores are refused by name,
 * before anything is changed. Cut short in its midst it leaves some files of each; a snapshot of that, and this once
 * more, gets there.
 *
 * Raises `restore.in_the_way` when something would be lost, `snapshot.failed` when git could not write some file (the
 * rest may be done), and what `tryGit` raises.
 */
export const putBack = async (options: PutBack): Promise<void> => {
  const { repository, worktree, from, to } = options;
  if (from === to) return;
  const changes = await changedPaths({ repository, from, to });
  const inTheWay = await occupied(worktree.path, changes);
  if (inTheWay.length > 0) {
    throw new ThroughlineError('restore.in_the_way', `${some(inTheWay)} would be overwritten, and no snapshot has it`, {
      hint: 'git ignores it, or it is new: move it elsewhere, then try again',
      details: { files: inTheWay.slice(0, 100) },
    });
  }
  await withIndexOf(options, async (git) => {
    // What a sparse checkout leaves out of the worktree is written when it is put back to something else.
    const known = changes.flatMap(({ path, before }) => (before === null ? [] : [path]));
    const argv = ['update-index', '--no-skip-worktree', '-z', '--stdin'];
    if (known.length > 0) await git.run({ arguments: argv, input: linesOf(known) });
    const outcome = await git.attempt({
      arguments: ['read-tree', '-m', '-u', '--no-recurse-submodules', from, to],
      timeLimitMs: checkoutTimeLimitMs,
    });
    if (outcome.exitCode === 0) return;
    const late = /Entry '(.*)' not uptodate|Untracked working tree file '(.*)' would be/s.exec(outcome.stderr);
    if (late !== null) {
      throw new ThroughlineError('restore.in_the_way', `${late[1] ?? late[2]} was changed just now`, {
        hint: 'nothing was put back; try again when nobody works there',
      });
    }
    const words = outcome.stderr.trim().split('\n').at(-1) ?? '';
    throw new ThroughlineError('snapshot.failed', `not every file of ${worktree.path} could be written: ${words}`, {
      hint: 'look at the permissions of the folder, and at the space on its disk',
    });
  });
};

/** Calls git with an index of its own, which knows the files on disk for those of `from`, where they are. */
const withIndexOf = async (
  { worktree, index, from }: PutBack,
  body: (git: SeveralGits) => Promise<void>,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-index-'));
  try {
    const file = join(folder, 'index');
    const { cwd, environment } = inWorktree(worktree);
    const git = await severalGits({
      cwd,
      environment: { ...environment, GIT_INDEX_FILE: file },
      settings: { ...(await settingsFor(worktree)), 'core.sparseCheckout': 'false' },
    });
    const found = await stat(index).catch(() => null);
    if (found?.isFile()) {
      await copyFile(index, file);
      // A copy is younger: files that were changed in the second of the original would pass for looked at.
      const wholeSecond = Math.floor(found.mtimeMs / 1000);
      await utimes(file, wholeSecond, wholeSecond);
    }
    const tree = await git.attempt({ arguments: ['write-tree'] });
    if (tree.exitCode !== 0 || tree.stdout.trim() !== from) {
      await rm(file, { force: true });
      await git.run({ arguments: ['read-tree', from] });
    }
    // Its exit code says whether something differs, which is looked at file by file where it matters.
    await git.attempt({ arguments: ['update-index', '-q', '--refresh'], timeLimitMs: checkoutTimeLimitMs });
    await body(git);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** What is on disk where the tree would add something, and is not what the tree before has there. */
const occupied = async (top: string, changes: readonly PathChange[]): Promise<string[]> => {
  const gone = new Set(changes.filter(({ after }) => after === null).map(({ path }) => path));
  const found: string[] = [];
  for (const { path, before, after } of changes) {
    if (before !== null || after === null) continue;
    const way = await inTheWayOf(top, path, gone);
    if (way !== null && !found.includes(way)) found.push(way);
  }
  return found;
};

/** What stands where a new path is to come, or where a folder above it is; null for what goes by itself. */
const inTheWayOf = async (top: string, path: string, gone: ReadonlySet<string>): Promise<string | null> => {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const part = parts.slice(0, depth).join('/');
    const onDisk = await lstat(bytes(top, part)).catch(() => null);
    if (onDisk === null || gone.has(part)) return null;
    if (!onDisk.isDirectory()) return (await isSameFile(top, part, gone, onDisk.ino)) ? null : pathText(part);
  }
  // Git makes way for a file by removing the folder of its name, with whatever it ignores in there.
  return strangerIn(top, path, gone);
};

const strangerIn = async (top: string, folder: string, gone: ReadonlySet<string>): Promise<string | null> => {
  const inside = await readdir(bytes(top, folder), { encoding: 'latin1', withFileTypes: true });
  for (const entry of inside) {
    const path = `${folder}/${entry.name}`;
    const stranger = entry.isDirectory() ? await strangerIn(top, path, gone) : gone.has(path) ? null : pathText(path);
    if (stranger !== null) return stranger;
  }
  return null;
};

/** On a disk that does not tell cases apart, a file that only changes its case is there under both names. */
const isSameFile = async (top: string, path: string, gone: ReadonlySet<string>, ino: number): Promise<boolean> => {
  for (const other of gone) {
    if (other.toLowerCase() !== path.toLowerCase() || dirname(other) !== dirname(path)) continue;
    if ((await lstat(bytes(top, other)).catch(() => null))?.ino === ino) return true;
  }
  return false;
};

const bytes = (top: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(join(top, '/')), Buffer.from(path, 'latin1')]);

const some = (paths: readonly string[]): string => {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
};
