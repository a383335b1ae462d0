/**
 * A worktree that is not where it should be: its folder is gone, or it was moved and git's records lead nowhere, or git has
 * forgotten it. Found out by looking, and put right without a file or an index being lost.
 */
import { lstat, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { runGit, tryGit } from './command/run-git.ts';
import { ensureTop } from './ensure-top.ts';
import { listWorktrees } from './list-worktrees.ts';
import { canonicalPath, inWorktree, type OpenWorktree, openWorktree, readGitFile } from './open-worktree.ts';
import { inRepository, type Repository } from './repository.ts';

export type Recoverable = {
  readonly repository: Repository;
  /** Where it is, or is to be. */
  readonly path: string;
  /** Where it was when it was made. */
  readonly formerPath: string;
  readonly branch: string;
};

export type FoundWorktree = {
  readonly path: string;
  /** The folder of git's record of it; null when there is none any more. */
  readonly record: string | null;
  /** Whether its files are there. */
  readonly hasFiles: boolean;
};

/**
 * Looks, and changes nothing. Raises `worktree.missing` where something else is in its place, or its branch is gone, too.
 */
export const findWorktree = async ({
  repository,
  path: wanted,
  formerPath,
  branch,
}: Recoverable): Promise<FoundWorktree> => {
  const path = await canonicalPath(wanted);
  const refused = (reason: string): ThroughlineError =>
    new ThroughlineError('worktree.missing', `the worktree ${path} cannot be mended: ${reason}`, {
      hint: 'its history can still be read, and its snapshots forked: throughline fork ID --at S1',
    });
  const record = await recordOf(repository, [path, await canonicalPath(formerPath)]);
  const folder = await lstat(path).catch(() => null);
  if (folder !== null && !folder.isDirectory()) throw refused('something else is in its place');
  const inside = folder === null ? [] : await readdir(path);
  const hasFiles = inside.some((name) => name !== '.git');
  const link = inside.includes('.git') ? await linkOf(path) : null;
  if (inside.includes('.git')) {
    if (link === null) throw refused('its .git is not the file that git made');
    // It may lead to where the repository was, or to a record that is gone, and nowhere else.
    if (link !== record && basename(link) !== basename(record ?? link)) throw refused('its .git file points elsewhere');
    const target = await lstat(link).catch(() => null);
    if (target !== null && link !== record) throw refused('its .git file points elsewhere');
  }
  if (record === null) {
    const call = inRepository(repository);
    const argv = ['show-ref', '--verify', '--quiet', '--', `refs/heads/${branch}`];
    if ((await tryGit({ ...call, arguments: argv })).exitCode !== 0) throw refused(`its branch ${branch} is gone, too`);
  }
  return { path, record, hasFiles };
};

const linkOf = async (path: string): Promise<string | null> => {
  const link = await readGitFile(join(path, '.git'));
  if (link === null || !link.startsWith('gitdir: ')) return null;
  return canonicalPath(resolve(path, link.slice('gitdir: '.length)));
};

/** The record that says it belongs to a worktree at one of these paths, if it is one. */
const recordOf = async (repository: Repository, paths: readonly string[]): Promise<string | null> => {
  const parent = join(repository.commonDirectory, 'worktrees');
  for (const name of await readdir(parent).catch((): string[] => [])) {
    const directory = join(parent, name);
    const link = await readGitFile(join(directory, 'gitdir'));
    if (link === null) continue;
    const place = await canonicalPath(resolve(directory, link));
    if (paths.some((path) => place === join(path, '.git'))) return directory;
  }
  return null;
};

/**
 * Has git and the folder know of each other again. Where the folder was gone it is empty then: `fillWorktree` is next.
 * What is there stays, and so does the index, if there is a record. Raises what `runGit` raises, and `worktree.…`.
 */
export const linkWorktree = async (
  { repository, branch }: Pick<Recoverable, 'repository' | 'branch'>,
  { path, record, hasFiles }: FoundWorktree,
): Promise<OpenWorktree> => {
  const found = record ?? (await makeRecord(repository, path, branch));
  await mkdir(path, { recursive: true });
  await replaceFile(join(path, '.git'), `gitdir: ${found}\n`);
  await replaceFile(join(found, 'gitdir'), `${join(path, '.git')}\n`);
  const worktree = await openWorktree({ repository, path });
  // Only then does what is there differ from the commit by what was done to it.
  if (record === null && hasFiles) await runGit({ ...inWorktree(worktree), arguments: ['read-tree', 'HEAD'] });
  await ensureTop(worktree);
  return worktree;
};

/** A record of a worktree on this branch, without its files; on the branch's commit where that is checked out elsewhere. */
const makeRecord = async (repository: Repository, path: string, branch: string): Promise<string> => {
  const call = inRepository(repository);
  await mkdir(dirname(path), { recursive: true });
  await removeUnfinishedRecords(repository, dirname(path));
  // Git makes none where something is; what it makes beside it is then said to be there.
  const beside = await mkdtemp(join(dirname(path), unfinishedPrefix));
  const place = join(beside, basename(path));
  try {
    const add = ['worktree', 'add', '--quiet', '--no-checkout'];
    const attached = await tryGit({ ...call, arguments: [...add, '--', place, branch] });
    if (attached.exitCode !== 0)
      await runGit({ ...call, arguments: [...add, '--detach', '--', place, `refs/heads/${branch}`] });
    const record = await linkOf(place);
    if (record === null) throw new ThroughlineError('git.failed', `git made no worktree at ${place}`);
    return record;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
};

const unfinishedPrefix = '.throughline-record-';

/** Records of an attempt that a crash cut short: git would take the branch for checked out there. */
const removeUnfinishedRecords = async (repository: Repository, folder: string): Promise<void> => {
  for (const { path } of await listWorktrees(repository)) {
    if (dirname(dirname(path)) !== folder || !basename(dirname(path)).startsWith(unfinishedPrefix)) continue;
    await rm(dirname(path), { recursive: true, force: true });
    await runGit({ ...inRepository(repository), arguments: ['worktree', 'remove', '--force', '--', path] });
  }
};

/** All of it or what was there: a crash leaves no half of a link. */
const replaceFile = async (file: string, text: string): Promise<void> => {
  const next = `${file}.new`;
  await writeFile(next, text);
  await rename(next, file);
};
