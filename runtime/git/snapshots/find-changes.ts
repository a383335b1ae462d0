import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeveralGits } from '../command/several-gits.ts';
import type { OpenWorktree } from '../open-worktree.ts';
import { beginningOf, hashFile, keepForLfs } from './file-hash.ts';
import { commitOfInner } from './inner-repository.ts';
import { type Listed, listChanged } from './list-changed.ts';
import { lookAtDisk, type OnDisk, placeOf } from './look-at-disk.ts';
import { type HeldApart, type IndexMemory, identityOf, type OwnIndex } from './own-index.ts';
import { bigFilePointer, isLfsPointer, lfsPointer, maxPointerBytes } from './pointers.ts';

/** What an index has to be told, so that it holds what is on disk. All paths are latin1. */
export type IndexChanges = {
  /** Entries to be put as they are, in the form of `update-index --index-info`: removals, pointers, repositories. */
  readonly entries: readonly string[];
  /** Those of them that git is not to compare with the disk. */
  readonly heldApart: readonly string[];
  /** Files and symlinks that git reads by itself. */
  readonly added: readonly string[];
  readonly missing: readonly { readonly path: string; readonly why: string }[];
  readonly memory: IndexMemory;
};

export type Finding = {
  readonly worktree: OpenWorktree;
  readonly git: SeveralGits;
  readonly index: OwnIndex;
  /** What stands for no object, as long as ids are here. */
  readonly noId: string;
  /** What `listChanged` gives. */
  readonly listed: Listed;
  /** A folder of ours, for what is made into blobs. */
  readonly indexFolder: string;
  readonly maxFileBytes: number;
  /** After an attempt that failed: what is rare is looked for as well. */
  readonly isCareful: boolean;
};

const maxListBytes = 256 * 1024 * 1024;
const timeLimitMs = 10 * 60_000;
const gitlinkMode = '160000';

/** Finds what an index lacks, and makes the blobs that git cannot make by itself. */
export const findChanges = async (finding: Finding): Promise<IndexChanges> => {
  const { worktree, index } = finding;
  const removal = (path: string): string => `0 ${finding.noId}\t${path}`;
  const opened = await openedGitlinks(worktree, index.memory.gitlinks);
  if (opened.length > 0) await putEntries(finding.git, opened.map(removal));
  const listed = opened.length > 0 ? await listChanged(finding.git) : finding.listed;
  const ignored = new Set(await nowIgnored(finding));
  const stale = await staleHeldApart(worktree, index.memory.heldApart);

  const found = createFound(index.memory, new Set(opened), removal);
  for (const path of listed.unopened) found.miss(path, 'its folder cannot be opened');
  for (const path of ignored) found.remove(path);
  for (const path of listed.repositories) await takeRepository(worktree, path, found);

  const others = new Set(listed.others);
  const { unmerged, gone, untracked } = index.memory;
  // Git does not read a file again for the sake of its line ends, but it would read for the first time what it does not track.
  const again = [...listed.tracked, ...listed.others].some(isAttributes) ? untracked : [];
  for (const path of again) found.readAgain(path);
  const tracked = [...listed.tracked, ...unmerged, ...stale, ...gone, ...again].filter((path) => !ignored.has(path));
  const onDisk = await lookAtDisk(worktree.path, [...new Set([...tracked, ...others])]);
  const files = [...onDisk].flatMap(([path, { kind }]) => (kind === 'file' ? [path] : []));
  const attributes = await attributesOf(finding, files);
  const apart: Apart[] = [];
  for (const [path, there] of onDisk) {
    const isOther = others.has(path);
    switch (there.kind) {
      case 'gone':
        found.remove(path);
        break;
      case 'special':
        found.remove(path);
        found.miss(path, 'it is neither a file, a folder nor a link');
        break;
      case 'folder':
        if (found.isGitlink(path)) await takeRepository(worktree, path, found);
        else found.remove(path);
        break;
      case 'unreadable':
        found.miss(path, 'it cannot be read');
        break;
      case 'symlink':
        found.add(path, isOther);
        break;
      case 'file': {
        const held = await holdApart(finding, path, there, attributes.get(path));
        if (held === null) found.add(path, isOther);
        else apart.push({ path, isOther, ...held });
      }
    }
  }
  const blobs = await makeBlobs(finding, apart);
  for (const [at, { path, isOther, mode, held }] of apart.entries()) {
    found.hold(path, isOther, `${mode} ${blobs[at]}\t${path}`, held);
  }
  return found.changes();
};

const isAttributes = (path: string): boolean => path === '.gitattributes' || path.endsWith('/.gitattributes');

/** Puts entries into an index, whatever is on disk. */
export const putEntries = async (git: SeveralGits, entries: readonly string[]): Promise<void> => {
  if (entries.length === 0) return;
  const input = linesOf(entries);
  await git.run({ arguments: ['update-index', '--add', '--replace', '-z', '--index-info'], input, timeLimitMs });
};

/** Paths or records for git's standard input, with their bytes as they are. */
export const linesOf = (records: readonly string[]): Buffer => Buffer.from(`${records.join('\0')}\0`, 'latin1');

/** Gathers what is found, and what will be known of the index then. */
const createFound = (before: IndexMemory, opened: ReadonlySet<string>, removal: (path: string) => string) => {
  const entries: string[] = [];
  const heldApart: string[] = [];
  const added: string[] = [];
  const missing: { path: string; why: string }[] = [];
  const untracked = new Set(before.untracked);
  const gone = new Set(before.gone);
  const gitlinks = new Set(before.gitlinks.filter((path) => !opened.has(path)));
  const held = new Map(Object.entries(before.heldApart));
  const leave = (path: string): void => {
    gitlinks.delete(path);
    // Git takes what is held apart for unchanged, so it has to go before it can come in again.
    if (held.delete(path)) entries.push(removal(path));
  };
  const enter = (path: string, isOther: boolean): void => {
    leave(path);
    if (isOther && !gone.has(path)) untracked.add(path);
    gone.delete(path);
  };
  return {
    isGitlink: (path: string): boolean => gitlinks.has(path),
    readAgain: (path: string): void => void entries.push(removal(path)),
    remove: (path: string): void => {
      if (gone.has(path)) return;
      leave(path);
      if (!untracked.delete(path)) gone.add(path);
      entries.push(removal(path));
    },
    add: (path: string, isOther: boolean): void => {
      enter(path, isOther);
      added.push(path);
    },
    hold: (path: string, isOther: boolean, entry: string, its: HeldApart): void => {
      enter(path, isOther);
      entries.push(entry);
      heldApart.push(path);
      held.set(path, its);
    },
    link: (path: string, commit: string, isOther: boolean): void => {
      enter(path, isOther);
      entries.push(`${gitlinkMode} ${commit}\t${path}`);
      gitlinks.add(path);
    },
    miss: (path: string, why: string): void => void missing.push({ path, why }),
    changes: (): IndexChanges => {
      for (const path of gitlinks) {
        if (untracked.has(path)) missing.push({ path, why: 'it is a repository of its own, kept by its commit alone' });
      }
      const memory = {
        ...before,
        untracked: [...untracked],
        gone: [...gone],
        gitlinks: [...gitlinks],
        unmerged: [],
        heldApart: Object.fromEntries(held),
      };
      return { entries, heldApart, added, missing, memory };
    },
  };
};
type Found = ReturnType<typeof createFound>;

/**
 * Git does not look into the folder of a repository that it knows inside this one. Where such a folder is no repository
 * any more, what lies in it are files.
 */
const openedGitlinks = async (worktree: OpenWorktree, gitlinks: readonly string[]): Promise<string[]> => {
  const onDisk = await lookAtDisk(worktree.path, [...gitlinks, ...gitlinks.map((path) => `${path}/.git`)]);
  const opened: string[] = [];
  for (const path of gitlinks) {
    if (onDisk.get(path)?.kind !== 'folder' || onDisk.get(`${path}/.git`)?.kind !== 'gone') continue;
    // A submodule that was never checked out is an empty folder.
    if ((await readdir(placeOf(worktree.path, path)).catch(() => [])).length > 0) opened.push(path);
  }
  return opened;
};

const takeRepository = async (worktree: OpenWorktree, path: string, found: Found): Promise<void> => {
  const commit = await commitOfInner(placeOf(worktree.path, path));
  const isOther = !found.isGitlink(path);
  if (commit !== null) found.link(path, commit, isOther);
  else if (isOther) found.miss(path, 'it is a repository of its own, without a commit');
};

/** Files that are in the index only because they were there and not ignored, and that are ignored by now. */
const nowIgnored = async ({ git, worktree, index }: Finding): Promise<string[]> => {
  const { untracked } = index.memory;
  if (untracked.length === 0) return [];
  const onDisk = await lookAtDisk(worktree.path, untracked);
  // Of what is gone the listing knows; and git refuses a path that leads through a symlink.
  const there = untracked.filter((path) => onDisk.get(path)?.kind !== 'gone');
  if (there.length === 0) return [];
  const call = {
    arguments: ['check-ignore', '-z', '--no-index', '--stdin'],
    // A name that begins with a colon would be more than a name, and `literal` is refused here.
    input: linesOf(there.map((path) => `./${path}`)),
    environment: { GIT_LITERAL_PATHSPECS: '0' },
    maxOutputBytes: maxListBytes,
    encoding: 'latin1' as const,
  };
  const outcome = await git.attempt(call);
  // Exit code 1 is "none".
  if (outcome.exitCode !== 1 && outcome.exitCode !== 0) throw git.failure(call, outcome);
  return outcome.stdout.split('\0').flatMap((path) => (path === '' ? [] : [path.slice(2)]));
};

/** What git is told not to compare is compared here. */
const staleHeldApart = async (
  worktree: OpenWorktree,
  heldApart: Readonly<Record<string, HeldApart>>,
): Promise<string[]> => {
  const stale: string[] = [];
  for (const [path, { identity }] of Object.entries(heldApart)) {
    if ((await identityOf(placeOf(worktree.path, path))) !== identity) stale.push(path);
  }
  return stale;
};

type Attributes = { readonly isLfs: boolean; readonly isEncoded: boolean };

const attributesOf = async (
  { git, isCareful }: Finding,
  files: readonly string[],
): Promise<ReadonlyMap<string, Attributes>> => {
  const attributes = new Map<string, Attributes>();
  if (files.length === 0 || !(git.filters.size > 0 || isCareful)) return attributes;
  const told = await git.run({
    arguments: ['check-attr', '-z', '--stdin', 'filter', 'working-tree-encoding'],
    input: linesOf(files),
    maxOutputBytes: maxListBytes,
    encoding: 'latin1',
    timeLimitMs,
  });
  const fields = told.split('\0');
  for (let at = 0; at + 5 < fields.length; at += 6) {
    const isLfs = fields[at + 2] === 'lfs';
    const isEncoded = fields[at + 5] !== 'unspecified';
    if (isLfs || isEncoded) attributes.set(fields[at] ?? '', { isLfs, isEncoded });
  }
  return attributes;
};

type Apart = { readonly path: string; readonly isOther: boolean; readonly mode: string; readonly held: HeldApart };

/** How a file is held that git cannot take by itself; null for one that it can. */
const holdApart = async (
  { worktree, index, maxFileBytes, isCareful }: Finding,
  path: string,
  file: Extract<OnDisk, { kind: 'file' }>,
  attributes: Attributes | undefined,
): Promise<Pick<Apart, 'mode' | 'held'> | null> => {
  const place = placeOf(worktree.path, path);
  const kind =
    attributes?.isLfs === true && (await isForLfs(place, file.bytes))
      ? 'lfs'
      : file.bytes > maxFileBytes
        ? 'big'
        : isCareful && attributes?.isEncoded === true
          ? 'raw'
          : null;
  if (kind === null) return null;
  const mode = file.isExecutable ? '100755' : '100644';
  const identity = await identityOf(place);
  const known = index.known[path];
  if (known?.identity === identity && known.kind === kind) return { mode, held: known };
  const hash = kind === 'lfs' ? await keepForLfs(place, worktree.commonDirectory) : await hashFile(place);
  return { mode, held: { identity, kind, ...hash } };
};

/** Empty files are taken as they are, and so is a pointer that was never fetched. */
const isForLfs = async (place: Buffer, bytes: number): Promise<boolean> =>
  bytes > 0 && (bytes > maxPointerBytes || !isLfsPointer(await beginningOf(place)));

/** Writes what stands for the files that are held apart into the repository; gives the ids, in their order. */
const makeBlobs = async (
  { git, worktree, indexFolder }: Finding,
  apart: readonly Apart[],
): Promise<readonly string[]> => {
  if (apart.length === 0) return [];
  const folder = join(indexFolder, 'blobs');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const files: string[] = [];
    for (const [at, { path, held }] of apart.entries()) {
      const file = join(folder, String(at));
      if (held.kind === 'raw') await copyFile(placeOf(worktree.path, path), file);
      else await writeFile(file, held.kind === 'lfs' ? lfsPointer(held) : bigFilePointer(held));
      files.push(file);
    }
    const argv = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
    const made = await git.run({ arguments: argv, input: `${files.join('\n')}\n`, timeLimitMs });
    return made.trim().split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
