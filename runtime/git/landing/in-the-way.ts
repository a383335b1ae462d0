/** What of a checkout stands in the way of a change of its branch. Nothing is written there. */
import { lstat, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type GitCall, runGit } from '../command/run-git.ts';
import type { SeveralGits } from '../command/several-gits.ts';
import type { Checkout } from './checkouts.ts';

export type InTheWay = {
  readonly path: string;
  /** It was changed or staged; git does not know it; git ignores it, and would overwrite it without a word. */
  readonly why: 'changed' | 'untracked' | 'ignored';
};

export type TreeEntryChange = {
  /** As latin1, which carries the bytes of names that are no UTF-8: what could not be looked up would be overwritten. */
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: string;
  readonly newBlob: string;
};

const nowhere = '000000';
const maxListBytes = 64 * 1024 * 1024;
const maxWalked = 10_000;
const pathsOfCall = 200;

/** A path (latin1) as people have it. */
export const pathText = (path: string): string => Buffer.from(path, 'latin1').toString('utf8');

/** A path (latin1) of a folder as bytes for the file system. */
export const placeIn = (top: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(`${top}/`), Buffer.from(path, 'latin1')]);

const isText = (path: string): boolean => Buffer.from(pathText(path), 'utf8').equals(Buffer.from(path, 'latin1'));

/** How two trees differ, without renames. Raises what `runGit` raises. */
export const entryChanges = async (
  call: Pick<GitCall, 'cwd' | 'environment'>,
  from: string,
  to: string,
): Promise<readonly TreeEntryChange[]> => {
  const raw = await runGit({
    ...call,
    arguments: ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', '--no-textconv', from, to],
    maxOutputBytes: maxListBytes,
    encoding: 'latin1',
  });
  const fields = raw.split('\0');
  const changes: TreeEntryChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const match = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) /.exec(fields[at] ?? '');
    if (match === null) continue;
    const [, oldMode = '', newMode = '', oldBlob = '', newBlob = ''] = match;
    changes.push({ path: fields[at + 1] ?? '', oldMode, newMode, oldBlob, newBlob });
  }
  return changes;
};

/**
 * The files of a checkout that a change of its branch would overwrite, sorted: those that were changed where it changes
 * something, and those git does not have where it adds something. `git` is that of the checkout, and `changed` what
 * `changedFiles` gives. Raises what `runGit` raises.
 */
export const inTheWay = async (
  git: SeveralGits,
  { path: top }: Pick<Checkout, 'path'>,
  { changes, changed }: { readonly changes: readonly TreeEntryChange[]; readonly changed: ReadonlySet<string> },
): Promise<readonly InTheWay[]> => {
  const found = new Map<string, InTheWay['why']>();
  for (const { path } of changes) if (changed.has(path)) found.set(path, 'changed');
  const leaving = new Set(changes.filter(({ newMode }) => newMode === nowhere).map(({ path }) => path));
  const unknown = new Set<string>();
  for (const { path, oldMode, newMode } of changes) {
    if (oldMode !== nowhere || newMode === nowhere || found.has(path)) continue;
    for (const there of await whatIsAt(top, path)) if (!leaving.has(there)) unknown.add(there);
  }
  const tracked = await listed(git, [], [...unknown]);
  const strangers = [...unknown].filter((path) => !tracked.has(path));
  // Of a name that is no UTF-8 it is not told whether git ignores it: it is as much in the way.
  const ignored = await listed(git, ['--others', '--ignored', '--exclude-standard'], strangers.filter(isText));
  for (const path of strangers) found.set(path, ignored.has(path) ? 'ignored' : 'untracked');
  return [...found].map(([path, why]) => ({ path: pathText(path), why })).sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** What was changed or staged of the files that git knows, in a checkout, as latin1. Raises what `runGit` raises. */
export const changedFiles = async (git: SeveralGits): Promise<ReadonlySet<string>> => {
  const status = await git.run({
    arguments: ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--ignore-submodules=all', '--no-renames'],
    maxOutputBytes: maxListBytes,
    encoding: 'latin1',
  });
  return new Set(
    status
      .split('\0')
      .filter((record) => record !== '')
      .map((record) => record.slice(3)),
  );
};

/** What stands on disk where a file is to be made: the file, a file in the place of a folder above, files below. Latin1. */
export const whatIsAt = async (top: string, path: string): Promise<readonly string[]> => {
  const parts = path.split('/');
  for (let length = 1; length < parts.length; length += 1) {
    const above = parts.slice(0, length).join('/');
    const found = await lstat(placeIn(top, above)).catch(() => null);
    if (found === null) return [];
    if (!found.isDirectory()) return [above];
  }
  const found = await lstat(placeIn(top, path)).catch(() => null);
  if (found === null) return [];
  return found.isDirectory() ? filesBelow(top, path) : [path];
};

const filesBelow = async (top: string, folder: string): Promise<readonly string[]> => {
  const files: string[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined && files.length < maxWalked; next = waiting.pop()) {
    const entries = await readdir(placeIn(top, next), { withFileTypes: true, encoding: 'latin1' }).catch(() => []);
    for (const entry of entries) {
      const path = `${next}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(path);
      else files.push(path);
    }
  }
  return files;
};

/** What `git ls-files` lists of the paths; where an argument cannot carry a name, of the folder that it is in. */
const listed = async (
  git: SeveralGits,
  options: readonly string[],
  paths: readonly string[],
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  for (let at = 0; at < paths.length; at += pathsOfCall) {
    const some = paths.slice(at, at + pathsOfCall).map((path) => pathText(carried(path)));
    const names = await git.run({
      arguments: ['ls-files', '-z', ...options, '--', ...some],
      maxOutputBytes: maxListBytes,
      encoding: 'latin1',
    });
    for (const path of names.split('\0')) found.add(path);
  }
  return found;
};

const carried = (path: string): string => (isText(path) ? path : carried(dirname(path)));
