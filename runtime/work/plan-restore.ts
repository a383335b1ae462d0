/** What a restore makes of the tree as it is now: computed before anything is changed, for the preview and the deed. */
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { RestoreRequest, stayReasons } from '../../actors/protocol/gateway/snapshot-routes.ts';
import type { SessionWork, Snapshot } from '../../actors/protocol/gateway/work.ts';
import { tryGit } from '../git/command/run-git.ts';
import { inRepository, type Repository } from '../git/repository.ts';
import {
  changedPaths,
  editTree,
  entryAt,
  isWithin,
  mergeFile,
  type PathChange,
  pathBytes,
  pathText,
  type TreeEntry,
  withoutHunks,
} from '../git/snapshots/edit-tree.ts';
import { reachableTree } from '../git/snapshots/put-back.ts';
import { readHunkHead } from '../git/snapshots/take-back-hunks.ts';
import { treeChanges } from '../git/snapshots/tree-changes.ts';

export type Staying = { readonly path: string; readonly why: (typeof stayReasons)[number] };

export type RestorePlan = {
  readonly tree: string;
  /** The snapshot that it, or its files, are of; null where it is none's. */
  readonly to: number | null;
  /** The run that is taken back; null where none is. */
  readonly run: number | null;
  readonly stays: readonly Staying[];
  /** Files that were changed again after the run that is taken back. */
  readonly changedSince: readonly string[];
};

type PlanOptions = {
  readonly repository: Repository;
  readonly work: SessionWork;
  /** The snapshot of what is there now. */
  readonly now: Snapshot;
  readonly request: RestoreRequest;
};

/**
 * Raises `snapshot.not_found` for what is asked to be put back to and is not there, `snapshot.gone` for what git has no
 * more, `restore.in_the_way` for changes that are no more, or where a revert meets what was changed since, and what git
 * raises.
 */
export const planRestore = async (options: PlanOptions): Promise<RestorePlan> => {
  const { repository, now } = options;
  const { wanted, ...plan } = await wantedTree(options);
  const { tree, stay } = await reachableTree({ repository, from: now.tree, to: wanted });
  const held = stay.map(({ path, why }): Staying => ({ path: pathText(path), why }));
  return { ...plan, tree, stays: [...held, ...plan.stays] };
};

type Wanted = Omit<RestorePlan, 'tree'> & { readonly wanted: string };

const wantedTree = async (options: PlanOptions): Promise<Wanted> => {
  const { request, work } = options;
  const run = typeof request.to === 'string' ? /^before-run:(\d+)$/.exec(request.to)?.[1] : undefined;
  if (run !== undefined) return beforeRun(options, Number(run));
  const target = typeof request.to === 'number' ? snapshotOf(work, request.to) : null;
  const tree =
    target === null ? await treeNamed(options.repository, String(request.to)) : await keptTree(options, target);
  const to = target?.snapshot ?? null;
  const wanted = await withPaths(options, tree);
  return { wanted, to, run: null, stays: [], changedSince: [] };
};

/** The snapshot of that number. Raises `snapshot.not_found`. */
export const snapshotOf = ({ snapshots }: SessionWork, number: number): Snapshot => {
  const found = snapshots.find(({ snapshot }) => snapshot === number);
  if (found !== undefined) return found;
  const last = snapshots.at(-1);
  throw new ThroughlineError('snapshot.not_found', `there is no snapshot S${number} of this session`, {
    hint: last === undefined ? 'it has none yet' : `its last one is S${last.snapshot}`,
  });
};

/** The tree of a snapshot. Raises `snapshot.gone` where its repository has it no more. */
export const keptTree = async (
  { repository }: Pick<PlanOptions, 'repository'>,
  { snapshot, tree }: Pick<Snapshot, 'snapshot' | 'tree'>,
): Promise<string> => {
  if (await hasTree(repository, tree)) return tree;
  throw new ThroughlineError('snapshot.gone', `the files of S${snapshot} are not in the repository any more`, {
    hint: 'somebody deleted the ref that kept them; `throughline verify` says what is gone',
  });
};

const treeNamed = async (repository: Repository, id: string): Promise<string> => {
  const argv = ['rev-parse', '--verify', '--quiet', `${id}^{tree}`];
  const found = await tryGit({ ...inRepository(repository), arguments: argv });
  if (found.exitCode === 0) return found.stdout.trim();
  throw new ThroughlineError('snapshot.not_found', `the repository has no tree ${id}`);
};

/** The tree of now with what was asked for as in another one. */
const withPaths = async ({ repository, now, request }: PlanOptions, tree: string): Promise<string> => {
  if (request.hunks !== undefined) return withHunksBack({ repository, now: now.tree, request, tree });
  if (request.paths === null) return tree;
  const changes = await changedPaths({ repository, from: now.tree, to: tree });
  const named = await withOtherNames(repository, now.tree, tree, request.paths);
  return editTree({
    repository,
    tree: now.tree,
    entries: entriesOf(changes.filter(({ path }) => isWithin(path, named))),
  });
};

const entriesOf = (changes: readonly PathChange[]) => changes.map(({ path, after }) => ({ path, entry: after }));

/** The paths, and of a renamed file among them its other name: half of a renaming is no state that ever was. */
const withOtherNames = async (
  repository: Repository,
  from: string,
  to: string,
  paths: readonly string[],
): Promise<readonly string[]> => {
  const { files } = await treeChanges({ repository, from, to });
  const renamed = files.flatMap(({ path, previousPath }) => (previousPath === undefined ? [] : [[path, previousPath]]));
  const others = renamed.filter((names) => names.some((name) => isWithin(name, paths))).flat();
  return [...paths, ...others].map(pathBytes);
};

const withHunksBack = async (options: {
  readonly repository: Repository;
  readonly now: string;
  readonly tree: string;
  readonly request: RestoreRequest;
}): Promise<string> => {
  const { repository, now, tree, request } = options;
  const entries: { path: string; entry: TreeEntry | null }[] = [];
  const asked = request.hunks ?? [];
  for (const path of new Set(asked.map((hunk) => hunk.path))) {
    const hunks = asked.filter((hunk) => hunk.path === path);
    const bytes = pathBytes(path);
    const previous = hunks.find(({ previousPath }) => previousPath !== undefined)?.previousPath;
    const seen = await entryAt(repository, request.seen ?? now, bytes);
    const taken = await withoutHunks({
      repository,
      path: bytes,
      before: await entryAt(repository, tree, previous === undefined ? bytes : pathBytes(previous)),
      after: seen,
      asked: hunks.map(({ header }) => readHunkHead(header)),
    });
    const ours = await entryAt(repository, now, bytes);
    entries.push({ path: bytes, entry: await mergeFile({ repository, path: bytes, ours, base: seen, other: taken }) });
  }
  return editTree({ repository, tree: now, entries });
};

const beforeRun = async (options: PlanOptions, run: number): Promise<Wanted> => {
  const { repository, work, now, request } = options;
  const start = work.snapshots.findLast((each) => each.reason === 'run_start' && each.run === run);
  if (start === undefined) {
    throw new ThroughlineError('snapshot.not_found', `there is no snapshot of the start of run ${run}`, {
      hint: 'say which snapshot to put back to: --to S2',
    });
  }
  const end = work.snapshots.find((each) => each.reason === 'run_end' && each.run === run) ?? now;
  for (const each of [start, end]) await keptTree({ repository }, each);
  const plan = { to: start.snapshot, run };
  if (request.paths !== null || request.hunks !== undefined) {
    return { ...plan, wanted: await withPaths(options, start.tree), stays: [], changedSince: [] };
  }
  const [ofRun, since] = [
    await changedPaths({ repository, from: end.tree, to: start.tree }),
    await changedPaths({ repository, from: now.tree, to: end.tree }),
  ];
  const changedPathsSince = new Set(since.map(({ path }) => path));
  const pathsOfRun = new Set(ofRun.map(({ path }) => path));
  const changedSince = [...pathsOfRun].filter((path) => changedPathsSince.has(path)).map(pathText);
  if (request.all) return { ...plan, wanted: start.tree, stays: [], changedSince };
  const stays = [...changedPathsSince]
    .filter((path) => !pathsOfRun.has(path))
    .map((path): Staying => ({ path: pathText(path), why: 'changed_since' }));
  const entries =
    request.kind === 'revert'
      ? await revertedEntries(repository, now.tree, ofRun)
      : ofRun.map(({ path, after }) => ({ path, entry: after }));
  return { ...plan, wanted: await editTree({ repository, tree: now.tree, entries }), stays, changedSince };
};

/** The change of a run taken back line by line, so that what was done to the same files since stays. */
const revertedEntries = async (repository: Repository, now: string, ofRun: readonly PathChange[]) => {
  const entries: { path: string; entry: TreeEntry | null }[] = [];
  for (const { path, before, after } of ofRun) {
    const ours = await entryAt(repository, now, path);
    entries.push({ path, entry: await mergeFile({ repository, path, ours, base: before, other: after }) });
  }
  return entries;
};

/** Whether git has this tree (still). */
export const hasTree = async (repository: Repository, tree: string): Promise<boolean> => {
  const found = await tryGit({
    ...inRepository(repository),
    arguments: ['rev-parse', '--verify', '--quiet', `${tree}^{tree}`],
  });
  return found.exitCode === 0;
};
