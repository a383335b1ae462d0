/**
 * The window's page and its files, from the folder they were built into. They hold no secret: a page without a cookie
 * can ask for nothing.
 */
import { constants, type FileHandle, open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type PageFile = { readonly contentType: string; readonly body: Buffer };

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
};

/** Each part begins with a letter, a digit or a dash: no `..`, no hidden file, no escape. */
const filePath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){1,3}$/;

/** Where the window was built: `dist/window`, seen from the source as well as from the bundle and its pieces. */
export const builtWindowFolders: readonly string[] = ['./window/', '../window/', '../../../dist/window/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** The file for a path, or null when there is none. `/` is the page itself. */
export const readPageFile = async (folders: readonly string[], path: string): Promise<PageFile | null> => {
  const name = path === '/' ? '/index.html' : path;
  const contentType = contentTypes[extname(name)];
  if (contentType === undefined || !filePath.test(name)) return null;
  for (const folder of folders) {
    const body = await readPlainFile(join(folder, name));
    if (body !== null) return { contentType, body };
  }
  return null;
};

const readPlainFile = async (path: string): Promise<Buffer | null> => {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    return (await file.stat()).isFile() ? await file.readFile() : null;
  } catch {
    return null;
  } finally {
    await file?.close();
  }
};
