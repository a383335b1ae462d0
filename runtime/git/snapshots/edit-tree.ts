/** Trees that are computed before anything is changed: another tree with some paths as they are elsewhere. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { runGit, tryGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';
import { type Hunk, hunksIn, hunksWithin, takeBackHunks } from './take-back-hunks.ts';

/** What a tree has at a path. */
export type TreeEntry = { readonly mode: string; readonly id: string };

/** One path that two trees differ in; null where a side has nothing there. Paths are latin1: bytes as they are. */
export type PathChange = {
  readonly path: string;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
};

const gitlinkMode = '160000';
const maxListBytes = 256 * 1024 * 1024;
const maxBlobBytes = 64 * 1024 * 1024;

/** A path as a person or JSON has it, as the bytes that git has, and back. */
export const pathBytes = (path: string): string => Buffer.from(path, 'utf8').toString('latin1');
export const pathText = (path: string): string => Buffer.from(path, 'latin1').toString('utf8');

/** Whether a path is one of these, or in a folder of them. */
export const isWithin = (path: string, paths: readonly string[]): boolean =>
  paths.some((each) => each === '' || path === each || path.startsWith(each.endsWith('/') ? each : `${each}/`));

export const isGitlink = (entry: TreeEntry | null): boolean => entry?.mode === gitlinkMode;

/** Every path that two trees differ in, renames as two of them. Raises what `runGit` raises. */
export const changedPaths = async (options: {
  readonly repository: Repository;
  readonly from: string;
  readonly to: string;
}): Promise<readonly PathChange[]> => {
  const listed = await runGit({
    ...inRepository(options.repository),
    arguments: ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', options.from, options.to, '--'],
    encoding: 'latin1',
    maxOutputBytes: maxListBytes,
  });
  const records = listed.split('\0');
  const changes: PathChange[] = [];
  for (let at = 0; at + 1 < records.length; at += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = ''] = (records[at] ?? '').slice(1).split(' ');
    const path = records[at + 1] ?? '';
    changes.push({ path, before: entryOf(oldMode, oldId), after: entryOf(newMode, newId) });
  }
  return changes;
};

const entryOf = (mode: string, id: string): TreeEntry | null => (/^0+$/.test(mode) ? null : { mode, id });

/**
 * A tree with some of its paths made something else (null: nothing). What would be in the way of a path, as a file of a
 * folder's name, goes. Writes the tree to the repository, under no ref. Raises what `runGit` raises.
 */
export const editTree = async (options: {
  readonly repository: Repository;
  readonly tree: string;
  readonly entries: readonly { readonly path: string; readonly entry: TreeEntry | null }[];
}): Promise<string> => {
  if (options.entries.length === 0) return options.tree;
  const folder = await mkdtemp(join(tmpdir(), 'throughline-tree-'));
  try {
    const { cwd, environment } = inRepository(options.repository);
    const call = { cwd, environment: { ...environment, GIT_INDEX_FILE: join(folder, 'index') } };
    await runGit({ ...call, arguments: ['read-tree', options.tree] });
    await runGit({
      ...call,
      arguments: ['update-index', '-z', '--add', '--replace', '--index-info'],
      input: indexInfo(options.entries, options.tree.length),
    });
    return (await runGit({ ...call, arguments: ['write-tree'] })).trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Entries as `update-index --index-info -z` takes them; ids have so many digits. */
export const indexInfo = (
  entries: readonly { readonly path: string; readonly entry: TreeEntry | null }[],
  digits: number,
): Buffer => {
  // What goes first: a folder may come where a file was.
  const ordered = entries.toSorted((one, other) => Number(one.entry !== null) - Number(other.entry !== null));
  const lines = ordered.map(({ path, entry }) => `${entry?.mode ?? '0'} ${entry?.id ?? '0'.repeat(digits)}\t${path}\0`);
  return Buffer.from(lines.join(''), 'latin1');
};

/** What a tree has at a path; null where it has nothing, or a folder. Raises what `runGit` raises. */
export const entryAt = async (repository: Repository, tree: string, path: string): Promise<TreeEntry | null> => {
  const listed = await runGit({
    ...inRepository(repository),
    arguments: ['ls-tree', '-z', '--full-tree', tree, '--', pathText(path)],
    encoding: 'latin1',
  });
  const [, mode, kind, id] = /^(\d+) (\w+) ([0-9a-f]+)\t/.exec(listed) ?? [];
  return mode === undefined || id === undefined || kind === 'tree' ? null : { mode, id };
};

/** A blob's bytes as latin1; of nothing the empty text. Raises `git.failed` for one above 64 MiB. */
const readBlob = async (repository: Repository, entry: TreeEntry | null): Promise<string> =>
  entry === null
    ? ''
    : runGit({
        ...inRepository(repository),
        arguments: ['cat-file', 'blob', entry.id],
        encoding: 'latin1',
        maxOutputBytes: maxBlobBytes,
      });

const writeBlob = async (repository: Repository, text: string): Promise<string> => {
  const argv = ['hash-object', '-w', '--stdin'];
  const input = Buffer.from(text, 'latin1');
  return (await runGit({ ...inRepository(repository), arguments: argv, input })).trim();
};

/** The changes of lines from one blob to another, without context. */
const hunksBetween = async (repository: Repository, before: string, after: string): Promise<readonly Hunk[]> =>
  hunksIn(
    await runGit({
      ...inRepository(repository),
      arguments: [
        'diff',
        '--text',
        '--unified=0',
        '--inter-hunk-context=0',
        '--diff-algorithm=default',
        '--no-color',
        '--no-ext-diff',
        '--no-textconv',
        before,
        after,
      ],
      encoding: 'latin1',
      maxOutputBytes: 2 * maxBlobBytes,
    }),
  );

/**
 * A file with some of its changes taken back: of what came from `before` to `after`, those that lie in the asked. The
 * result has the mode of `after`. Raises `restore.in_the_way` when it has no such change (any more), and what `runGit`
 * raises.
 */
export const withoutHunks = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
  readonly asked: readonly Hunk[];
}): Promise<TreeEntry | null> => {
  const { repository, path, before, after, asked } = options;
  const [old, now] = [await readBlob(repository, before), await readBlob(repository, after)];
  const ids = [
    before?.id ?? (await writeBlob(repository, '')),
    after?.id ?? (await writeBlob(repository, '')),
  ] as const;
  const hunks = await hunksBetween(repository, ...ids);
  const chosen = hunksWithin(hunks, asked);
  if (chosen === null) {
    throw new ThroughlineError('restore.in_the_way', `${pathText(path)} has no such change any more`, {
      hint: 'look at its changes again; it was changed since',
    });
  }
  // A file that is taken back whole goes, or comes, as a whole.
  if (chosen.length === hunks.length && (before === null || after === null)) return before;
  const id = await writeBlob(repository, takeBackHunks(old, now, chosen));
  return { mode: after?.mode ?? before?.mode ?? '100644', id };
};

/**
 * What becomes of a file when the change from `base` to `other` is made to `ours`, line by line. Raises
 * `restore.in_the_way` where the two meet, and what `runGit` raises.
 */
export const mergeFile = async (options: {
  readonly repository: Repository;
  readonly path: string;
  readonly ours: TreeEntry | null;
  readonly base: TreeEntry | null;
  readonly other: TreeEntry | null;
}): Promise<TreeEntry | null> => {
  const { repository, path, ours, base, other } = options;
  if (ours?.id === base?.id && ours?.mode === base?.mode) return other;
  if (ours?.id === other?.id && ours?.mode === other?.mode) return ours;
  const refused = (): ThroughlineError =>
    new ThroughlineError('restore.in_the_way', `${pathText(path)} was changed since, where this would change it`, {
      hint: 'look at it again, or put the whole file back',
    });
  if (ours === null || base === null || other === null) throw refused();
  if ([ours, base, other].some(({ mode }) => !mode.startsWith('100'))) throw refused();
  const folder = await mkdtemp(join(tmpdir(), 'throughline-merge-'));
  try {
    const files = await Promise.all(
      [ours, base, other].map(async (entry, index) => {
        const file = join(folder, String(index));
        await writeFile(file, Buffer.from(await readBlob(repository, entry), 'latin1'));
        return file;
      }),
    );
    const merged = await tryGit({
      ...inRepository(repository),
      arguments: ['merge-file', '-p', '-q', ...files],
      encoding: 'latin1',
      maxOutputBytes: 2 * maxBlobBytes,
    });
    if (merged.exitCode !== 0) throw refused();
    const mode = ours.mode === base.mode ? other.mode : ours.mode;
    return { mode, id: await writeBlob(repository, merged.stdout) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
