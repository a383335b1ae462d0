import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGit } from '../command/run-git.ts';
import { severalGits } from '../command/several-gits.ts';
import { inRepository, type Repository } from '../repository.ts';

export type FilteredPath = { readonly path: string; readonly filter: string };

/**
 * The paths of a tree that go through a filter which is configured here (Git LFS, git-crypt). We run none, so what we
 * would write in their place is not what they are. Raises what `runGit` raises.
 */
export const filteredPaths = async (
  repository: Repository,
  tree: string,
  paths: readonly string[],
): Promise<readonly FilteredPath[]> => {
  if (paths.length === 0) return [];
  const { filters } = await severalGits(inRepository(repository));
  return pathsThrough(filters, { repository, tree, paths });
};

/** The same where it is known which filters are configured. */
export const pathsThrough = async (
  configured: ReadonlySet<string>,
  { repository, tree, paths }: { repository: Repository; tree: string; paths: readonly string[] },
): Promise<readonly FilteredPath[]> => {
  if (configured.size === 0 || paths.length === 0) return [];
  const call = inRepository(repository);
  const folder = await mkdtemp(join(tmpdir(), 'throughline-attributes-'));
  try {
    // Attributes stand in files of the tree, and the tree is in no worktree.
    const own = { ...call, environment: { ...call.environment, GIT_INDEX_FILE: join(folder, 'index') } };
    await runGit({ ...own, arguments: ['read-tree', tree] });
    const fields = (
      await runGit({
        ...own,
        arguments: ['check-attr', '--cached', '-z', '--stdin', 'filter'],
        input: paths.map((path) => `${path}\0`).join(''),
        maxOutputBytes: 64 * 1024 * 1024,
      })
    ).split('\0');
    const found: FilteredPath[] = [];
    for (let at = 0; at + 2 < fields.length; at += 3) {
      const [path = '', , filter = ''] = fields.slice(at, at + 3);
      if (configured.has(filter)) found.push({ path, filter });
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
