import { runGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';

/**
 * The blobs that stand at these paths of a tree (or a commit's), by path; what is no file there is left out.
 *
 * Raises what `runGit` raises, also for what is no tree.
 */
export const blobsAt = async (
  repository: Repository,
  tree: string,
  paths: Iterable<string>,
): Promise<ReadonlyMap<string, string>> => {
  const wanted = [...new Set(paths)].filter((path) => !path.includes('\0'));
  const blobs = new Map<string, string>();
  if (wanted.length === 0) return blobs;
  const listed = await runGit({
    ...inRepository(repository),
    arguments: ['ls-tree', '-z', '--full-tree', tree, '--', ...wanted],
  });
  for (const record of listed.split('\0')) {
    const match = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(record);
    if (match?.[1] !== undefined && match[2] !== undefined) blobs.set(match[2], match[1]);
  }
  return blobs;
};
