/** Ignored files of the person's checkout, such as `.env`, brought into a new worktree. */
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../../actors/protocol/facts/error.ts';
import { type GitCall, gitFailure, tryGit } from '../../git/command/run-git.ts';

export type CopyLimits = { readonly files: number; readonly bytes: number };
export const copyLimits: CopyLimits = { files: 2_000, bytes: 512 * 1024 * 1024 };

export type CopiedFiles = {
  readonly copied: readonly string[];
  /** What was left out, a sentence each, bounded. */
  readonly notes: readonly string[];
};

const maxListBytes = 4 * 1024 * 1024;
const mostNotes = 10;

/** A working tree: its folder, and how to call git there. */
export type WorkingTree = { readonly path: string; readonly call: Pick<GitCall, 'cwd' | 'environment'> };

/**
 * The files that some patterns (as in .gitignore) mean: those that are there, not tracked, and ignored. Raises what
 * `tryGit` raises.
 */
export const ignoredFiles = async (tree: WorkingTree, patterns: readonly string[]): Promise<readonly string[]> => {
  if (patterns.length === 0) return [];
  const call = {
    ...tree.call,
    arguments: ['ls-files', '-z', '--others', '--ignored', ...patterns.map((pattern) => `--exclude=${pattern}`)],
    maxOutputBytes: maxListBytes,
    cutOutput: true,
  };
  const listed = await tryGit(call);
  if (listed.exitCode !== 0 && !listed.cut) throw gitFailure(call, listed);
  // What follows the last NUL is empty, or was cut in its middle; what ends with a slash is another repository.
  const paths = listed.stdout.split('\0').slice(0, -1);
  return areIgnored(
    tree,
    paths.filter((path) => !path.endsWith('/')),
  );
};

const areIgnored = async (tree: WorkingTree, paths: readonly string[]): Promise<readonly string[]> => {
  if (paths.length === 0) return [];
  const call = {
    ...tree.call,
    // It knows no literal paths; what begins with a dot is one.
    environment: { ...tree.call.environment, GIT_LITERAL_PATHSPECS: '0' },
    arguments: ['check-ignore', '-z', '--stdin'],
    input: paths.map((path) => `./${path}\0`).join(''),
    maxOutputBytes: 2 * maxListBytes,
  };
  const ignored = await tryGit(call);
  // Exit code 1 is "none of them".
  if (ignored.exitCode !== 0 && ignored.exitCode !== 1) throw gitFailure(call, ignored);
  return ignored.stdout
    .split('\0')
    .slice(0, -1)
    .map((path) => path.slice('./'.length));
};

/**
 * Copies what the patterns mean from one working tree to another of the same repository. Never over what is there, never
 * through a symlink on either side, and nothing that the other would not ignore: it would be committed there. Raises what
 * git raises; a file that cannot be copied is only noted.
 */
export const copyIgnoredFiles = async (options: {
  readonly from: WorkingTree;
  readonly to: WorkingTree;
  readonly patterns: readonly string[];
  readonly limits?: CopyLimits;
}): Promise<CopiedFiles> => {
  const { from, to, patterns, limits = copyLimits } = options;
  const wanted = await ignoredFiles(from, patterns);
  const blocks = createBlocks(to.path);
  const blockOf = new Map(await Promise.all(wanted.map(async (path) => [path, await blocks(dirname(path))] as const)));
  // Git has no answer for what lies behind a symlink.
  const reachable = wanted.filter((path) => blockOf.get(path) === null);
  const harmless = new Set(await areIgnored(to, reachable));
  const copied: string[] = [];
  const leftOut: string[] = [];
  let bytes = 0;
  for (const path of wanted) {
    const block = blockOf.get(path) ?? null;
    if (block !== null) {
      leftOut.push(`${path} is not copied: ${block} is no folder there`);
      continue;
    }
    if (!harmless.has(path)) {
      leftOut.push(`${path} is not copied: git would not ignore it there`);
      continue;
    }
    const found = await lstat(join(from.path, path)).catch(() => null);
    if (found === null) continue;
    if (!found.isFile()) {
      leftOut.push(`${path} is not copied: it is ${found.isSymbolicLink() ? 'a symlink' : 'no plain file'}`);
      continue;
    }
    if (copied.length === limits.files) {
      leftOut.push(`the rest is not copied: ${limits.files} files are the most`);
      break;
    }
    if (bytes + found.size > limits.bytes) {
      leftOut.push(`${path} is not copied: ${limits.bytes / 1024 ** 2} MB are the most, all together`);
      continue;
    }
    const why = await copyOne(from.path, to.path, path);
    if (why !== null) leftOut.push(`${path} is not copied: ${why}`);
    else {
      copied.push(path);
      bytes += found.size;
    }
  }
  const notes = leftOut.slice(0, mostNotes);
  if (leftOut.length > notes.length) notes.push(`and ${leftOut.length - notes.length} more`);
  return { copied, notes };
};

/**
 * Finds what stands in a folder's place below the top, or in that of one above it; null where nothing does. A tracked
 * symlink there would lead the copy to wherever it points.
 */
const createBlocks = (top: string): ((folder: string) => Promise<string | null>) => {
  const known = new Map<string, Promise<string | null>>();
  const look = async (folder: string): Promise<string | null> => {
    const above = await blocks(dirname(folder));
    if (above !== null) return above;
    const found = await lstat(join(top, folder)).catch(() => null);
    return found === null || found.isDirectory() ? null : folder;
  };
  const blocks = async (folder: string): Promise<string | null> => {
    if (folder === '.') return null;
    const looked = known.get(folder) ?? look(folder);
    known.set(folder, looked);
    return looked;
  };
  return blocks;
};

/** Copies one file, and gives why it did not. */
const copyOne = async (from: string, to: string, path: string): Promise<string | null> => {
  try {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(from, path), join(to, path), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return null;
  } catch (thrown) {
    const code = codeOf(thrown);
    return code === 'EEXIST' ? 'it is there already' : `it could not be (${code ?? String(thrown)})`;
  }
};
