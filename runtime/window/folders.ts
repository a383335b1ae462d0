/** Completes the beginning of a path with the folders there are, for who chooses a repository. Reads, never writes. */
import type { Dirent } from 'node:fs';
import { access, opendir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import type { FolderCompletion } from '../../actors/protocol/gateway/window.ts';

const maxFolders = 50;
/** A folder with more entries than this is looked at only so far. */
const maxEntries = 5_000;

/**
 * Folders whose path begins with `beginning`: with a slash at its end, those in it. Hidden ones only when their name is
 * begun with its dot. What cannot be read has no folders.
 */
export const completeFolders = async (beginning: string): Promise<FolderCompletion> => {
  const given = beginning.trim() === '' ? `~${sep}` : beginning;
  const path = given === '~' || given.startsWith(`~${sep}`) ? join(homedir(), given.slice(1), endOf(given)) : given;
  if (!isAbsolute(path) || path.includes('\0')) return { folders: [] };
  const inside = path.endsWith(sep);
  const parent = inside ? path : dirname(path);
  const start = inside ? '' : basename(path);
  const names = (await foldersIn(parent))
    .filter((name) => name.startsWith('.') === start.startsWith('.') && beginsWith(name, start))
    .sort((left, right) => left.localeCompare(right));
  const folders = names.slice(0, maxFolders).map(async (name) => {
    const folder = join(parent, name);
    return { path: folder, isRepository: await exists(join(folder, '.git')) };
  });
  return { folders: await Promise.all(folders) };
};

// `join` drops a slash at the end, which says that the folder's content is meant.
const endOf = (given: string): string => (given === '~' || given.endsWith(sep) ? sep : '');

const beginsWith = (name: string, start: string): boolean => name.toLowerCase().startsWith(start.toLowerCase());

const foldersIn = async (parent: string): Promise<readonly string[]> => {
  const found: string[] = [];
  try {
    let entries = 0;
    for await (const entry of await opendir(parent)) {
      entries += 1;
      if (entries > maxEntries) break;
      if (await isFolder(parent, entry)) found.push(entry.name);
    }
  } catch {
    // Gone, or not for us to read: what was found so far is what there is.
  }
  return found;
};

const isFolder = async (parent: string, entry: Dirent): Promise<boolean> => {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = await stat(join(parent, entry.name)).catch(() => null);
  return target?.isDirectory() ?? false;
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
