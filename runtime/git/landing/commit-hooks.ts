/**
 * The hooks of a commit that a repository has, found and hashed; none of them runs here. Whoever agrees to them agrees to
 * this content: that of the folder they are in, and of the files that the known managers of hooks read.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { tryGit } from '../command/run-git.ts';
import { inWorktree, type OpenWorktree } from '../open-worktree.ts';

/** In the order in which git runs them. */
const names = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit'] as const;
export type HookName = (typeof names)[number];

export type Hooks = {
  readonly folder: string;
  readonly names: readonly HookName[];
  readonly hash: string;
};

const maxFiles = 500;
const maxFileBytes = 1024 * 1024;
const managers = ['.pre-commit-config.yaml', 'lefthook.yml', 'lefthook.yaml', '.lefthook.yml', '.overcommit.yml'];

/** Null where there are none that git would run. Raises what `tryGit` raises. */
export const hooksOf = async (worktree: OpenWorktree): Promise<Hooks | null> => {
  const folder = await folderOf(worktree);
  const found: HookName[] = [];
  for (const name of names) if (await isRun(join(folder, name))) found.push(name);
  if (found.length === 0) return null;
  const hash = createHash('sha256');
  for (const file of await filesOf(worktree, folder, found)) {
    // A link is followed, as whoever runs it does.
    const status = await stat(file).catch(() => null);
    if (status === null || !status.isFile()) continue;
    // Of what is too large to be read, by a time that nobody can set.
    const content = status.size > maxFileBytes ? Buffer.from(`${status.size} ${status.ctimeMs}`) : await readFile(file);
    hash.update(`${relative(worktree.path, file)}\0${(status.mode & 0o111) === 0 ? '-' : 'x'}\0${content.length}\0`);
    hash.update(content);
  }
  return { folder, names: found, hash: hash.digest('hex') };
};

/** Where the person's git would look for hooks: ours is told to look nowhere. */
const folderOf = async (worktree: OpenWorktree): Promise<string> => {
  const listed = await tryGit({
    ...inWorktree(worktree),
    arguments: ['config', '--null', '--show-scope', '--type=path', '--get-all', 'core.hooksPath'],
  });
  const fields = listed.exitCode === 0 ? listed.stdout.split('\0') : [];
  let configured: string | null = null;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    if (fields[at] !== 'command') configured = fields[at + 1] ?? null;
  }
  if (configured === null || configured === '') return join(worktree.commonDirectory, 'hooks');
  return isAbsolute(configured) ? configured : join(worktree.path, configured);
};

const isRun = async (file: string): Promise<boolean> => {
  const found = await lstat(file).catch(() => null);
  return found !== null && !found.isDirectory() && (found.isSymbolicLink() || (found.mode & 0o111) !== 0);
};

const filesOf = async (
  worktree: OpenWorktree,
  folder: string,
  found: readonly HookName[],
): Promise<readonly string[]> => {
  // Husky's own folder only leads to the hooks beside it.
  const folders = basename(folder) === '_' ? [folder, dirname(folder)] : [folder];
  const files = new Set([
    ...managers.map((name) => join(worktree.path, name)),
    ...found.map((name) => join(folder, name)),
  ]);
  for (const each of folders) {
    for (const entry of (await readdir(each, { withFileTypes: true }).catch(() => [])).slice(0, maxFiles)) {
      if (!entry.name.endsWith('.sample')) files.add(join(each, entry.name));
    }
  }
  return [...files].sort();
};
