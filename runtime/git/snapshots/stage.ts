import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { runGit } from '../command/run-git.ts';
import { inWorktree, type OpenWorktree } from '../open-worktree.ts';
import { isCommitId, type Repository } from '../repository.ts';
import {
  changedPaths,
  entryAt,
  indexInfo,
  isWithin,
  mergeFile,
  type PathChange,
  pathBytes,
  pathText,
  type TreeEntry,
  withoutHunks,
} from './edit-tree.ts';
import { findPointers } from './find-pointers.ts';
import { type Hunk, reverseHunk } from './take-back-hunks.ts';

export type StagedHunk = { readonly path: string; readonly previousPath?: string | undefined; readonly hunk: Hunk };

const timeLimitMs = 10 * 60_000;

type Place = {
  readonly repository: Repository;
  readonly worktree: OpenWorktree;
  /** The tree of the worktree's files, and that of the commit that is checked out. */
  readonly now: string;
  readonly head: string;
};

/**
 * Puts files, or all of some folders, into a worktree's own index as they are now; or has the index say of them what the
 * commit says. The files stay as they are. Gives the paths that it changed.
 *
 * Raises what `runGit` raises, as while another git has the index.
 */
export const stagePaths = async (
  place: Place & { readonly paths: readonly string[]; readonly staged: boolean },
): Promise<readonly string[]> => {
  const { repository, now, head, staged } = place;
  const paths = place.paths.map(pathBytes);
  const to = staged ? now : head;
  const from = await indexTree(place.worktree);
  const changes = (await changedPaths({ repository, from, to })).filter(({ path }) => isWithin(path, paths));
  const pointers = await findPointers(repository, staged ? changes.map(({ after }) => after) : []);
  const isBig = ({ after }: PathChange): boolean => after !== null && pointers.get(after.id) === 'big';
  const entries = changes.filter((change) => !isBig(change)).map(({ path, after }) => ({ path, entry: after }));
  await writeEntries(place.worktree, entries, to.length);
  await addByGit(
    place.worktree,
    changes.filter(isBig).map(({ path }) => path),
  );
  return changes.map(({ path }) => pathText(path));
};

/**
 * The same with changes of lines alone, as they stand in the diff from `from` to the files of now. What else is staged of
 * a file stays. Raises `restore.in_the_way` where it has no such change, and as `stagePaths` does.
 */
export const stageHunks = async (
  place: Place & { readonly hunks: readonly StagedHunk[]; readonly from: string; readonly staged: boolean },
): Promise<readonly string[]> => {
  const { repository, worktree, now, from, hunks, staged } = place;
  const index = await indexTree(worktree);
  const entries: { path: string; entry: TreeEntry | null }[] = [];
  for (const path of new Set(hunks.map((each) => each.path))) {
    const ofPath = hunks.filter((each) => each.path === path);
    const bytes = pathBytes(path);
    const previous = ofPath.find(({ previousPath }) => previousPath !== undefined)?.previousPath;
    const before = await entryAt(repository, from, previous === undefined ? bytes : pathBytes(previous));
    // The file before with these changes and no others: taken back is what was never made.
    const changed = await withoutHunks({
      repository,
      path: bytes,
      before: await entryAt(repository, now, bytes),
      after: before,
      asked: ofPath.map(({ hunk }) => reverseHunk(hunk)),
    });
    const ours = await entryAt(repository, index, bytes);
    const [base, other] = staged ? [before, changed] : [changed, before];
    entries.push({ path: bytes, entry: await mergeFile({ repository, path: bytes, ours, base, other }) });
  }
  await writeEntries(worktree, entries, now.length);
  return entries.map(({ path }) => pathText(path));
};

/** What is staged, as a tree. Raises `git.failed` while there are conflicts. */
const indexTree = async (worktree: OpenWorktree): Promise<string> => {
  const tree = (await runGit({ ...inWorktree(worktree), arguments: ['write-tree'] })).trim();
  if (isCommitId(tree)) return tree;
  throw new ThroughlineError('git.failed', `git write-tree gave no tree in ${worktree.path}`);
};

const writeEntries = async (
  worktree: OpenWorktree,
  entries: readonly { readonly path: string; readonly entry: TreeEntry | null }[],
  digits: number,
): Promise<void> => {
  if (entries.length === 0) return;
  await runGit({
    ...inWorktree(worktree),
    arguments: ['update-index', '-z', '--add', '--replace', '--index-info'],
    input: indexInfo(entries, digits),
  });
};

/** Files that a snapshot has no bytes of, which git has to read by itself. */
const addByGit = async (worktree: OpenWorktree, paths: readonly string[]): Promise<void> => {
  if (paths.length === 0) return;
  const input = Buffer.from(`${paths.join('\0')}\0`, 'latin1');
  const argv = ['update-index', '--add', '--replace', '-z', '--stdin'];
  await runGit({ ...inWorktree(worktree), arguments: argv, input, timeLimitMs });
};
