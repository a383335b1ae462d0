import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { SeveralGits } from '../command/several-gits.ts';
import { copyIndex } from '../copy-index.ts';
import type { OpenWorktree } from '../open-worktree.ts';

/** What a tree holds of a file in its place: see `pointers.ts`. `raw`: the file itself, as git would not take it. */
const heldApart = z.object({
  /** Which file that was: size, times and the like. */
  identity: z.string(),
  kind: z.enum(['big', 'lfs', 'raw']),
  bytes: z.number(),
  sha256: z.string(),
});
export type HeldApart = z.infer<typeof heldApart>;

// All paths here are latin1, which carries any bytes.
const memory = z.object({
  /** Which index of the worktree it was seeded from. */
  seed: z.string(),
  /** Files that the worktree's own index does not have. */
  untracked: z.array(z.string()),
  /** Files that the worktree's own index has and that were not there: should they come back, they are tracked. */
  gone: z.array(z.string()),
  /** Repositories inside the worktree. */
  gitlinks: z.array(z.string()),
  /** Conflicts that were never looked at. */
  unmerged: z.array(z.string()),
  heldApart: z.record(z.string(), heldApart),
});
export type IndexMemory = z.infer<typeof memory>;

export type OwnIndex = {
  readonly file: string;
  /** There is none where the worktree has none. */
  readonly isThere: boolean;
  readonly memory: IndexMemory;
  /** What earlier indexes held apart, by path: what is there still need not be read again. */
  readonly known: Readonly<Record<string, HeldApart>>;
};

const indexOf = (folder: string): string => join(folder, 'index');
const memoryOf = (folder: string): string => join(folder, 'memory.json');

/**
 * The index that snapshots of a worktree are made with, kept in a folder of ours from one to the next, so that only what
 * changed is read. It is seeded from the worktree's index, and anew whenever that was written: what git tracks, leaves out
 * of a sparse checkout or has in conflict is said there alone. Until `remember` is called it is taken for unfinished, and
 * is seeded anew as well.
 *
 * Only one at a time may use a folder. Raises what `copyIndex` raises, and what the file system raises.
 */
export const openOwnIndex = async (worktree: OpenWorktree, folder: string): Promise<OwnIndex> => {
  const file = indexOf(folder);
  // Whoever left one is dead.
  for (const lock of [`${file}.lock`, `${file}.new`, `${file}.new.lock`]) await rm(lock, { force: true });
  const seed = await identityOf(join(worktree.gitDirectory, 'index'));
  const known = await recall(folder);
  await rm(memoryOf(folder), { force: true });
  if (known !== null && known.seed === seed && (await lstat(file).catch(() => null)) !== null) {
    return { file, isThere: true, memory: known, known: known.heldApart };
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  const copied = await copyIndex(worktree, `${file}.new`);
  if (copied.isThere) await rename(`${file}.new`, file);
  const { gitlinks, unmerged } = copied;
  return {
    file,
    isThere: copied.isThere,
    memory: { seed, untracked: [], gone: [], gitlinks: [...gitlinks], unmerged: [...unmerged], heldApart: {} },
    known: known?.heldApart ?? {},
  };
};

/** Says that the index is whole, and what it holds beside itself. */
export const remember = async (folder: string, remembered: IndexMemory): Promise<void> => {
  // git writes it as the umask has it; it names every file of the worktree.
  await chmod(indexOf(folder), 0o600);
  await writeFile(memoryOf(folder), JSON.stringify(remembered), { mode: 0o600 });
};

/** Has the next snapshot begin with an index made anew. */
export const forgetIndex = async (folder: string): Promise<void> => {
  for (const file of [memoryOf(folder), indexOf(folder)]) await rm(file, { force: true });
};

const recall = async (folder: string): Promise<IndexMemory | null> => {
  try {
    return memory.parse(JSON.parse(await readFile(memoryOf(folder), 'utf8')));
  } catch {
    // Of an index that is there without it nothing is known.
    return null;
  }
};

/** What tells a file from any that was there before it, without reading it. */
export const identityOf = async (file: string | Buffer): Promise<string> => {
  const found = await lstat(file, { bigint: true }).catch(() => null);
  return found === null ? 'none' : `${found.ino}-${found.size}-${found.mtimeNs}-${found.ctimeNs}-${found.mode}`;
};

/**
 * How to call git in the worktree with this index. `core.sparseCheckout` has git look at files that are there though they
 * are marked as left out; with a false `core.ignoreCase` on a disk that tells them apart, a file that is renamed to the
 * same letters is not lost.
 */
export const settingsFor = async ({ path }: OpenWorktree): Promise<Readonly<Record<string, string>>> => {
  const tellsCaseApart = (await lstat(join(path, '.GIT')).catch(() => null)) === null;
  return {
    'core.sparseCheckout': 'true',
    'sparse.expectFilesOutsideOfPatterns': 'false',
    ...(tellsCaseApart ? { 'core.ignoreCase': 'false' } : {}),
  };
};

/** Fills an index that was never made with what a commit holds; null is none. */
export const readCommit = async (git: SeveralGits, head: string | null): Promise<void> => {
  if (head !== null) await git.run({ arguments: ['read-tree', head] });
};
