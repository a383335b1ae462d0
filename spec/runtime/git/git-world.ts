import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { inspectRepository, type Repository } from '../../../runtime/git/repository.ts';
import { temporaryFolder } from '../../support/temporary.ts';

// The machine's own settings stay out of the tests: no identity, no signing, no filters but those a test sets up.
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';

/** Plain git, as a user or an agent would run it: with hooks, filters and all. */
export const git = (cwd: string, ...argv: string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'protocol.file.allow=always', ...argv],
    { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  ).trimEnd();

export const write = (folder: string, path: string, content: string): void => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
};

export const commitAll = (folder: string, message: string): string => {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', message);
  return git(folder, 'rev-parse', 'HEAD');
};

/** A repository on `main` with one commit of `README.md` and `source/a.txt`. */
export const makeRepository = (path = join(temporaryFolder('git'), 'repository')): string => {
  mkdirSync(path, { recursive: true });
  git(path, 'init', '--quiet', '--initial-branch=main');
  write(path, 'README.md', 'hello\n');
  write(path, 'source/a.txt', 'a\n');
  commitAll(path, 'first');
  return path;
};

export type GitWorld = {
  readonly folder: string;
  readonly root: string;
  readonly repository: Repository;
  readonly base: string;
  /** A path for a worktree, next to the repository. */
  readonly place: (name: string) => string;
};

export const gitWorld = async (): Promise<GitWorld> => {
  const root = makeRepository();
  const repository = await inspectRepository(root);
  const folder = dirname(root);
  return { folder, root, repository, base: repository.headCommit, place: (name) => join(folder, 'worktrees', name) };
};

export type WorktreeWorld = GitWorld & { readonly path: string; readonly branch: string; readonly baseCommit: string };

/** A repository with one worktree. */
export const worldWithWorktree = async (): Promise<WorktreeWorld> => {
  const world = await gitWorld();
  const branch = 'throughline/one';
  const { path } = await createWorktree({ ...world, path: world.place('one'), branch, baseCommit: world.base });
  return { ...world, path, branch, baseCommit: world.base };
};

export const hasBranch = (world: WorktreeWorld): boolean => git(world.root, 'branch', '--list', world.branch) !== '';

/** How many worktrees the repository knows, itself included. */
export const records = ({ root }: GitWorld): number => git(root, 'worktree', 'list').split('\n').length;

/** A script that leaves a file behind when it is run, and passes its input on. */
export const makeTrap = (folder: string, name: string): { script: string; sprung: () => boolean } => {
  const marker = join(folder, `${name}.sprung`);
  const script = join(folder, `${name}.sh`);
  writeFileSync(script, `#!/bin/sh\ntouch '${marker}'\ncat\n`);
  chmodSync(script, 0o755);
  return { script, sprung: () => existsSync(marker) };
};

/** The error that `body` raises; fails when it raises none, or one that is not ours. */
export const errorOf = async (body: () => Promise<unknown>): Promise<ThroughlineError> => {
  try {
    await body();
  } catch (error) {
    if (error instanceof ThroughlineError) return error;
    throw error;
  }
  throw new Error('it should have been refused');
};
