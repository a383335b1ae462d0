import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { type GitCall, gitFailure, runGit, tryGit } from './command/run-git.ts';

export type Repository = {
  /** The top folder of the working tree that was found. */
  readonly root: string;
  /** The one `.git` folder that all worktrees of the repository share. */
  readonly commonDirectory: string;
  /** The branch that is checked out at the root; null when HEAD is detached. */
  readonly headBranch: string | null;
  readonly headCommit: string;
  /** By this variable in its environment a git that outlives us is found; only what changes a repository needs one. */
  readonly mark?: string;
};

/** Where a repository is, without what is checked out there. */
export type RepositoryPlace = Omit<Repository, 'headBranch' | 'headCommit'>;

export type Base = { readonly name: string; readonly commit: string };

const withoutLineEnd = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);

/**
 * Finds the repository that a folder is in; the folder may lie deep inside it, or in a worktree of it. Changes nothing.
 *
 * Raises `repository.missing` (no such folder), `repository.not_git`, `repository.bare`, `repository.no_commits`, and
 * what `runGit` raises.
 */
export const inspectRepository = async (path: string): Promise<Repository> => {
  const cwd = path.includes('\0') ? null : resolve(path);
  const folder = cwd === null ? null : await stat(cwd).catch(() => null);
  if (cwd === null || folder === null || !folder.isDirectory()) {
    throw new ThroughlineError('repository.missing', `${path.replaceAll('\0', '\\0')} is not a folder`, {
      hint: 'give the path of a folder that is in a git repository',
    });
  }
  const kindCall = { cwd, arguments: ['rev-parse', '--is-bare-repository', '--is-inside-work-tree'] };
  const kind = await tryGit(kindCall);
  if (kind.exitCode !== 0) {
    if (!kind.stderr.includes('not a git repository')) throw gitFailure(kindCall, kind);
    throw new ThroughlineError('repository.not_git', `${cwd} is not in a git repository`, {
      hint: 'choose a folder in a repository, or run git init and make a first commit',
    });
  }
  const [bare, inside] = kind.stdout.split('\n');
  if (bare === 'true') {
    throw new ThroughlineError('repository.bare', `${cwd} is a bare repository, without files to work on`, {
      hint: 'clone it, and choose the clone',
    });
  }
  if (inside !== 'true') {
    throw new ThroughlineError('repository.not_git', `${cwd} is inside a .git folder`, {
      hint: "choose the repository's own folder",
    });
  }
  // One call for each path: a path may contain a line end.
  const root = withoutLineEnd(await runGit({ cwd, arguments: ['rev-parse', '--show-toplevel'] }));
  const commonDirectory = await commonDirectoryOf(cwd);
  await refuseFilesElsewhere(cwd, root, commonDirectory);
  const head = await readHead(cwd);
  if (head === null) {
    throw new ThroughlineError('repository.no_commits', `${root} has no commit yet`, {
      hint: 'make a first commit: a worktree starts from one',
    });
  }
  return { root, commonDirectory, headBranch: head.branch, headCommit: head.commit };
};

const commonDirectoryOf = async (cwd: string): Promise<string> =>
  realpath(
    withoutLineEnd(await runGit({ cwd, arguments: ['rev-parse', '--path-format=absolute', '--git-common-dir'] })),
  );

/**
 * A repository's configuration can name any folder above it for the one with its files (`core.worktree`): somebody's
 * home, or another repository, which all that is done later would be done to. So the files must lead to it as well.
 */
const refuseFilesElsewhere = async (cwd: string, root: string, commonDirectory: string): Promise<void> => {
  const beside = await realpath(join(root, '.git')).catch(() => null);
  // Else it is a worktree, a submodule, or kept apart: git says where its `.git` file leads.
  if (beside === commonDirectory || (await commonDirectoryOf(root).catch(() => null)) === commonDirectory) return;
  throw new ThroughlineError('repository.not_git', `${cwd} is in a repository that says its files are in ${root}`, {
    hint: 'its configuration says so, as core.worktree; unset that if the files are here',
  });
};

const readHead = async (cwd: string): Promise<{ branch: string | null; commit: string } | null> => {
  const branch = await tryGit({ cwd, arguments: ['symbolic-ref', '--quiet', '--short', 'HEAD'] });
  const commit = await tryGit({ cwd, arguments: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'] });
  if (commit.exitCode !== 0) return null;
  return { branch: branch.exitCode === 0 ? withoutLineEnd(branch.stdout) : null, commit: commit.stdout.trim() };
};

/**
 * The commit that a session starts from: that of `base` (a branch, a tag, a commit), or of what is checked out now.
 *
 * Raises `repository.bad_base` when `base` names no commit, `repository.no_commits`, and what `runGit` raises.
 */
export const resolveBase = async (repository: Repository, base?: string): Promise<Base> => {
  if (base === undefined) {
    const head = await readHead(repository.root);
    if (head === null) throw new ThroughlineError('repository.no_commits', `${repository.root} has no commit yet`);
    return { name: head.branch ?? head.commit.slice(0, 12), commit: head.commit };
  }
  const refused = (cause?: unknown): ThroughlineError =>
    new ThroughlineError(
      'repository.bad_base',
      `${JSON.stringify(base.slice(0, 120))} is not a commit in ${repository.root}`,
      {
        hint: 'give a branch, a tag or a commit that this repository has',
        cause,
      },
    );
  const hasControl = [...base].some((character) => character < ' ');
  if (base === '' || base.length > 255 || base.startsWith('-') || hasControl) throw refused();
  const call = {
    cwd: repository.root,
    arguments: ['rev-parse', '--verify', '--quiet', '--end-of-options', `${base}^{commit}`],
  };
  const found = await tryGit(call);
  const commit = found.stdout.trim();
  if (found.exitCode !== 0 || !isCommitId(commit)) throw refused(gitFailure(call, found));
  return { name: base, commit };
};

/** Whether the text is a whole commit id, SHA-1 or SHA-256. */
export const isCommitId = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/** Gives the id back. Raises `repository.bad_base` when it is not a whole commit id. */
export const checkCommitId = (commit: string): string => {
  if (isCommitId(commit)) return commit;
  throw new ThroughlineError('repository.bad_base', `${JSON.stringify(commit.slice(0, 120))} is not a commit id`);
};

/**
 * How to call git for the repository as a whole, independent of any of its worktrees (the one it was found by may be
 * gone by now, or its `.git` file rewritten).
 */
export const inRepository = (repository: RepositoryPlace): Required<Pick<GitCall, 'cwd' | 'environment'>> => ({
  cwd: repository.commonDirectory,
  environment: { GIT_DIR: repository.commonDirectory, ...markVariable(repository.mark) },
});

/** The variable that a mark is carried in. */
export const markVariable = (mark: string | undefined): Readonly<Record<string, string>> =>
  mark === undefined ? {} : { THROUGHLINE_RUN: mark };
