import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openWorktree } from '../../../../runtime/git/open-worktree.ts';
import { type TakenTree, takeTree } from '../../../../runtime/git/snapshots/take-tree.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { git, type WorktreeWorld, worldWithWorktree } from '../git-world.ts';

export type SnapshotWorld = WorktreeWorld & {
  readonly indexFolder: string;
  readonly take: (options?: { readonly maxFileBytes?: number; readonly indexFolder?: string }) => Promise<TakenTree>;
};

/** A repository with one worktree, and how to take its tree. */
export const snapshotWorld = async (given?: WorktreeWorld): Promise<SnapshotWorld> => {
  const world = given ?? (await worldWithWorktree());
  const indexFolder = join(world.folder, 'indexes', 'one');
  return {
    ...world,
    indexFolder,
    take: async ({ maxFileBytes = 1024 * 1024, indexFolder: folder = indexFolder } = {}) =>
      takeTree({ worktree: await openWorktree(world), indexFolder: folder, maxFileBytes }),
  };
};

/**
 * The tree that git itself makes of a worktree's files: added from nothing but what its index tracks, in a copy of the
 * folder that is a repository of its own.
 */
export const treeByGit = (world: WorktreeWorld): string => {
  const copy = join(temporaryFolder('oracle'), 'copy');
  execFileSync('cp', ['-R', world.path, copy]);
  rmSync(join(copy, '.git'));
  const index = git(world.path, 'rev-parse', '--path-format=absolute', '--git-path', 'index');
  git(copy, 'init', '--quiet');
  git(copy, 'config', 'gc.auto', '0');
  execFileSync('cp', [index, join(copy, '.git/index')]);
  git(copy, 'config', 'core.ignoreCase', 'false');
  // What the index refers to is there, too.
  execFileSync('cp', ['-r', `${join(world.root, '.git/objects')}/.`, join(copy, '.git/objects')]);
  git(copy, 'add', '--all');
  return git(copy, 'write-tree');
};
