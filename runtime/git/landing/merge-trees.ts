import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitOutcome, gitFailure, runGit, tryGit } from '../command/run-git.ts';
import { inRepository, isCommitId, type Repository } from '../repository.ts';
import { commitOfNobody, nobodysSignature } from './nobodys-commit.ts';

/** What keeps two sides from being merged, in git's words. */
export type Conflict = {
  /** `contents`, `binary`, `rename/delete`, `modify/delete`, `distinct modes`, `submodule …` and so on. */
  readonly kind: string;
  readonly paths: readonly string[];
  readonly text: string;
};

export type Merge =
  | { readonly kind: 'clean'; readonly tree: string }
  | {
      readonly kind: 'conflicts';
      /** The tree with markers in what conflicts; null where this git cannot give one. */
      readonly tree: string | null;
      /** The conflicting files, sorted. */
      readonly files: readonly string[];
      readonly conflicts: readonly Conflict[];
    };

/** Two commits to merge; with `base`, what they are held against is this tree, and not where their histories parted. */
export type Pair = { readonly ours: string; readonly theirs: string; readonly base?: string };

const maxConflictsKept = 200;
const maxTextLength = 500;

/**
 * Merges two commits in memory: no worktree, index or ref is touched, and no merge driver runs (what one would have
 * merged is in conflict). Attributes of a worktree are not read, only `info/attributes`.
 *
 * Raises what `runGit` raises; also for unrelated histories.
 */
export const mergeTrees = async (repository: Repository, pair: Pair): Promise<Merge> => {
  const { ours, theirs } = await onBase(repository, pair);
  const call = {
    ...inRepository(repository),
    arguments: ['merge-tree', '--write-tree', '-z', ours, theirs],
  };
  const outcome = await tryGit(call);
  if (isTooOld(outcome)) return mergeInWorktree(repository, ours, theirs);
  const fields = outcome.stdout.split('\0');
  // It ends with 1 for a name that does not exist, too.
  if (outcome.exitCode === 0 && isCommitId(fields[0] ?? '')) return { kind: 'clean', tree: fields[0] ?? '' };
  if (outcome.exitCode !== 1 || !isCommitId(fields[0] ?? '')) throw gitFailure(call, outcome);
  return readMerge(['0', ...fields], 0).merge;
};

/**
 * Merges many pairs in memory, by one process where git can do that. Gives their outcomes in the same order; null where
 * two have no history in common. Raises what `runGit` raises.
 */
export const mergeManyTrees = async (
  repository: Repository,
  pairs: readonly Pair[],
): Promise<readonly (Merge | null)[]> => {
  if (pairs.length === 0) return [];
  const prepared: Pair[] = [];
  for (const pair of pairs) prepared.push(await onBase(repository, pair));
  const input = prepared.map(({ ours, theirs }) => `${ours} ${theirs}\n`).join('');
  const outcome = await tryGit({
    ...inRepository(repository),
    arguments: ['merge-tree', '--write-tree', '--stdin', '-z'],
    input,
  });
  if (outcome.exitCode === 0) {
    const fields = outcome.stdout.split('\0');
    const merges: Merge[] = [];
    for (let at = 0; merges.length < pairs.length && at + 1 < fields.length; ) {
      const { merge, next } = readMerge(fields, at);
      merges.push(merge);
      at = next;
    }
    if (merges.length === pairs.length) return merges;
  }
  // One that cannot be merged at all ends the whole process: each by itself.
  const merges: (Merge | null)[] = [];
  for (const pair of pairs) {
    merges.push(
      await mergeTrees(repository, pair).catch((thrown: unknown) => {
        if (String(thrown instanceof Error && thrown.message).includes('unrelated histories')) return null;
        throw thrown;
      }),
    );
  }
  return merges;
};

/** Commits with the files of both on top of one with those of `base`, so that git takes that for where they parted. */
const onBase = async (repository: Repository, { ours, theirs, base }: Pair): Promise<Pair> => {
  if (base === undefined) return { ours, theirs };
  const commit = (tree: string, parents: readonly string[]): Promise<string> =>
    commitOfNobody(repository, { tree, parents, message: 'where two sides parted' });
  const parents = [await commit(base, [])];
  return { ours: await commit(`${ours}^{tree}`, parents), theirs: await commit(`${theirs}^{tree}`, parents) };
};

/**
 * One answer of `merge-tree -z --stdin`: whether it is clean, the tree, what stands in the index for each conflicting
 * file, an empty field, messages (how many paths, the paths, the kind, the text), an empty field.
 */
const readMerge = (fields: readonly string[], start: number): { readonly merge: Merge; readonly next: number } => {
  const [status = '', tree = ''] = fields.slice(start, start + 2);
  let at = start + 2;
  if (status === '1') return { merge: { kind: 'clean', tree }, next: at + 1 };
  const files = new Set<string>();
  for (; at < fields.length && fields[at] !== ''; at += 1)
    files.add(realName(fields[at]?.replace(/^.*?\t/s, '') ?? ''));
  at += 1;
  const conflicts: Conflict[] = [];
  while (at < fields.length && fields[at] !== '') {
    const count = Number(fields[at]);
    const paths = fields.slice(at + 1, at + 1 + count);
    const kind = /^CONFLICT \((.*)\)$/s.exec(fields[at + 1 + count] ?? '')?.[1];
    const text = fields[at + 2 + count]?.trim() ?? '';
    at += 3 + count;
    if (kind === undefined || conflicts.length >= maxConflictsKept) continue;
    conflicts.push({ kind, paths, text: text.slice(0, maxTextLength) });
  }
  for (const path of conflicts.flatMap(({ paths }) => paths.slice(0, 1))) files.add(realName(path));
  return { merge: { kind: 'conflicts', tree, files: [...files].sort(), conflicts }, next: at + 1 };
};

/** Where a file and a folder want one place, git gives the file the name of its side besides. */
const realName = (path: string): string => path.replace(/~(?:[0-9a-f]{40}|[0-9a-f]{64})(?:_\d+)?$/, '');

const isTooOld = ({ exitCode, stderr }: GitOutcome): boolean =>
  exitCode !== 0 && (/unknown rev --write-tree/.test(stderr) || exitCode === 129);

/**
 * The same before git 2.38: in a worktree of its own, made for this and removed again, that leaves all files out but
 * those which conflict.
 */
export const mergeInWorktree = async (repository: Repository, ours: string, theirs: string): Promise<Merge> => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-merge-'));
  const path = join(folder, 'merge');
  const call = inRepository(repository);
  try {
    await runGit({ ...call, arguments: ['worktree', 'add', '--no-checkout', '--detach', '--', path, ours] });
    const gitDirectory = (
      await runGit({ cwd: path, arguments: ['rev-parse', '--path-format=absolute', '--git-dir'] })
    ).replace(/\n$/, '');
    await mkdir(join(gitDirectory, 'info'), { recursive: true });
    await writeFile(join(gitDirectory, 'info', 'sparse-checkout'), '/.nothing\n');
    const sparse = ['-c', 'core.sparseCheckout=true', '-c', 'core.sparseCheckoutCone=false'];
    const inside = { cwd: path, environment: { GIT_DIR: gitDirectory, GIT_WORK_TREE: path } };
    await runGit({ ...inside, arguments: [...sparse, 'read-tree', '-m', '-u', 'HEAD'] });
    const merge = { ...inside, arguments: [...sparse, 'merge', '-q', '--no-commit', '--no-ff', '-s', 'ort', theirs] };
    const merged = await tryGit({ ...merge, environment: { ...merge.environment, ...nobodysSignature } });
    const unmerged = await runGit({ ...inside, arguments: [...sparse, 'ls-files', '-u', '-z'] });
    const files = new Set(
      unmerged
        .split('\0')
        .filter((record) => record !== '')
        .map((record) => record.replace(/^.*?\t/s, '')),
    );
    if (files.size === 0) {
      if (merged.exitCode !== 0) throw gitFailure(merge, merged);
      return { kind: 'clean', tree: (await runGit({ ...inside, arguments: ['write-tree'] })).trim() };
    }
    const conflicts = merged.stdout.split('\n').flatMap((line): readonly Conflict[] => {
      const kind = /^CONFLICT \((.*?)\): /.exec(line)?.[1];
      if (kind === undefined) return [];
      const paths = [...files].filter((file) => line.includes(file));
      return [{ kind: kind === 'content' ? 'contents' : kind, paths, text: line.slice(0, maxTextLength) }];
    });
    return {
      kind: 'conflicts',
      tree: null,
      files: [...files].sort(),
      conflicts: conflicts.slice(0, maxConflictsKept),
    };
  } finally {
    await tryGit({ ...call, arguments: ['worktree', 'remove', '--force', '--force', '--', path] });
    await rm(folder, { recursive: true, force: true });
  }
};
