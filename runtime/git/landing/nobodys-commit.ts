import { runGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';

/** Who made a commit that nobody ever sees: the same content is the same commit. */
export const nobodysSignature: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: 'Throughline',
  GIT_AUTHOR_EMAIL: 'throughline@localhost',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_NAME: 'Throughline',
  GIT_COMMITTER_EMAIL: 'throughline@localhost',
  GIT_COMMITTER_DATE: '@0 +0000',
};

/** A commit to compare by: no ref leads to it, and nobody signs it. Gives its id. Raises what `runGit` raises. */
export const commitOfNobody = async (
  repository: Repository,
  commit: { readonly tree: string; readonly parents: readonly string[]; readonly message: string },
): Promise<string> => {
  const { cwd, environment } = inRepository(repository);
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  const made = await runGit({
    cwd,
    environment: { ...environment, ...nobodysSignature },
    arguments: ['commit-tree', '--no-gpg-sign', ...parents, '-m', commit.message, commit.tree],
  });
  return made.trim();
};
