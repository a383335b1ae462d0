/**
 * Files that Git LFS keeps elsewhere: no filter of a repository is run when a worktree is made, so they are there as their
 * pointers.
 */
import { gitFailure, tryGit } from '../../git/command/run-git.ts';
import type { WorkingTree } from './copy-files.ts';

const maxListBytes = 64 * 1024 * 1024;

/** How many tracked files of a worktree are pointers of Git LFS. Raises what `tryGit` raises. */
export const countLargeFiles = async (tree: WorkingTree): Promise<number> => {
  const listed = await called(tree, ['ls-files', '-z']);
  if (!/(?:^|[\0/])\.gitattributes\0/.test(listed)) return 0;
  const attributes = await called(tree, ['check-attr', '-z', '--stdin', 'filter'], listed);
  // PATH, `filter`, VALUE, for each.
  return attributes.split('\0').filter((word, index) => index % 3 === 2 && word === 'lfs').length;
};

const called = async (tree: WorkingTree, argv: readonly string[], input?: string): Promise<string> => {
  const call = {
    ...tree.call,
    arguments: argv,
    maxOutputBytes: maxListBytes,
    cutOutput: true,
    // Names that are no UTF-8 come through unharmed.
    encoding: 'latin1' as const,
    ...(input === undefined ? {} : { input: Buffer.from(input, 'latin1') }),
  };
  const outcome = await tryGit(call);
  if (outcome.exitCode !== 0 && !outcome.cut) throw gitFailure(call, outcome);
  return outcome.stdout;
};
