import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { redactSecrets } from '../../../actors/protocol/facts/redact.ts';
import { withBorrowedFolder } from '../borrowed-folder.ts';
import { checkBranchName } from '../branch-name.ts';
import { hardeningArguments } from '../command/git-environment.ts';
import { programOverrides } from '../command/program-overrides.ts';
import { pushGit } from '../command/push-git.ts';
import { runGit, tryGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';
import type { Remote } from './find-remote.ts';
import { personConfiguration } from './person-configuration.ts';
import { shownAddress } from './remote-address.ts';

export type PushedBranch = {
  readonly remote: string;
  /** Without a password. */
  readonly address: string;
  readonly branch: string;
  readonly commit: string;
  /** What the remote's branch came to: it was made, moved on, or had the commit already. */
  readonly outcome: 'made' | 'moved' | 'up_to_date';
  /** Whether the repository has a hook for a push, which did not run. */
  readonly hookSkipped: boolean;
};

const timeLimitMs = 10 * 60_000;

/**
 * Pushes a branch to the branch of the same name at a remote, never by force.
 *
 * Git is run in a folder of its own that has the branch and the repository's objects and none of its configuration: what
 * a repository can name for the network (an ssh command, credential helpers, proxies, rewritten addresses, programs at
 * the other end) is not there to be taken. The person's own configuration counts as it would in the repository. No hook
 * runs, neither here nor in a folder that is pushed to, and no submodule is pushed.
 *
 * Raises `push.rejected` when the remote says no (with what to do about it), `push.not_logged_in`, `push.failed`, and
 * what git raises.
 */
export const pushBranch = async (options: {
  readonly repository: Repository;
  readonly branch: string;
  readonly remote: Remote;
}): Promise<PushedBranch> => {
  const { repository, remote } = options;
  const branch = checkBranchName(options.branch);
  const ref = `refs/heads/${branch}`;
  const commit = (
    await runGit({ ...inRepository(repository), arguments: ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`] })
  ).trim();
  const address = remote.to.kind === 'folder' ? resolve(repository.root, remote.to.path) : remote.address;
  const person = await personConfiguration(repository);
  const atFolder = remote.to.kind === 'folder' ? [`--receive-pack=${await receivePack(address)}`] : [];
  const ended = await withBorrowedFolder(repository, { ref, commit }, ({ path: folder }) =>
    pushGit({
      cwd: folder,
      environment: {
        ...person,
        GIT_DIR: folder,
        GIT_OBJECT_DIRECTORY: join(repository.commonDirectory, 'objects'),
      },
      arguments: [
        'push',
        '--porcelain',
        '--no-progress',
        '--no-verify',
        '--no-signed',
        '--no-follow-tags',
        '--recurse-submodules=no',
        '--no-force-if-includes',
        ...atFolder,
        '--',
        address,
        `${ref}:${ref}`,
      ],
      timeLimitMs,
    }),
  );
  const [, mark, summary = ''] = /^(.)\t[^\t]*\t(.*)$/m.exec(ended.stdout) ?? [];
  if (ended.exitCode !== 0) throw refusal({ remote, branch, summary: mark === '!' ? summary : '', said: ended.stderr });
  await rememberTracked(repository, remote, branch, commit);
  return {
    remote: remote.name,
    address: shownAddress(address),
    branch,
    commit,
    outcome: mark === '*' ? 'made' : mark === '=' ? 'up_to_date' : 'moved',
    hookSkipped: await hasHook(repository),
  };
};

/**
 * The command that takes in a push to a folder. Git clears what it was told by arguments before it starts that, and its
 * own configuration there could name programs: hooks, filters, commands for alternates.
 */
const receivePack = async (folder: string): Promise<string> => {
  const found = await stat(folder).catch(() => null);
  const overrides = found?.isDirectory() ? await programOverrides({ cwd: folder, arguments: [] }) : {};
  const variables = Object.entries(overrides).map(([name, value]) => quoted(`${name}=${value}`));
  const words = ['git', ...hardeningArguments, '-c', 'receive.denyCurrentBranch=refuse', 'receive-pack'].map(quoted);
  return ['env', ...variables, ...words].join(' ');
};

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const refusal = (failed: {
  readonly remote: Remote;
  readonly branch: string;
  /** What git says of the branch, where it says something: `[rejected] (fetch first)`. */
  readonly summary: string;
  readonly said: string;
}): ThroughlineError => {
  const { remote, branch, summary } = failed;
  const said = redactSecrets(failed.said);
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const details = { stderr: said };
  if (/\((?:fetch first|non-fast-forward|needs force|stale info)\)/.test(summary)) {
    return new ThroughlineError(
      'push.rejected',
      `${branch} has moved on at ${remote.name} by commits that are not here`,
      {
        hint: `bring them in first: git pull --rebase ${remote.name} ${branch} in the worktree. Nothing was forced`,
        details,
      },
    );
  }
  if (summary !== '') {
    const remarks = lines.flatMap((line) => /^remote: (?:error: )?(.*\S)/.exec(line)?.[1] ?? []);
    const why = [/\((.*)\)$/.exec(summary)?.[1] ?? summary, ...remarks].join(': ');
    return new ThroughlineError('push.rejected', `${remote.name} refuses ${branch}: ${why.slice(0, 500)}`, { details });
  }
  const byHand = `try it by hand: git push ${remote.name} ${branch}`;
  const last = lines.find((line) => line.startsWith('fatal: ')) ?? lines.at(-1) ?? 'git did not say why';
  if (
    /Authentication failed|could not read (?:Username|Password)|Permission denied|Host key verification failed|terminal prompts disabled|returned error: 40[13]/.test(
      said,
    )
  ) {
    return new ThroughlineError('push.not_logged_in', `${remote.name} does not let you in: ${last}`, {
      hint: `${byHand}. Credential helpers and ssh settings count from your own configuration, not from the repository's`,
      details,
    });
  }
  return new ThroughlineError('push.failed', `the push to ${remote.name} failed: ${last}`, { hint: byHand, details });
};

/** What `git push` itself would note, so that `git status` knows what the remote has. */
const rememberTracked = async (
  repository: Repository,
  remote: Remote,
  branch: string,
  commit: string,
): Promise<void> => {
  if (!remote.isTracked) return;
  const call = {
    ...inRepository(repository),
    arguments: ['update-ref', '-m', 'update by push', '--', `refs/remotes/${remote.name}/${branch}`, commit],
  };
  // A note alone: the branch is there without it.
  await tryGit(call).catch(() => {});
};

const hasHook = async (repository: Repository): Promise<boolean> => {
  const call = { ...inRepository(repository), arguments: ['config', '--type=path', '--local', 'core.hooksPath'] };
  const configured = (await tryGit(call)).stdout.trim();
  const folder = configured === '' ? join(repository.commonDirectory, 'hooks') : resolve(repository.root, configured);
  const hook = await stat(join(folder, 'pre-push')).catch(() => null);
  return hook?.isFile() === true && (hook.mode & 0o111) !== 0;
};
