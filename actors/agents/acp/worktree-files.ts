/**
 * File requests of an agent, confined to its worktree. A path is judged by where it really leads, symlinks resolved,
 * and then opened without following any, so that a link swapped in between changes nothing.
 *
 * The protocol has text, the disk has bytes: a file is read or written over only if it is UTF-8, so that what is read
 * and written back is the same bytes (a byte order mark, line endings and NULs included), and nothing is ever damaged by
 * going through us.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { createBoundedText } from '../../model/run/bounded-text.ts';
import { codeOf, ThroughlineError } from '../../protocol/facts/error.ts';
import type { StoredText } from '../../protocol/facts/events.ts';

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
 * since the path was judged leads nowhere. To write, it makes the folders above it and the file itself where they are
 * missing, and truncates nothing: only when it is known to be the right file may its content go.
 */
const openInside = async (
  root: string,
  real: string,
  purpose: 'read' | 'write',
): Promise<{ readonly file: FileHandle; readonly isNew: boolean }> => {
  const realRoot = await realpath(root);
  const names = real === realRoot ? [] : real.slice(realRoot.length + 1).split(sep);
  const last = names.pop();
  if (last === undefined) throw refusal('EISDIR');
  let folder = await open(realRoot, folderFlags);
  try {
    let path = realRoot;
    for (const name of names) {
      path = join(path, name);
      const next = below(folder, name, path);
      if (purpose === 'write') await makeFolder(next);
      const opened = await open(next, folderFlags).catch(refuseLink(real));
      await folder.close();
      folder = opened;
    }
    const { file, isNew } = await openFile(below(folder, last, real), purpose).catch(refuseLink(real));
    const stats = await file.stat();
    if (stats.isFile()) return { file, isNew };
    await file.close();
    throw refusal(stats.isDirectory() ? 'EISDIR' : 'EINVAL');
  } finally {
    await folder.close();
  }
};

const openFile = async (
  path: string,
  purpose: 'read' | 'write',
): Promise<{ readonly file: FileHandle; readonly isNew: boolean }> => {
  const flags = (purpose === 'read' ? constants.O_RDONLY : constants.O_RDWR) | safely;
  try {
    return { file: await open(path, flags), isNew: false };
  } catch (thrown) {
    if (purpose === 'read' || codeOf(thrown) !== 'ENOENT') throw thrown;
    return { file: await open(path, flags | constants.O_CREAT | constants.O_EXCL, 0o644), isNew: true };
  }
};

/** As the system words it where it looks itself. */
const refusal = (code: 'EISDIR' | 'EINVAL'): Error => Object.assign(new Error(code), { code });

const safely = constants.O_NOFOLLOW | constants.O_NONBLOCK;
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

/**
 * A file's text, or `limit` lines of it from `line` (from 1), each with its own ending. Raises `agent.outside_worktree`,
 * `agent.file_missing`, and `agent.file_refused` for what is not UTF-8, too large, a folder, or refused by the system.
 */
export const readTextFile = async (
  root: string,
  request: { readonly path: string; readonly line?: number | null; readonly limit?: number | null },
): Promise<string> => {
  const { path } = request;
  return inWords(path, 'read', async () => {
    const { file } = await openInside(root, await resolveInside(root, path), 'read');
    try {
      const { size } = await file.stat();
      if (size > maxReadBytes) {
        throw new ThroughlineError('agent.file_refused', `${path} has ${size} bytes, more than can be read at once`);
      }
      const text = decoder(path)(await file.readFile());
      return request.line || typeof request.limit === 'number' ? linesOf(text, request) : text;
    } finally {
      await file.close();
    }
  });
};

const linesOf = (
  text: string,
  { line, limit }: { readonly line?: number | null; readonly limit?: number | null },
): string => {
  const from = (line ?? 1) - 1;
  const lines = text.split(/(?<=\n)/u);
  return lines.slice(from, typeof limit === 'number' ? from + limit : undefined).join('');
};

/** What a write did to a file, as much of it as the log keeps; `before` is null where there was none. */
export type Written = { readonly before: StoredText | null; readonly isChange: boolean };

/**
 * Writes a file, with the folders it needs. One that has this content already is left alone: opencode asks for a write
 * that it then does itself, and a second one would only race with it. One that is there and is not UTF-8 text is refused
 * always: who sends text for it has read it in another way than through us, and guessed its encoding. An agent that
 * means it can remove the file first. Raises as `readTextFile` does.
 */
export const writeTextFile = async (
  root: string,
  request: { readonly path: string; readonly content: string; readonly maxStoredBytes: number },
): Promise<Written> => {
  const { path } = request;
  return inWords(path, 'written', async () => {
    const { file, isNew } = await openInside(root, await resolveInside(root, path), 'write');
    try {
      const content = Buffer.from(request.content, 'utf8');
      const before = isNew ? null : await textBefore(file, request);
      const { size } = await file.stat();
      if (!isNew && size === content.byteLength && (await hasContent(file, content))) {
        return { before, isChange: false };
      }
      await file.truncate(0);
      let written = 0;
      while (written < content.byteLength) {
        written += (await file.write(content, written, content.byteLength - written, written)).bytesWritten;
      }
      return { before, isChange: true };
    } finally {
      await file.close();
    }
  });
};

/** What of a file's text the log keeps, read in pieces however long it is. Raises for one that is not UTF-8. */
const textBefore = async (
  file: FileHandle,
  { path, maxStoredBytes }: { readonly path: string; readonly maxStoredBytes: number },
): Promise<StoredText> => {
  const text = createBoundedText(maxStoredBytes);
  const decode = decoder(path);
  const piece = Buffer.alloc(pieceBytes);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, pieceBytes, position);
    text.append(decode(piece.subarray(0, bytesRead), { stream: bytesRead > 0 }));
    if (bytesRead === 0) return text.stored();
    position += bytesRead;
  }
};

const pieceBytes = 256 * 1024;

const hasContent = async (file: FileHandle, content: Buffer): Promise<boolean> => {
  const found = Buffer.alloc(content.byteLength);
  let read = 0;
  for (let bytes = -1; read < found.byteLength && bytes !== 0; read += bytes) {
    ({ bytesRead: bytes } = await file.read(found, read, found.byteLength - read, read));
  }
  return read === found.byteLength && found.equals(content);
};

const decoder = (path: string): ((bytes: Buffer, options?: { readonly stream: boolean }) => string) => {
  // A byte order mark is part of the text, so that it is there again when the text is written back.
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (bytes, options) => {
    try {
      return utf8.decode(bytes, options);
    } catch (cause) {
      throw new ThroughlineError(
        'agent.file_refused',
        `${path} is not UTF-8 text: it can neither be read nor written over here without damage`,
        { cause },
      );
    }
  };
};

/** What the system refuses, told by the path that was asked for: where we open files, they have other names. */
const inWords = async <Value>(path: string, verb: 'read' | 'written', work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ThroughlineError) throw cause;
    const code = codeOf(cause) ?? 'an error';
    if (code === 'ENOENT') throw new ThroughlineError('agent.file_missing', `there is no file ${path}`, { cause });
    const why = refusals[code]?.(verb);
    throw new ThroughlineError('agent.file_refused', `${path} ${why ?? `could not be ${verb} (${code})`}`, { cause });
  }
};

const refusals: Readonly<Record<string, (verb: string) => string>> = {
  EISDIR: () => 'is a folder',
  EINVAL: () => 'is no regular file',
  ENXIO: () => 'is no regular file',
  EACCES: (verb) => `may not be ${verb}: permission denied`,
  EPERM: (verb) => `may not be ${verb}: permission denied`,
  EROFS: () => 'is on a disk that can only be read',
  ENOTDIR: () => 'leads through something that is no folder',
  ELOOP: () => 'leads through links that go in a circle',
  ENAMETOOLONG: () => 'is too long a name',
  ENOSPC: (verb) => `could not be ${verb} whole: the disk is full`,
  EDQUOT: (verb) => `could not be ${verb} whole: the disk is full for this user`,
  ETXTBSY: (verb) => `cannot be ${verb} while it runs`,
};
