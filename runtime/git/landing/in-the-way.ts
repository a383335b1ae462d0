/** What of a checkout stands in the way of a change of its branch. Nothing is written there. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitCall, runGit } from '../command/run-git.ts';
import type { SeveralGits } from '../command/several-gits.ts';
import type { Checkout } from './checkouts.ts';

export type InTheWay = {
  readonly path: string;
  /** It was changed or staged; git does not know it; git ignores it, and would overwrite it without a word. */
  readonly why: 'changed' | 'untracked' | 'ignored';
};

export type TreeEntryChange = {
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
  const ignored = await listed(git, ['--others', '--ignored', '--exclude-standard'], strangers);
  for (const path of strangers) found.set(path, ignored.has(path) ? 'ignored' : 'untracked');
  return [...found].map(([path, why]) => ({ path, why })).sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** What was changed or staged of the files that git knows, in a checkout. Raises what `runGit` raises. */
export const changedFiles = async (git: SeveralGits): Promise<ReadonlySet<string>> => {
  const status = await git.run({
    arguments: ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--ignore-submodules=all', '--no-renames'],
    maxOutputBytes: maxListBytes,
  });
  return new Set(
    status
      .split('\0')
      .filter((record) => record !== '')
      .map((record) => record.slice(3)),
  );
};

/** What stands on disk where a file is to be made: the file, a file in the place of a folder above, files below. */
const whatIsAt = async (top: string, path: string): Promise<readonly string[]> => {
  const parts = path.split('/');
  for (let length = 1; length < parts.length; length += 1) {
    const above = parts.slice(0, length).join('/');
    const found = await lstat(join(top, above)).catch(() => null);
    if (found === null) return [];
    if (!found.isDirectory()) return [above];
  }
  const found = await lstat(join(top, path)).catch(() => null);
  if (found === null) return [];
  return found.isDirectory() ? filesBelow(top, path) : [path];
};

const filesBelow = async (top: string, folder: string): Promise<readonly string[]> => {
  const files: string[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined && files.length < maxWalked; next = waiting.pop()) {
    for (const entry of await readdir(join(top, next), { withFileTypes: true }).catch(() => [])) {
      const path = `${next}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(path);
      else files.push(path);
    }
  }
  return files;
};

/** Those of the paths that `git ls-files` lists. */
const listed = async (
  git: SeveralGits,
  options: readonly string[],
  paths: readonly string[],
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  for (let at = 0; at < paths.length; at += pathsOfCall) {
    const some = paths.slice(at, at + pathsOfCall);
    const names = await git.run({ arguments: ['ls-files', '-z', ...options, '--', ...some] });
    for (const path of names.split('\0')) found.add(path);
  }
  return found;
};
