/** A tree that nothing refers to yet is kept from `git gc` by a ref, one a session, while it is being put on disk. */
import { runGit, tryGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';

const refOf = (session: string): string => `refs/throughline/held/${session}`;

/** Raises what `runGit` raises. */
export const holdTree = async (repository: Repository, session: string, tree: string): Promise<void> => {
  await runGit({ ...inRepository(repository), arguments: ['update-ref', '--', refOf(session), tree] });
};

/** One that is still held costs nothing: it is replaced by the next. */
export const releaseTree = async (repository: Repository, session: string): Promise<void> => {
  await tryGit({ ...inRepository(repository), arguments: ['update-ref', '-d', '--', refOf(session)] });
};
