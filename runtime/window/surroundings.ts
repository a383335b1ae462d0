/** What the window looks at outside of the log: the sessions' worktrees, and the repositories to choose from. */
import { basename } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { RepositoryDescription } from '../../actors/protocol/gateway/window.ts';
import { agentSettingsIn } from '../git/agent-settings.ts';
import { runGit } from '../git/command/run-git.ts';
import { listFiles } from '../git/list-files.ts';
import { inRepository, inspectRepository, type Repository } from '../git/repository.ts';
import type { Worktrees } from '../git/worktrees.ts';
import type { RuntimeSurroundings } from '../surface.ts';
import type { Readers } from '../threads/readers.ts';
import { joinEqual } from '../turns/join-equal.ts';
import { completePaths } from './complete-paths.ts';
import { filesBelow } from './files-below.ts';
import { completeFolders } from './folders.ts';
import { openFolder } from './open-folder.ts';

const maxBranches = 200;

export const createSurroundings = (options: {
  readonly readers: Pick<Readers, 'handle'>;
  readonly worktrees: Worktrees;
  /** Where the desktop is, if there is one. */
  readonly environment: NodeJS.ProcessEnv;
}): Omit<RuntimeSurroundings, 'search' | 'blame'> => {
  const { readers, worktrees, environment } = options;

  const worktreeOf = async (
    id: SessionId,
  ): Promise<{
    readonly repository: Repository;
    readonly path: string;
    readonly base: string | null;
    readonly baseCommit: string;
  }> => {
    const { state } = await readers.handle(id);
    const { worktreePath: path, base, baseCommit } = state;
    if (path === null || baseCommit === null) {
      throw noWorktree(state, 'only a session with a worktree of its own has a base to compare with');
    }
    return { repository: await inspectRepository(state.repository), path, base, baseCommit };
  };

  const filesOf = joinEqual(async (id: SessionId): Promise<readonly string[]> => {
    const { state } = await readers.handle(id);
    if (state.usesWorktree && state.worktreePath === null)
      throw noWorktree(state, 'it is made when its first run begins');
    const repository = await inspectRepository(state.repository).catch((thrown) => {
      // Without a worktree any folder will do.
      if (state.usesWorktree) throw thrown;
      return null;
    });
    return repository === null ? filesBelow(state.repository) : listFiles(repository, state.worktreePath);
  });

  return {
    // Each window asks for these while an agent works, and each answer takes several processes of git.
    changes: joinEqual(async (id) => {
      const { uncommitted, files, ...rest } = await worktrees.changes(await worktreeOf(id));
      return { ...rest, uncommitted: [...uncommitted], files: [...files] };
    }),
    diff: joinEqual(async (id) => worktrees.diff(await worktreeOf(id))),
    openWorktree: async (id) => {
      const { state } = await readers.handle(id);
      const { worktreePath: path } = state;
      if (path === null) throw noWorktree(state, `its files are in ${state.repository}`);
      await openFolder(path, environment);
    },
    files: async (id, piece) => completePaths(await filesOf(id), piece),
    folders: completeFolders,
    repository: joinEqual(describeRepository),
  };
};

const noWorktree = ({ usesWorktree }: { readonly usesWorktree: boolean }, hint: string): ThroughlineError =>
  new ThroughlineError(
    'worktree.missing',
    usesWorktree ? 'the session has no worktree yet' : 'the session works in the repository itself',
    { hint },
  );

const describeRepository = async (path: string): Promise<RepositoryDescription> => {
  const repository = await inspectRepository(path);
  const { root, headBranch } = repository;
  const listed = await runGit({
    ...inRepository(repository),
    arguments: [
      'for-each-ref',
      `--count=${maxBranches}`,
      '--sort=-committerdate',
      '--format=%(refname:short)',
      'refs/heads',
    ],
  });
  const branches = listed.split('\n').filter((name) => name !== '');
  const agentSettings = [...(await agentSettingsIn(repository))];
  return { root, headBranch, branches, suggestedName: basename(root), agentSettings };
};
