/**
 * File requests of an agent, confined to its worktree. A path is judged by where it really leads, symlinks resolved,
 * and judged again on the opened file, so that a link swapped in between changes nothing.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { ThroughlineError } from '../../../protocol/error.ts';

const maxReadBytes = 16 * 1024 * 1024;

const outside = (path: string): ThroughlineError =>
  new ThroughlineError('agent.outside_worktree', `${path} is outside of the session's worktree`);

const isInside = (root: string, path: string): boolean => path === root || path.startsWith(root + sep);

const missing = (thrown: unknown): boolean => (thrown as { code?: unknown } | null)?.code === 'ENOENT';

/**
 * Where a path really leads: the real path of what exists of it, and the rest of its names. Raises
 * `agent.outside_worktree` when that is not below `root`, or is git's own administration.
 */
export const resolveInside = async (root: string, path: string): Promise<string> => {
  if (path.includes('\0')) throw outside(JSON.stringify(path));
  const realRoot = await realpath(root);
  const wanted = isAbsolute(path) ? resolve(path) : resolve(realRoot, path);
  const rest: string[] = [];
  let existing = wanted;
  for (;;) {
    try {
      const real = join(await realpath(existing), ...rest);
      const inside = isInside(realRoot, real);
      if (!inside || isInside(join(realRoot, '.git'), real)) throw outside(path);
      return real;
    } catch (thrown) {
      if (!missing(thrown)) throw thrown;
      // A dangling symlink is missing too, but following it on creation would leave the worktree.
      if (await isLink(existing)) throw outside(path);
      rest.unshift(basename(existing));
      const parent = dirname(existing);
      if (parent === existing) throw outside(path);
      existing = parent;
    }
  }
};

const isLink = (path: string): Promise<boolean> =>
  readlink(path).then(
    () => true,
    () => false,
  );

/** Opens a real path without following a link at its end, and makes sure that it is the file that was judged. */
const openInside = async (root: string, real: string, flags: number): Promise<FileHandle> => {
  const handle = await open(real, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o644);
  try {
    if (!(await handle.stat()).isFile()) throw new ThroughlineError('agent.outside_worktree', `${real} is no file`);
    // Where the system can tell: a folder above may have been swapped for a link after it was resolved.
    const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => real);
    if (!isInside(await realpath(root), opened)) throw outside(real);
    return handle;
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
};

/** A file's text, or `limit` lines of it from `line` (from 1). Raises `agent.outside_worktree`; ENOENT as it comes. */
export const readTextFile = async (
  root: string,
  request: { readonly path: string; readonly line?: number | null; readonly limit?: number | null },
): Promise<string> => {
  const handle = await openInside(root, await resolveInside(root, request.path), constants.O_RDONLY);
  try {
    const { size } = await handle.stat();
    if (size > maxReadBytes) {
      throw new ThroughlineError('agent.protocol', `${request.path} has ${size} bytes, more than can be read at once`);
    }
    const text = await handle.readFile('utf8');
    if (!request.line && (request.limit === null || request.limit === undefined)) return text;
    const from = (request.line ?? 1) - 1;
    const lines = text.split('\n');
    return lines
      .slice(from, request.limit === null || request.limit === undefined ? undefined : from + request.limit)
      .join('\n');
  } finally {
    await handle.close();
  }
};

/** Writes a file, with the folders it needs. Raises `agent.outside_worktree`. */
export const writeTextFile = async (
  root: string,
  request: { readonly path: string; readonly content: string },
): Promise<void> => {
  const real = await resolveInside(root, request.path);
  await mkdir(dirname(real), { recursive: true });
  // Not truncated by the opening: only when it is known to be the right file.
  const handle = await openInside(root, real, constants.O_WRONLY | constants.O_CREAT);
  try {
    await handle.truncate(0);
    await handle.writeFile(request.content, 'utf8');
  } finally {
    await handle.close();
  }
};
