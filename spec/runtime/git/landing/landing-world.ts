import type { Repository } from '../../../../runtime/git/repository.ts';
import { inspectRepository } from '../../../../runtime/git/repository.ts';
import { commitAll, git, makeRepository } from '../git-world.ts';

export type LandingWorld = {
  readonly root: string;
  readonly repository: Repository;
  /** Makes a branch off a commit with what `change` does to the files; gives its commit. The folder is on main again. */
  readonly branch: (name: string, change: () => void, from?: string) => string;
};

/** A repository whose person has a name. */
export const landingWorld = async (): Promise<LandingWorld> => {
  const root = makeRepository();
  git(root, 'config', 'user.name', 'Ada Byron');
  git(root, 'config', 'user.email', 'ada@example.org');
  return {
    root,
    repository: await inspectRepository(root),
    branch: (name, change, from = 'main') => {
      git(root, 'checkout', '--quiet', '-b', name, from);
      change();
      const commit = commitAll(root, name);
      git(root, 'checkout', '--quiet', 'main');
      return commit;
    },
  };
};
