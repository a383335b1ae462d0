import { dirname } from 'node:path';
import { tryGit } from '../command/run-git.ts';
import { isCommitId } from '../repository.ts';

/**
 * The commit that a repository inside a worktree is at; null where it has none, or cannot be looked at. Nothing that it
 * configures is run.
 */
export const commitOfInner = async (place: Buffer): Promise<string | null> => {
  const cwd = place.toString('utf8');
  // A name that is not UTF-8 cannot be handed to a program.
  if (!Buffer.from(cwd, 'utf8').equals(place)) return null;
  // The ceiling keeps git from taking the repository around it for this one, should its .git be broken.
  const environment = { GIT_CEILING_DIRECTORIES: dirname(cwd) };
  const argv = ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'];
  const found = await tryGit({ cwd, environment, arguments: argv }).catch(() => null);
  const commit = found?.stdout.trim() ?? '';
  return found?.exitCode === 0 && isCommitId(commit) ? commit : null;
};
