import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BorrowedFolder, withBorrowedFolder } from '../borrowed-folder.ts';
import { runGit, tryGit } from '../command/run-git.ts';
import type { Repository } from '../repository.ts';
import { makeCommit } from './made-commit.ts';
import { type Blame, readBlame } from './read-blame.ts';

type Lines = { readonly from: number; readonly to: number };

/** Asks whose the lines of a file are, over a history that more is known of than its commits say. */
export type LineHistory = {
  /** Adds a commit that is in no repository. */
  readonly makeCommit: (commit: Parameters<typeof makeCommit>[1]) => Promise<string>;
  /**
   * Blames the content over HEAD, or over `tips`, each of which counts for a parent of what is not committed. `parents`
   * gives commits other parents, as a graft does.
   *
   * Raises `git.failed`, also for a file or a line that is not there.
   */
  readonly blame: (options: {
    readonly tips?: readonly string[];
    readonly parents?: ReadonlyMap<string, readonly string[]>;
    readonly lines?: Lines | undefined;
  }) => Promise<Blame>;
  /** The messages and parents of commits. */
  readonly read: (commits: readonly string[]) => Promise<ReadonlyMap<string, ReadCommit>>;
};

type ReadCommit = { readonly message: string; readonly parents: readonly string[] };

const timeLimitMs = 2 * 60_000;
/** For each line git says some 60 bytes, its text, and once the facts of its commit. */
const maxOutputBytes = 64 * 1024 * 1024;

/**
 * All of it happens in a git folder of our own, with the repository's objects: what is made for it is gone afterwards.
 *
 * `content` is the file as it is now. Raises what git and `body` raise.
 */
export const withLineHistory = <Value>(
  options: {
    readonly repository: Repository;
    readonly head: string;
    readonly path: string;
    readonly content: Buffer;
  },
  body: (history: LineHistory) => Promise<Value>,
): Promise<Value> =>
  withBorrowedFolder(options.repository, { commit: options.head }, async (folder) => {
    const content = await asStored(folder, options);
    const file = join(folder.path, 'content');
    await writeFile(file, content);
    const files = join(folder.path, 'files');
    await mkdir(files);
    return body(historyIn(folder, { ...options, file, files }));
  });

const inFolder = (folder: BorrowedFolder) => ({ cwd: folder.path, environment: { GIT_DIR: folder.path } });

const historyIn = (
  folder: BorrowedFolder,
  {
    head,
    path,
    file,
    files,
  }: { readonly head: string; readonly path: string; readonly file: string; readonly files: string },
): LineHistory => ({
  makeCommit: (commit) => makeCommit(folder, commit),
  blame: async ({ tips = [head], parents = new Map(), lines }) => {
    const [first = head, ...others] = tips;
    await writeFile(join(folder.path, 'HEAD'), `${first}\n`);
    await writeFile(join(folder.path, 'MERGE_HEAD'), others.map((id) => `${id}\n`).join(''));
    const grafts = [...parents].map(([commit, its]) => `${[commit, ...its].join(' ')}\n`);
    await writeFile(join(folder.path, 'info-grafts'), grafts.join(''));
    const range = lines === undefined ? [] : [`-L${lines.from},${lines.to}`];
    const output = await runGit({
      // In a bare folder blame begins at HEAD, whatever content it is given; so it gets a place for files, an empty one.
      cwd: files,
      environment: {
        GIT_DIR: folder.path,
        GIT_WORK_TREE: files,
        GIT_GRAFT_FILE: join(folder.path, 'info-grafts'),
      },
      settings: { 'advice.graftFileDeprecated': 'false', 'blame.ignoreRevsFile': '' },
      arguments: ['blame', '--porcelain', '--no-textconv', '--no-progress', ...range, `--contents=${file}`, '--', path],
      timeLimitMs,
      maxOutputBytes,
    });
    return readBlame(output);
  },
  read: async (commits) => {
    const output = await runGit({
      ...inFolder(folder),
      arguments: ['log', '--no-walk=unsorted', '-z', '--no-show-signature', '--format=%H%x01%P%x01%B', '--stdin'],
      input: commits.map((id) => `${id}\n`).join(''),
      // Whoever writes messages that long is not followed.
      cutOutput: true,
    });
    const read = new Map<string, ReadCommit>();
    for (const entry of output.split('\0')) {
      const [id = '', parents = '', message = ''] = entry.split('\u0001');
      if (id !== '') read.set(id, { message, parents: parents.split(' ').filter((each) => each !== '') });
    }
    return read;
  },
});

/** Lines end in the repository as git would have stored them: else each of a file with CRLF would be a new one. */
const asStored = async (
  folder: BorrowedFolder,
  { head, path, content }: { readonly head: string; readonly path: string; readonly content: Buffer },
): Promise<Buffer> => {
  if (!content.includes('\r\n')) return content;
  const call = { ...inFolder(folder), arguments: ['cat-file', 'blob', `${head}:${path}`], encoding: 'latin1' as const };
  const stored = await tryGit({ ...call, cutOutput: true });
  if (stored.exitCode !== 0 || stored.stdout.includes('\r\n')) return content;
  return Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
};
