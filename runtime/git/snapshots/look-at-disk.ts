import type { Stats } from 'node:fs';
import { access, constants, lstat } from 'node:fs/promises';
import { codeOf } from '../../../actors/protocol/facts/error.ts';

/** What is at a path of a worktree, as far as a tree can hold it. */
export type OnDisk =
  | { readonly kind: 'file'; readonly bytes: number; readonly isExecutable: boolean }
  | { readonly kind: 'symlink' | 'folder' | 'gone' }
  /** Nothing that git could take, though something is there. */
  | { readonly kind: 'special' }
  /** It cannot be looked at or read, so it stays in the tree as it was. */
  | { readonly kind: 'unreadable' };

const atOnce = 64;

/** A path of a worktree (latin1, relative) as bytes for the file system. */
export const placeOf = (worktreePath: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(`${worktreePath}/`), Buffer.from(path, 'latin1')]);

/** Looks at paths (latin1, relative) without following a symlink on the way: what lies behind one is not there. */
export const lookAtDisk = async (
  worktreePath: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, OnDisk>> => {
  const folders = new Map<string, Promise<boolean>>();
  /** Whether a path's folder is one, all the way up; what cannot be looked at is taken for one. */
  const isFolder = (path: string): Promise<boolean> => {
    if (path === '') return Promise.resolve(true);
    const known = folders.get(path);
    if (known !== undefined) return known;
    const looked = isFolder(parentOf(path)).then(async (isInside) => {
      if (!isInside) return false;
      const found = await lstat(placeOf(worktreePath, path)).catch((thrown) => (isGone(thrown) ? null : undefined));
      return found === undefined || found?.isDirectory() === true;
    });
    folders.set(path, looked);
    return looked;
  };
  const lookAt = async (path: string): Promise<OnDisk> => {
    if (!(await isFolder(parentOf(path)))) return { kind: 'gone' };
    const place = placeOf(worktreePath, path);
    try {
      const found = await lstat(place);
      if (found.isSymbolicLink()) return { kind: 'symlink' };
      if (found.isDirectory()) return { kind: 'folder' };
      if (!found.isFile()) return { kind: 'special' };
      if (!(await isReadable(place, found))) return { kind: 'unreadable' };
      return { kind: 'file', bytes: found.size, isExecutable: (found.mode & 0o100) !== 0 };
    } catch (thrown) {
      return { kind: isGone(thrown) ? 'gone' : 'unreadable' };
    }
  };
  const found = new Map<string, OnDisk>();
  const waiting = [...paths];
  const worker = async (): Promise<void> => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) found.set(path, await lookAt(path));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, paths.length) }, worker));
  return found;
};

/** The folder of a path; empty for what is at the top. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const isGone = (thrown: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(thrown) ?? '');

const isReadable = async (place: Buffer, { uid, mode }: Stats): Promise<boolean> => {
  // Asked of the system only where the mode does not say it.
  if (uid === process.getuid?.() && (mode & 0o400) !== 0) return true;
  return access(place, constants.R_OK).then(
    () => true,
    () => false,
  );
};
