import { parse } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type GitCall, gitFailure, runGit, tryGit } from '../command/run-git.ts';
import { inRepository, isCommitId, type RepositoryPlace } from '../repository.ts';

export type TreeChangeKind = 'added' | 'modified' | 'deleted' | 'renamed' | 'mode' | 'type';

/** A file that differs between two trees. */
export type TreeChange = {
  /** Where it is now; of a deleted one, where it was. A name that is not UTF-8 is shown with replacement characters. */
  readonly path: string;
  /** The name's own bytes, as latin1: only there when they are no UTF-8. */
  readonly latin1Path?: string;
  /** Where a renamed one was. */
  readonly previousPath?: string;
  /** `mode`: only its mode differs; `type`: it was a file and is a symlink, or the like. */
  readonly kind: TreeChangeKind;
  /** How much of a renamed file is the same, in percent. */
  readonly similarity?: number;
  /** As git writes them: 100644, 100755 (may be run), 120000 (symlink), 160000 (a repository); 000000 is none. */
  readonly oldMode: string;
  readonly newMode: string;
  /** Blob ids; null where there is no file. Of a repository inside the repository, the id of its commit. */
  readonly oldBlob: string | null;
  readonly newBlob: string | null;
  /** Sizes of what has no lines to count. */
  readonly oldBytes?: number;
  readonly newBytes?: number;
  /** Lines; null for what is binary, or larger than a megabyte. */
  readonly additions: number | null;
  readonly deletions: number | null;
};

export type TreeChanges = {
  readonly files: readonly TreeChange[];
  /** There are more than the bound allows. */
  readonly cut: boolean;
};

export type TreeTotals = { readonly files: number; readonly additions: number; readonly deletions: number };

export type TreePatch = {
  readonly text: string;
  /** True when there was more than the bound allows; the text then ends with a whole line. */
  readonly cut: boolean;
};

type Pair = { readonly repository: RepositoryPlace; readonly from: string; readonly to: string };

const defaultMaxFiles = 10_000;
const maxListBytes = 64 * 1024 * 1024;
const defaultMaxPatchBytes = 2 * 1024 * 1024;
const wholeFileLines = 10_000_000;
// Beyond so many candidates only files that are the same byte for byte are found to be renamed.
const renameCandidates = 1_000;

/**
 * What differs between two trees (ids of trees or commits), renames found, at most `maxFiles` (10,000). Neither the
 * worktree nor its attributes are looked at, so that nothing in it can hide a change.
 *
 * Raises `git.failed`, also for what is no id or is not there.
 */
export const treeChanges = async (
  options: Pair & { readonly paths?: readonly string[]; readonly maxFiles?: number },
): Promise<TreeChanges> => {
  const { maxFiles = defaultMaxFiles, paths = [] } = options;
  const listed = await diffTrees(options, ['-z', '--raw', '--numstat', '--no-abbrev'], paths, maxListBytes, 'latin1');
  const { changes, isWhole } = readChanges(listed.stdout, maxFiles);
  return { files: await withSizes(options.repository, changes), cut: listed.cut || !isWhole };
};

/** How many files differ between two trees, and in how many lines. Raises as `treeChanges` does. */
export const treeTotals = async (pair: Pair): Promise<TreeTotals> => {
  if (pair.from === pair.to) return { files: 0, additions: 0, deletions: 0 };
  const { stdout } = await diffTrees(pair, ['--shortstat'], [], 1024, 'utf8');
  const count = (words: RegExp): number => Number(words.exec(stdout)?.[1] ?? 0);
  return { files: count(/(\d+) files?/), additions: count(/(\d+) insertion/), deletions: count(/(\d+) deletion/) };
};

/**
 * The unified diff between two trees, of all files or of some; `context` lines around each change, or the whole files. A
 * renamed file shows as such only when both of its paths are given. `latin1` keeps the bytes of what is not UTF-8.
 *
 * Raises as `treeChanges` does.
 */
export const treePatch = async (
  options: Pair & {
    readonly paths?: readonly string[];
    readonly context?: number | 'all';
    readonly ignoreWhitespace?: boolean;
    readonly maxBytes?: number;
    readonly encoding?: 'utf8' | 'latin1';
  },
): Promise<TreePatch> => {
  const { context = 3, paths = [], maxBytes = defaultMaxPatchBytes, encoding = 'utf8' } = options;
  const argv = [
    '-p',
    `--unified=${context === 'all' ? wholeFileLines : context}`,
    '--full-index',
    '--no-color',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    '--submodule=short',
    ...(options.ignoreWhitespace === true ? ['--ignore-all-space'] : []),
  ];
  const { stdout, cut } = await diffTrees(options, argv, paths, maxBytes, encoding);
  return { text: cut ? stdout.slice(0, stdout.lastIndexOf('\n') + 1) : stdout, cut };
};

const diffTrees = async (
  { repository, from, to }: Pair,
  argv: readonly string[],
  paths: readonly string[],
  maxOutputBytes: number,
  encoding: 'utf8' | 'latin1',
): Promise<{ readonly stdout: string; readonly cut: boolean }> => {
  for (const id of [from, to]) {
    if (!isCommitId(id)) throw new ThroughlineError('git.failed', `${JSON.stringify(id.slice(0, 120))} is no tree`);
  }
  const options = ['-r', ...argv, '--find-renames', `-l${renameCandidates}`, '--no-ext-diff', '--no-textconv'];
  const call: GitCall = {
    ...awayFromFiles(repository),
    arguments: ['diff-tree', ...options, '--ignore-submodules=dirty', from, to, '--', ...paths],
    maxOutputBytes,
    cutOutput: true,
    encoding,
  };
  const outcome = await tryGit(call);
  if (outcome.exitCode !== 0 && !outcome.cut) throw gitFailure(call, outcome);
  return outcome;
};

/**
 * How to look at trees. Git takes attributes from the folder that it runs in, and `* -diff` there makes each change one
 * of binary files; so it runs where neither the worktree nor the repository is.
 */
const awayFromFiles = (repository: RepositoryPlace): Pick<GitCall, 'cwd' | 'environment' | 'settings'> => ({
  ...inRepository(repository),
  cwd: parse(repository.commonDirectory).root,
  settings: {
    'core.attributesFile': '/dev/null',
    // What is larger would cost seconds and is shown by its size.
    'core.bigFileThreshold': '1m',
    'diff.suppressBlankEmpty': 'false',
  },
});

type Raw = Omit<TreeChange, 'additions' | 'deletions' | 'oldBytes' | 'newBytes'>;
type Counts = Pick<TreeChange, 'additions' | 'deletions'>;

/** Reads `--raw --numstat -z`: first one record for each file with modes and ids, then one for each with its counts. */
const readChanges = (text: string, maxFiles: number): { changes: readonly TreeChange[]; isWhole: boolean } => {
  const fields = text.split('\0');
  // What follows the last NUL is empty, or was cut in its middle.
  fields.pop();
  const raws: Raw[] = [];
  let at = 0;
  for (; fields[at]?.startsWith(':'); at += 2) {
    const match = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])(\d*)$/.exec(fields[at] ?? '');
    if (match === null) break;
    const [, oldMode = '', newMode = '', oldBlob = '', newBlob = '', letter = '', similarity = ''] = match;
    const isRenamed = letter === 'R' || letter === 'C';
    const [first, second] = [fields[at + 1], fields[at + 2]];
    const path = isRenamed ? second : first;
    if (first === undefined || path === undefined) break;
    if (isRenamed) at += 1;
    raws.push({
      ...named(path),
      ...(isRenamed ? { previousPath: shown(first), similarity: Number(similarity) } : {}),
      kind: kindOf(letter, oldBlob === newBlob),
      oldMode,
      newMode,
      oldBlob: idOrNone(oldBlob),
      newBlob: idOrNone(newBlob),
    });
  }
  const changes: TreeChange[] = [];
  for (const raw of raws.slice(0, maxFiles)) {
    const match = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(fields[at] ?? '');
    changes.push({ ...raw, ...countsOf(match) });
    // The two names of a renamed file follow as fields of their own.
    at += match?.[3] === '' ? 3 : 1;
  }
  return { changes, isWhole: raws.length <= maxFiles };
};

const countsOf = (match: RegExpExecArray | null): Counts => {
  const [, additions = '-', deletions = '-'] = match ?? [];
  return additions === '-' || deletions === '-'
    ? { additions: null, deletions: null }
    : { additions: Number(additions), deletions: Number(deletions) };
};

const kindOf = (letter: string, isSame: boolean): TreeChangeKind => {
  switch (letter) {
    case 'A':
      return 'added';
    case 'D':
      return 'deleted';
    case 'R':
    case 'C':
      return 'renamed';
    case 'T':
      return 'type';
    default:
      return isSame ? 'mode' : 'modified';
  }
};

const idOrNone = (id: string): string | null => (/^0+$/.test(id) ? null : id);

const shown = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

const named = (latin1: string): Pick<TreeChange, 'path' | 'latin1Path'> => {
  const path = shown(latin1);
  return Buffer.from(path, 'utf8').equals(Buffer.from(latin1, 'latin1')) ? { path } : { path, latin1Path: latin1 };
};

const withSizes = async (
  repository: RepositoryPlace,
  changes: readonly TreeChange[],
): Promise<readonly TreeChange[]> => {
  const isCounted = (change: TreeChange): boolean => change.additions !== null;
  const blobs = new Set(changes.flatMap((change) => (isCounted(change) ? [] : [change.oldBlob, change.newBlob])));
  blobs.delete(null);
  if (blobs.size === 0) return changes;
  const listed = await runGit({
    ...inRepository(repository),
    arguments: ['cat-file', '--batch-check=%(objectname) %(objectsize)'],
    input: `${[...blobs].join('\n')}\n`,
  });
  const bytesByBlob = new Map<string, number>();
  for (const line of listed.split('\n')) {
    const [blob = '', bytes = ''] = line.split(' ');
    if (/^\d+$/.test(bytes)) bytesByBlob.set(blob, Number(bytes));
  }
  return changes.map((change) => {
    if (isCounted(change)) return change;
    const oldBytes = bytesByBlob.get(change.oldBlob ?? '');
    const newBytes = bytesByBlob.get(change.newBlob ?? '');
    return {
      ...change,
      ...(oldBytes === undefined ? {} : { oldBytes }),
      ...(newBytes === undefined ? {} : { newBytes }),
    };
  });
};
