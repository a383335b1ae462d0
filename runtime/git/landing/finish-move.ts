/** A move of a branch that was cut short, by a crash or by the end of the machine, is brought to its end. */
import { createHash } from 'node:crypto';
import { lstat, readFile, readlink, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runGit } from '../command/run-git.ts';
import type { Repository } from '../repository.ts';
import { type Checkout, checkoutsOf, inCheckout } from './checkouts.ts';
import type { BranchMove } from './follow-checkout.ts';
import { entryChanges, pathText, placeIn, type TreeEntryChange, whatIsAt } from './in-the-way.ts';
import { commitAt, moveBranch } from './move-branch.ts';
import { removeStaleLocks } from './stale-locks.ts';

export type FinishedMove =
  | { readonly kind: 'moved'; readonly checkout: string | null }
  /** Nothing of it was done. */
  | { readonly kind: 'not_moved' }
  | { readonly kind: 'elsewhere'; readonly at: string | null }
  /** Some files are neither what they were nor what they were to be: somebody has changed them since. */
  | { readonly kind: 'mixed'; readonly path: string; readonly files: readonly string[] }
  | { readonly kind: 'locked'; readonly locks: readonly string[] };

const nowhere = '000000';
const gitlink = '160000';
const maxFileBytes = 512 * 1024 * 1024;

/**
 * Looks at the branch and at the folder that has it out, and goes on from there: a file of the move may be as it was, as
 * it is to be, gone, or half written; then it is made what it is to be. Every other file there is left alone.
 *
 * Raises what `runGit` raises.
 */
export const finishMove = async (
  move: BranchMove & { readonly why: string; readonly begunAt: number; readonly now: number },
): Promise<FinishedMove> => {
  const { repository, branch, from, to, why, begunAt: since, now } = move;
  const ref = `refs/heads/${branch}`;
  const checkouts = await checkoutsOf(repository, branch);
  const places = [...new Set([repository.commonDirectory, ...checkouts.map(({ gitDirectory }) => gitDirectory)])];
  const locks = await removeStaleLocks({
    locks: [
      join(repository.commonDirectory, `${ref}.lock`),
      ...places.flatMap((place) => [join(place, 'HEAD.lock'), join(place, 'index.lock')]),
    ],
    folders: [...places, ...checkouts.map(({ path }) => path)],
    since,
    now,
  });
  if (locks.length > 0) return { kind: 'locked', locks };
  const at = await commitAt(repository, ref);
  if (at !== from && at !== to) return { kind: 'elsewhere', at };
  const [checkout] = checkouts;
  if (checkout === undefined || checkout.isAway) {
    return at === to ? { kind: 'moved', checkout: null } : { kind: 'not_moved' };
  }
  const changes = await entryChanges(inCheckout(repository, checkout), from, to);
  const files = await filesNow(repository, checkout, changes);
  const index = await indexNow(repository, checkout, changes);
  const isAt = (side: 'old' | 'new'): boolean =>
    changes.every(({ path, ...change }) => {
      const blob = (side === 'old' ? change.oldMode : change.newMode) === nowhere ? null : change[`${side}Blob`];
      const isLink = (side === 'old' ? change.oldMode : change.newMode) === gitlink;
      return (index.get(path) ?? null) === blob && (isLink || files.get(path) === blob);
    });
  if (at === from && isAt('old')) return { kind: 'not_moved' };
  if (at === to && isAt('new')) return { kind: 'moved', checkout: checkout.path };
  const strangers = changes.filter(({ path, ...change }) => {
    const file = files.get(path) ?? null;
    const inIndex = index.get(path) ?? null;
    const isKnown =
      file === null || file === change.oldBlob || file === change.newBlob || file === 'half' || file === 'folder';
    return !isKnown || (inIndex !== null && inIndex !== change.oldBlob && inIndex !== change.newBlob);
  });
  const inItsPlace = await putInItsPlace(checkout, changes);
  if (strangers.length > 0 || inItsPlace.length > 0) {
    const paths = [...new Set([...strangers.map(({ path }) => path), ...inItsPlace])];
    return { kind: 'mixed', path: checkout.path, files: paths.map(pathText) };
  }
  await putFiles(repository, checkout, changes);
  if (at === to) return { kind: 'moved', checkout: checkout.path };
  const moved = await moveBranch(repository, { ref, from, to, why });
  return moved.kind === 'moved' ? { kind: 'moved', checkout: checkout.path } : moved;
};

/**
 * What is no file of the move and stands where it writes or takes away: git would clear it away, a folder with all that
 * is in it.
 */
const putInItsPlace = async (
  { path: top }: Checkout,
  changes: readonly TreeEntryChange[],
): Promise<readonly string[]> => {
  const ours = new Set(changes.map(({ path }) => path));
  const found = new Set<string>();
  for (const { path, oldMode, newMode } of changes) {
    if (oldMode === gitlink || newMode === gitlink) continue;
    for (const there of await whatIsAt(top, path)) if (!ours.has(there)) found.add(there);
  }
  return [...found];
};

/** The blob that each file is now; null for none, `half` for a beginning of what it is to be, or `folder`. */
const filesNow = async (
  repository: Repository,
  checkout: Checkout,
  changes: readonly TreeEntryChange[],
): Promise<ReadonlyMap<string, string | null>> => {
  const now = new Map<string, string | null>();
  const plain: TreeEntryChange[] = [];
  for (const change of changes) {
    const file = placeIn(checkout.path, change.path);
    const found = await lstat(file).catch(() => null);
    if (found?.isFile()) plain.push(change);
    else if (found?.isSymbolicLink())
      now.set(change.path, blobId(await readlink(file, 'buffer'), change.newBlob.length));
    else now.set(change.path, found === null ? null : found.isDirectory() ? 'folder' : 'unknown');
  }
  if (plain.length === 0) return now;
  const ids = (
    await runGit({
      ...inCheckout(repository, checkout),
      arguments: ['hash-object', '--stdin-paths'],
      input: bytesOf(plain.map(({ path }) => `${quoted(path)}\n`)),
      maxOutputBytes: 64 * 1024 * 1024,
    })
  ).split('\n');
  for (const [at, change] of plain.entries()) {
    const id = ids[at] ?? '';
    const isKnown = id === change.oldBlob || id === change.newBlob;
    now.set(change.path, isKnown || !(await isHalf(repository, checkout, change)) ? id : 'half');
  }
  return now;
};

/** Whether a file is the beginning of what git writes there: with the line ends of the checkout. */
const isHalf = async (repository: Repository, checkout: Checkout, change: TreeEntryChange): Promise<boolean> => {
  if (change.newMode === nowhere || change.newMode === gitlink) return false;
  const written = await runGit({
    ...inCheckout(repository, checkout),
    arguments: ['cat-file', '--filters', `--path=${pathText(change.path)}`, change.newBlob],
    maxOutputBytes: maxFileBytes,
    encoding: 'latin1',
  });
  const there = await readFile(placeIn(checkout.path, change.path), 'latin1');
  return written.startsWith(there);
};

const bytesOf = (records: readonly string[]): Buffer => Buffer.from(records.join(''), 'latin1');

const blobId = (bytes: Buffer, length: number): string => {
  return createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
};

/** A path as `--stdin-paths` reads it, which takes one line for one path. */
const quoted = (path: string): string =>
  /["\\\n]/.test(path) ? `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"` : path;

const indexNow = async (
  repository: Repository,
  checkout: Checkout,
  changes: readonly TreeEntryChange[],
): Promise<ReadonlyMap<string, string>> => {
  const listed = await runGit({
    ...inCheckout(repository, checkout),
    arguments: ['ls-files', '-z', '--stage'],
    maxOutputBytes: 256 * 1024 * 1024,
    encoding: 'latin1',
  });
  const wanted = new Set(changes.map(({ path }) => path));
  const blobs = new Map<string, string>();
  for (const record of listed.split('\0')) {
    const [, blob = '', path = ''] = /^\d+ ([0-9a-f]+) \d\t(.*)$/s.exec(record) ?? [];
    if (wanted.has(path)) blobs.set(path, blob);
  }
  return blobs;
};

/** Makes the files of the move what they are to be, in the index and on the disk; no other file is touched. */
const putFiles = async (
  repository: Repository,
  checkout: Checkout,
  changes: readonly TreeEntryChange[],
): Promise<void> => {
  const call = inCheckout(repository, checkout);
  const leaving = changes.filter(({ newMode }) => newMode === nowhere);
  const staying = changes.filter(({ newMode }) => newMode !== nowhere);
  for (const { path } of leaving) {
    const file = placeIn(checkout.path, path);
    if ((await lstat(file).catch(() => null))?.isDirectory() === false) await rm(file, { force: true });
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      const isEmptied = await rmdir(placeIn(checkout.path, folder)).then(
        () => true,
        () => false,
      );
      if (!isEmptied) break;
    }
  }
  const entries = [
    ...leaving.map(({ path, oldBlob }) => `0 ${'0'.repeat(oldBlob.length)}\t${path}\0`),
    ...staying.map(({ path, newMode, newBlob }) => `${newMode} ${newBlob} 0\t${path}\0`),
  ];
  await runGit({
    ...call,
    arguments: ['update-index', '--add', '--replace', '-z', '--index-info'],
    input: bytesOf(entries),
  });
  const written = staying.filter(({ newMode }) => newMode !== gitlink).map(({ path }) => `${path}\0`);
  await runGit({
    ...call,
    arguments: ['checkout-index', '--force', '--quiet', '--index', '-z', '--stdin'],
    input: bytesOf(written),
  });
};
