/**
 * File requests of an agent, confined to its worktree. A path is judged by where it really leads, symlinks resolved,
 * and then opened without following any, so that a link swapped in between changes nothing.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { codeOf, ThroughlineError } from '../../protocol/facts/error.ts';

const maxReadBytes = 16 * 1024 * 1024;

const outside = (path: string): ThroughlineError =>
  new ThroughlineError('agent.outside_worktree', `${path} is outside of the session's worktree`);

const isInside = (root: string, path: string): boolean => path === root || path.startsWith(root + sep);

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
      if (codeOf(thrown) !== 'ENOENT') throw thrown;
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

/**
 * Opens a file by its real path, one name after the other from the root and following no link, so that one swapped in
 * since the path was judged leads nowhere. Makes the folders above it when `makesFolders` is set.
 */
const openInside = async (
  root: string,
  real: string,
  options: { readonly flags: number; readonly makesFolders: boolean },
): Promise<FileHandle> => {
  const realRoot = await realpath(root);
  const names = real === realRoot ? [] : real.slice(realRoot.length + 1).split(sep);
  const last = names.pop();
  if (last === undefined) throw new ThroughlineError('agent.outside_worktree', `${real} is no file`);
  let folder = await open(realRoot, folderFlags);
  try {
    let path = realRoot;
    for (const name of names) {
      path = join(path, name);
      const next = below(folder, name, path);
      if (options.makesFolders) await makeFolder(next);
      const opened = await open(next, folderFlags).catch(refuseLink(real));
      await folder.close();
      folder = opened;
    }
    const flags = options.flags | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(below(folder, last, real), flags, 0o644).catch(refuseLink(real));
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw new ThroughlineError('agent.outside_worktree', `${real} is no file`);
  } finally {
    await folder.close();
  }
};

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A name in an opened folder. Where the system has no path for that, the folder's own path has to do. */
const below = (folder: FileHandle, name: string, path: string): string =>
  process.platform === 'linux' ? join('/proc/self/fd', String(folder.fd), name) : path;

const makeFolder = (path: string): Promise<unknown> =>
  mkdir(path).catch((thrown) => {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  });

const refuseLink =
  (path: string) =>
  (thrown: unknown): never => {
    const code = codeOf(thrown);
    throw code === 'ELOOP' || code === 'ENOTDIR' ? outside(path) : thrown;
  };

/** A file's text, or `limit` lines of it from `line` (from 1). Raises `agent.outside_worktree`; ENOENT as it comes. */
export const readTextFile = async (
  root: string,
  request: { readonly path: string; readonly line?: number | null; readonly limit?: number | null },
): Promise<string> => {
  const real = await resolveInside(root, request.path);
  const handle = await openInside(root, real, { flags: constants.O_RDONLY, makesFolders: false });
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

/**
 * Writes a file, with the folders it needs. One that has this content already is left alone: opencode asks for a write
 * that it then does itself, and a second one would only race with it. Raises `agent.outside_worktree`.
 */
export const writeTextFile = async (
  root: string,
  request: { readonly path: string; readonly content: string },
): Promise<void> => {
  const real = await resolveInside(root, request.path);
  // Not truncated by the opening: only when it is known to be the right file.
  const handle = await openInside(root, real, { flags: constants.O_RDWR | constants.O_CREAT, makesFolders: true });
  try {
    const content = Buffer.from(request.content, 'utf8');
    const { size } = await handle.stat();
    if (size === content.byteLength && content.equals(await handle.readFile())) return;
    await handle.truncate(0);
    let written = 0;
    while (written < content.byteLength) {
      written += (await handle.write(content, written, content.byteLength - written, written)).bytesWritten;
    }
  } finally {
    await handle.close();
  }
};
