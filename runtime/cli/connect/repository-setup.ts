import type { RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import type { Client } from '../../client/client.ts';
import { sanitiseLine } from '../text/sanitise.ts';

/** What a repository says of itself; null where that cannot be asked: what is wrong is said when a session begins. */
export const setupAt = (client: Client, path: string, base?: string): Promise<RepositorySetupAnswer | null> =>
  client.call('repositorySetup', { query: { path, ...(base === undefined ? {} : { base }) } }).catch(() => null);

/** Said before a run: that the repository brings a setup which is not used; null where there is nothing to say. */
export const setupNotice = (
  { standing, repository, errors }: RepositorySetupAnswer,
  suggest: (...words: readonly string[]) => string,
): string | null => {
  const look = suggest('setup', '--repo', repository);
  switch (standing) {
    case 'unknown':
      return `This repository brings its own setup. Nothing of it runs before you agree to it: ${look}`;
    case 'changed':
      return `This repository's setup is another than you agreed to: that one is used. Look at the new: ${look}`;
    case 'broken': {
      const [first] = errors;
      const where = first === undefined ? '' : ` (${sanitiseLine(first.file)}:${first.line}:${first.column})`;
      return `This repository's setup has errors, and nothing of it is used${where}: ${look}`;
    }
    case 'none':
    case 'agreed':
    case 'declined':
      return null;
  }
};
