import { runGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';
import type { TreeEntry } from './edit-tree.ts';
import { isLfsPointer, readBigFilePointer } from './pointers.ts';

// No pointer that we or Git LFS write is shorter or longer; most blobs need not be read for that.
const [minBytes, maxBytes] = [90, 200];
const maxOutputBytes = 256 * 1024 * 1024;

/**
 * Which of these entries stand for a file that the repository does not have: a big one, or one of Git LFS. By their ids.
 * Raises what `runGit` raises.
 */
export const findPointers = async (
  repository: Repository,
  entries: readonly (TreeEntry | null)[],
): Promise<ReadonlyMap<string, 'big' | 'lfs'>> => {
  const ids = new Set(entries.flatMap((entry) => (entry?.mode.startsWith('100') ? [entry.id] : [])));
  const pointers = new Map<string, 'big' | 'lfs'>();
  if (ids.size === 0) return pointers;
  const call = { ...inRepository(repository), encoding: 'latin1' as const, maxOutputBytes };
  const lines = (some: Iterable<string>): string => `${[...some].join('\n')}\n`;
  const sizes = await runGit({ ...call, arguments: ['cat-file', '--batch-check'], input: lines(ids) });
  const small = sizes.split('\n').flatMap((line) => {
    const [id = '', type, bytes] = line.split(' ');
    return type === 'blob' && Number(bytes) >= minBytes && Number(bytes) <= maxBytes ? [id] : [];
  });
  if (small.length === 0) return pointers;
  const contents = await runGit({ ...call, arguments: ['cat-file', '--batch'], input: lines(small) });
  for (let at = 0; at < contents.length; ) {
    const end = contents.indexOf('\n', at);
    const [id = '', , bytes = '0'] = contents.slice(at, end).split(' ');
    const text = contents.slice(end + 1, end + 1 + Number(bytes));
    at = end + 1 + Number(bytes) + 1;
    if (readBigFilePointer(text) !== null) pointers.set(id, 'big');
    else if (isLfsPointer(text)) pointers.set(id, 'lfs');
  }
  return pointers;
};
