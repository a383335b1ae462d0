import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectRepository, type RepositoryPlace } from './repository.ts';

export type KnownRepositories = {
  /** As `inspectRepository`, for what goes by the repository's folder alone: what is checked out there may have changed. */
  readonly find: (path: string) => Promise<RepositoryPlace>;
};

type Known = { readonly place: RepositoryPlace; readonly looks: string };

/**
 * Repositories that were inspected, kept for those who come back to them often: inspecting one takes five processes, and
 * looking whether it is still the one that was inspected takes none. Where its folders are other ones, belong to someone
 * else, or its configuration was written, it is inspected anew.
 */
export const createKnownRepositories = (): KnownRepositories => {
  const known = new Map<string, Known>();
  const find = async (path: string): Promise<RepositoryPlace> => {
    const before = known.get(path);
    if (before !== undefined && (await looksOf(path, before.place)) === before.looks) return before.place;
    known.delete(path);
    const first = placeOf(await inspectRepository(path));
    const looks = await looksOf(path, first);
    // Inspected after it was looked at: else what is changed between the two would pass for inspected.
    const place = placeOf(await inspectRepository(path));
    if (place.root === first.root && place.commonDirectory === first.commonDirectory) known.set(path, { place, looks });
    return place;
  };
  return { find };
};

const placeOf = ({ root, commonDirectory }: RepositoryPlace): RepositoryPlace => ({ root, commonDirectory });

/** All that an inspection hangs on, as far as the disk tells it without being read. */
const looksOf = async (path: string, { root, commonDirectory }: RepositoryPlace): Promise<string> => {
  const files = ['config', 'config.worktree'].map((name) => join(commonDirectory, name));
  return (await Promise.all([path, root, join(root, '.git'), commonDirectory, ...files].map(lookOf))).join();
};

const lookOf = async (path: string): Promise<string> => {
  const found = await lstat(path, { bigint: true }).catch(() => null);
  if (found === null) return 'none';
  const { dev, ino, uid, mode, size, mtimeNs, ctimeNs } = found;
  // A folder's times change with each file in it.
  return [dev, ino, uid, mode, ...(found.isDirectory() ? [] : [size, mtimeNs, ctimeNs])].join('-');
};
