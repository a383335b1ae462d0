import { pushArguments } from './git-environment.ts';
import { type GitCall, type GitOutcome, spawnGit } from './spawn-git.ts';

/** Ways to a remote that run no program of the repository's naming: `ext::`, `fd::` and helpers of their own are none. */
export const openProtocols = ['file', 'http', 'https', 'ssh'] as const;

/** How the person has ssh started; of the GIT_* variables that git itself would take these alone reach it. */
const sshVariables = ['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSH_VARIANT'];

/**
 * Runs `git push`, the one call of git that may use the network and the person's credentials, and gives back how it
 * ended. Everything else is hardened as any call is.
 *
 * Only for a git folder without a configuration of a repository (`push-branch.ts` makes one): what a repository
 * configures for the network names programs, and there is no switch for each.
 *
 * Raises what `spawnGit` raises.
 */
export const pushGit = (call: GitCall, inherited: NodeJS.ProcessEnv = process.env): Promise<GitOutcome> => {
  const ssh = sshVariables.flatMap((name): [string, string][] => {
    const value = inherited[name];
    return value === undefined ? [] : [[name, value]];
  });
  const environment = {
    ...Object.fromEntries(ssh),
    GIT_ALLOW_PROTOCOL: openProtocols.join(':'),
    ...call.environment,
  };
  return spawnGit({ ...call, environment }, pushArguments);
};
