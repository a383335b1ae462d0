import { copyFile, lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGit, tryGit } from '../command/run-git.ts';
import { inWorktree, type OpenWorktree } from '../open-worktree.ts';
import { inRepository, type Repository } from '../repository.ts';
import { changedPaths, editTree, isGitlink, type PathChange, pathText } from './edit-tree.ts';
import { linesOf } from './find-changes.ts';
import { findPointers } from './find-pointers.ts';
import { placeOf } from './look-at-disk.ts';

const checkoutTimeLimitMs = 10 * 60_000;

/**
 * Writes the files of a tree into a worktree that has none, and none to lose. What differs from the commit is as it was
 * before anybody committed it: not staged. An index that the worktree has stays. Gives the files that no snapshot has:
 * big ones, and repositories of their own.
 *
 * Raises what `runGit` raises; then some files may be there.
 */
export const fillWorktree = async (options: {
  readonly repository: Repository;
  readonly worktree: OpenWorktree;
  readonly tree: string;
}): Promise<readonly string[]> => {
  const { repository, worktree } = options;
  const head = (await runGit({ ...inWorktree(worktree), arguments: ['rev-parse', '--verify', 'HEAD^{tree}'] })).trim();
  const changes = await changedPaths({ repository, from: head, to: options.tree });
  const pointers = await findPointers(
    repository,
    changes.map(({ after }) => after),
  );
  const pointerOf = ({ after }: PathChange) => (after === null ? undefined : pointers.get(after.id));
  const without = changes.filter((change) => isGitlink(change.after) || pointerOf(change) === 'big');
  const tree = await editTree({
    repository,
    tree: options.tree,
    entries: without.map(({ path }) => ({ path, entry: null })),
  });
  const folder = await mkdtemp(join(tmpdir(), 'throughline-index-'));
  try {
    const { cwd, environment } = inWorktree(worktree);
    const call = {
      cwd,
      environment: { ...environment, GIT_INDEX_FILE: join(folder, 'index') },
      timeLimitMs: checkoutTimeLimitMs,
    };
    await runGit({ ...call, arguments: ['read-tree', '--reset', '-u', '--no-recurse-submodules', tree] });
    // A sparse checkout leaves out what nobody has worked at, and nothing else.
    const work = changes.filter((change) => change.after !== null && !without.includes(change)).map(({ path }) => path);
    const argv = ['checkout-index', '--quiet', '--ignore-skip-worktree-bits', '-z', '--stdin'];
    if (work.length > 0) await runGit({ ...call, arguments: argv, input: linesOf(work) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  for (const change of changes) if (pointerOf(change) === 'lfs') await fetchFromLfs(options, change);
  if ((await lstat(join(worktree.gitDirectory, 'index')).catch(() => null)) === null) {
    await runGit({ ...inWorktree(worktree), arguments: ['read-tree', 'HEAD'] });
  }
  // Its exit code would say that there are conflicts, which there may be.
  await tryGit({
    ...inWorktree(worktree),
    arguments: ['update-index', '-q', '--refresh'],
    timeLimitMs: checkoutTimeLimitMs,
  });
  return without.map(({ path }) => pathText(path));
};

/** Puts the content in the place of its pointer, where Git LFS has it here; else the pointer stays, as without Git LFS. */
const fetchFromLfs = async (
  { repository, worktree }: { readonly repository: Repository; readonly worktree: OpenWorktree },
  { path, after }: PathChange,
): Promise<void> => {
  if (after === null) return;
  const pointer = await runGit({ ...inRepository(repository), arguments: ['cat-file', 'blob', after.id] });
  const id = /^oid sha256:([0-9a-f]{64})$/m.exec(pointer)?.[1];
  if (id === undefined) return;
  const kept = join(repository.commonDirectory, 'lfs', 'objects', id.slice(0, 2), id.slice(2, 4), id);
  const place = placeOf(worktree.path, path);
  const beside = Buffer.concat([place, Buffer.from('.throughline-lfs')]);
  await copyFile(kept, beside).then(
    () => rename(beside, place),
    () => rm(beside, { force: true }),
  );
};
