/** A new worktree made ready to be worked in, as far as no command has to run for that. */
import { join } from 'node:path';
import { asThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { inWorktree, openWorktree } from '../../git/open-worktree.ts';
import type { Repository } from '../../git/repository.ts';
import { copyIgnoredFiles } from './copy-files.ts';
import { countLargeFiles } from './large-files.ts';
import { fillSubmodules } from './submodules.ts';

export type PreparedWorktree = {
  readonly copied: string[];
  readonly notes: string[];
  /** How many files are there as pointers of Git LFS. */
  readonly largeFiles: number;
};

/**
 * Brings the ignored files that `copy` means and the submodules, and counts what is a pointer. Nothing of the repository
 * runs. What cannot be done is noted, and keeps nobody from working there. Raises `worktree.missing`.
 */
export const prepareWorktree = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly copy: readonly string[];
}): Promise<PreparedWorktree> => {
  const { repository, copy } = options;
  const worktree = await openWorktree(options);
  const to = { path: worktree.path, call: inWorktree(worktree) };
  const from = { path: repository.root, call: { cwd: repository.root } };
  const notes: string[] = [];
  const noted = async <Value>(what: string, work: Promise<Value>, otherwise: Value): Promise<Value> =>
    work.catch((thrown) => {
      notes.push(`${what}: ${asThroughlineError(thrown).message}`);
      return otherwise;
    });
  const brought = await noted('no file was copied', copyIgnoredFiles({ from, to, patterns: copy }), {
    copied: [],
    notes: [],
  });
  notes.push(...brought.notes);
  const modules = join(repository.commonDirectory, 'modules');
  notes.push(...(await noted('submodules could not be looked at', fillSubmodules(to, modules), [])));
  const largeFiles = await noted('files of Git LFS could not be looked for', countLargeFiles(to), 0);
  return { copied: [...brought.copied], notes, largeFiles };
};
