import { runGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';

const maxReadBytes = 64 * 1024 * 1024;

/**
 * The contents of blobs by their ids, by two processes however many there are. Left out are those that are not there, are
 * no blobs, are larger than `maxBytes`, or would make it more than 64 MB together.
 *
 * Raises what `runGit` raises.
 */
export const readBlobs = async (
  repository: Repository,
  ids: Iterable<string>,
  maxBytes: number,
): Promise<ReadonlyMap<string, Buffer>> => {
  const wanted = [...new Set(ids)];
  const contents = new Map<string, Buffer>();
  if (wanted.length === 0) return contents;
  const call = inRepository(repository);
  const checked = await runGit({
    ...call,
    arguments: ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'],
    input: `${wanted.join('\n')}\n`,
  });
  let room = maxReadBytes;
  const small: { readonly id: string; readonly bytes: number }[] = [];
  for (const line of checked.split('\n')) {
    const [id = '', type = '', size = ''] = line.split(' ');
    const bytes = Number(size);
    if (type !== 'blob' || bytes > Math.min(maxBytes, room)) continue;
    room -= bytes;
    small.push({ id, bytes });
  }
  if (small.length === 0) return contents;
  const read = await runGit({
    ...call,
    arguments: ['cat-file', '--batch=%(objectname)'],
    input: `${small.map(({ id }) => id).join('\n')}\n`,
    encoding: 'latin1',
    maxOutputBytes: maxReadBytes + small.length * 80,
  });
  let at = 0;
  for (const { id, bytes } of small) {
    // Each is its id, a line end, its bytes, and another line end.
    at += id.length + 1;
    contents.set(id, Buffer.from(read.slice(at, at + bytes), 'latin1'));
    at += bytes + 1;
  }
  return contents;
};
