/** Where the lines of comments are in a tree: the files they were written on are compared with those that are there. */

import {
  type Followed,
  findQuote,
  followLines,
  type LineRange,
  linesOf,
} from '../../../actors/model/review/follow-lines.ts';
import type { ReviewComment } from '../../../actors/protocol/gateway/work.ts';
import { tryGit } from '../../git/command/run-git.ts';
import { inRepository, type Repository } from '../../git/repository.ts';
import { treeChanges } from '../../git/snapshots/tree-changes.ts';
import { blobsAt } from '../../git/trees/blobs-at.ts';
import { readBlobs } from '../../git/trees/read-blobs.ts';

/** Lines of a file of a tree, which may be of any age. */
export type Placing = LineRange & {
  readonly tree: string;
  readonly path: string;
  /** The lines as they were, whole: they are looked for where the tree is kept no more. */
  readonly quote?: string;
};

export type Placed = {
  /** Where the file is; null when it is not there. */
  readonly path: string | null;
  readonly followed: Followed;
  /** Set when nobody could look: the file is too large, or is not in the tree that it was said to be of. */
  readonly unread?: true;
};

/** Larger files are not looked into. */
export const maxFollowedBytes = 2 * 1024 * 1024;

/** What a comment's lines are looked for by. */
export const placingOf = ({ tree, path, from, to, quote }: ReviewComment): Placing => ({
  tree,
  path,
  from,
  to,
  ...(quote.truncated === undefined ? { quote: quote.text } : {}),
});

const nowhere: Placed = { path: null, followed: { kind: 'gone', nearest: 0 } };
const unread = (path: string | null): Placed => ({ ...nowhere, path, unread: true });

/** What was found before: trees never change, so what was where stays true. */
export type KnownPlaces = Map<string, Placed>;

const maxKnown = 20_000;

/** As `placeInTree`, which is asked only for what is not known; what it finds is known from then on. */
export const placeOnce = async (
  known: KnownPlaces,
  repository: Repository,
  placings: readonly Placing[],
  tree: string,
): Promise<readonly Placed[]> => {
  const keyOf = ({ tree: of, path, from, to }: Placing): string => JSON.stringify([of, path, from, to, tree]);
  const unknown = placings.filter((placing) => !known.has(keyOf(placing)));
  const found = await placeInTree(repository, unknown, tree);
  const placed = placings.map((placing) => known.get(keyOf(placing)) ?? found[unknown.indexOf(placing)] ?? nowhere);
  if (known.size + unknown.length > maxKnown) known.clear();
  unknown.forEach((placing, index) => {
    const place = found[index];
    // What could not be looked at may be there another time.
    if (place !== undefined && place.unread === undefined) known.set(keyOf(placing), place);
  });
  return placed;
};

/**
 * Follows each of them to the tree, in their order: by its path, or to where git says that the file was renamed to. Four
 * processes of git for each tree that they are of, however many there are.
 *
 * Raises what git raises.
 */
export const placeInTree = async (
  repository: Repository,
  placings: readonly Placing[],
  tree: string,
): Promise<readonly Placed[]> => {
  const placed = new Map<Placing, Placed>();
  for (const [from, ofTree] of grouped(placings, ({ tree: of }) => of)) {
    const found = await placeFrom(repository, from, ofTree, tree);
    ofTree.forEach((placing, index) => {
      placed.set(placing, found[index] ?? nowhere);
    });
  }
  return placings.map((placing) => placed.get(placing) ?? nowhere);
};

const placeFrom = async (
  repository: Repository,
  from: string,
  placings: readonly Placing[],
  to: string,
): Promise<readonly Placed[]> => {
  if (from === to) return placings.map(({ path, ...range }) => ({ path, followed: asItWas(range) }));
  const paths = placings.map(({ path }) => path);
  const before = await blobsAt(repository, from, paths).catch((thrown) => isThere(repository, from, thrown));
  if (before === null) return findQuotes(repository, placings, to);
  const newPaths = await renamed(repository, from, to, before, await blobsAt(repository, to, paths));
  const after = await blobsAt(repository, to, newPaths.values());
  const changed = [...newPaths].flatMap(([path, newPath]) => {
    const [was, is] = [before.get(path), after.get(newPath)];
    return was === undefined || is === undefined || was === is ? [] : [was, is];
  });
  const contents = await readBlobs(repository, changed, maxFollowedBytes);
  const linesIn = (blob: string): readonly string[] | null => {
    const bytes = contents.get(blob);
    return bytes === undefined ? null : linesOf(bytes.toString('utf8'));
  };
  const results = new Map<Placing, Placed>();
  for (const [path, ofFile] of grouped(placings, ({ path }) => path)) {
    const newPath = newPaths.get(path) ?? null;
    const [was, is] = [before.get(path), after.get(newPath ?? '')];
    const [old, now] = was === is || was === undefined || is === undefined ? [[], []] : [linesIn(was), linesIn(is)];
    const followed = was === is || old === null || now === null ? ofFile.map(asItWas) : followLines(old, now, ofFile);
    ofFile.forEach((placing, index) => {
      if (was === undefined || old === null || now === null) results.set(placing, unread(newPath));
      else if (is !== undefined) results.set(placing, { path: newPath, followed: followed[index] ?? asItWas(placing) });
    });
  }
  return placings.map((placing) => results.get(placing) ?? nowhere);
};

/** Null when the tree is kept no more; else what went wrong is raised. */
const isThere = async (repository: Repository, tree: string, thrown: unknown): Promise<null> => {
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${tree}^{tree}`];
  const { exitCode } = await tryGit({ ...inRepository(repository), arguments: argv });
  if (exitCode === 0) throw thrown;
  return null;
};

/** By the quoted lines alone, in the file of the same path. */
const findQuotes = async (
  repository: Repository,
  placings: readonly Placing[],
  to: string,
): Promise<readonly Placed[]> => {
  const blobs = await blobsAt(
    repository,
    to,
    placings.map(({ path }) => path),
  );
  const contents = await readBlobs(repository, blobs.values(), maxFollowedBytes);
  return placings.map(({ path, quote }) => {
    const blob = blobs.get(path);
    if (blob === undefined) return nowhere;
    const lines = linesOf(contents.get(blob)?.toString('utf8') ?? '');
    const found = quote === undefined ? null : findQuote(lines, linesOf(quote));
    return found === null ? unread(path) : { path, followed: { kind: 'same', ...found } };
  });
};

const grouped = <Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
};

const asItWas = ({ from, to }: LineRange): Followed => ({ kind: 'same', from, to });

/** Where each of the files is in the other tree, by where it was; those that are not there are left out. */
const renamed = async (
  repository: Repository,
  from: string,
  to: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> => {
  const there = new Map<string, string>();
  const lost: string[] = [];
  for (const path of before.keys()) {
    if (after.has(path)) there.set(path, path);
    else lost.push(path);
  }
  if (lost.length === 0) return there;
  const { files } = await treeChanges({ repository, from, to });
  for (const { path, previousPath } of files) {
    if (previousPath !== undefined && lost.includes(previousPath)) there.set(previousPath, path);
  }
  return there;
};
