/**
 * The files by which a repository says what it needs, read as they are in a folder, or in a commit. A repository is
 * somebody else's: neither a symlink is followed, nor more read than such a file has.
 */
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../actors/protocol/facts/error.ts';
import { runGit, tryGit } from '../git/command/run-git.ts';
import { inRepository, type Repository } from '../git/repository.ts';

/** In the order in which they are shown. The second one is shared with other programs: patterns of ignored files. */
export const configurationFile = '.throughline/config.json';
export const includeFile = '.worktreeinclude';
const names = [configurationFile, includeFile] as const;
type SetupFileName = (typeof names)[number];

export const maxSetupFileBytes = 64 * 1024;

/** What a file is: its text, or why it is not read. */
export type SetupFile = { readonly name: SetupFileName; readonly text: string; readonly refused: string | null };

/** Those that are there, of a folder. */
export const setupFilesIn = async (folder: string): Promise<readonly SetupFile[]> => {
  const read = await Promise.all(names.map((name) => fileIn(folder, name)));
  return read.flatMap((file) => file ?? []);
};

const fileIn = async (folder: string, name: SetupFileName): Promise<SetupFile | null> => {
  const refused = (why: string): SetupFile => ({ name, text: '', refused: why });
  const path = join(folder, name);
  const above = dirname(path);
  if (above !== folder && (await lstat(above).catch(() => null))?.isSymbolicLink()) return refused(symlink);
  // Without O_NONBLOCK the opening of a named pipe would wait for ever.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch((thrown) => codeOf(thrown) ?? 'it cannot be opened');
  if (file === 'ENOENT' || file === 'ENOTDIR') return null;
  if (typeof file === 'string') return refused(file === 'ELOOP' ? symlink : `it cannot be read (${file})`);
  try {
    if (!(await file.stat()).isFile()) return refused('it is no plain file');
    const bytes = Buffer.alloc(maxSetupFileBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      ({ bytesRead: read } = await file.read(bytes, length, bytes.length - length, null));
    }
    return textOf(name, bytes.subarray(0, length));
  } finally {
    await file.close();
  }
};

/** Those that are there, of a commit. Raises what `runGit` raises. */
export const setupFilesAt = async (repository: Repository, commit: string): Promise<readonly SetupFile[]> => {
  const call = inRepository(repository);
  const listed = await runGit({ ...call, arguments: ['ls-tree', '-z', commit, '--', ...names] });
  const found: SetupFile[] = [];
  for (const entry of listed.split('\0')) {
    const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    const name = names.find((each) => each === path);
    if (name === undefined || id === undefined) continue;
    if (mode === '120000') found.push({ name, text: '', refused: symlink });
    else if (!mode?.startsWith('100')) found.push({ name, text: '', refused: 'it is no plain file' });
    else {
      const blob = await tryGit({
        ...call,
        arguments: ['cat-file', 'blob', id],
        maxOutputBytes: maxSetupFileBytes + 1,
        cutOutput: true,
        encoding: 'latin1',
      });
      found.push(textOf(name, Buffer.from(blob.stdout, 'latin1')));
    }
  }
  return names.flatMap((name) => found.find((file) => file.name === name) ?? []);
};

const symlink = 'it is a symlink, and where that leads is not looked at';

const textOf = (name: SetupFileName, bytes: Buffer): SetupFile => {
  if (bytes.length > maxSetupFileBytes) {
    return { name, text: '', refused: `it has more than ${maxSetupFileBytes / 1024} kB` };
  }
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), refused: null };
  } catch {
    return { name, text: '', refused: 'it is no UTF-8' };
  }
};
