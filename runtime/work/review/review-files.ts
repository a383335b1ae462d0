/** The files of a range, and the ranges that there are. */
import { treeOrder } from '../../../actors/model/review/tree-order.ts';
import type { ReviewFile, ReviewFiles, ReviewRanges } from '../../../actors/protocol/gateway/review-routes.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import { type TreeChange, treeChanges, treeTotals } from '../../git/snapshots/tree-changes.ts';
import { isPictureName } from './picture.ts';
import { firstRange, lastRunOf, resolveRange, runsOf } from './ranges.ts';
import type { SessionTrees } from './session-trees.ts';

/** Raises `snapshot.not_found`, `repository.bad_base`, `worktree.missing`, and what git raises. */
export const listReviewFiles = async (trees: SessionTrees, asked: string | undefined): Promise<ReviewFiles> => {
  const { work, repository } = trees;
  const { range, run, from, to } = await resolveRange(asked ?? (await firstRange(trees)), trees);
  const ref = /^base:(.+)$/.exec(range)?.[1] ?? null;
  const [{ files, cut }, standing, base] = await Promise.all([
    treeChanges({ repository, from: from.tree, to: to.tree }),
    trees.standing(),
    trees.base(ref),
  ]);
  const withMarks = createMarks(work);
  return {
    range,
    run,
    from: from.tree,
    to: to.tree,
    fromEnd: from,
    toEnd: to,
    base: base === null ? null : { name: base.name, commit: base.commit, from: base.from, words: base.words },
    files: files.map(withMarks).sort((left, right) => treeOrder(left.path, right.path)),
    cut,
    behind: standing?.behind ?? null,
    ahead: standing?.ahead ?? null,
    branch: standing === null ? repository.headBranch : (standing.branch ?? work.snapshots.at(-1)?.branch ?? null),
  };
};

/** What each range that a review offers has in it. One that cannot be looked at is left out. Raises as above. */
export const listReviewRanges = async (trees: SessionTrees): Promise<ReviewRanges> => {
  const { work, repository } = trees;
  const run = lastRunOf(work);
  const offered = [
    ...(run === null ? [] : [`run:${run}`]),
    ...(work.lookedAt === null ? [] : ['looked']),
    ...(trees.state.baseCommit === null ? [] : ['base']),
  ];
  const now = await trees.now();
  const ranges: ReviewRanges['ranges'] = [];
  for (const range of offered) {
    const resolved = await resolveRange(range, trees).catch(() => null);
    if (resolved === null) continue;
    const totals = await treeTotals({ repository, from: resolved.from.tree, to: resolved.to.tree });
    ranges.push({ range, run: resolved.run, ...totals });
  }
  const first = await firstRange({ ...trees, now: async () => now });
  return {
    ranges,
    first: ranges.some(({ range }) => range === first) ? first : (ranges[0]?.range ?? null),
    runs: [...runsOf(work)],
  };
};

/** Gives each file its comments and whether it was viewed as it is. */
const createMarks = ({ comments, viewed }: SessionWork): ((change: TreeChange) => ReviewFile) => {
  const countByPath = new Map<string, number>();
  for (const { path, resolved } of comments) {
    if (!resolved) countByPath.set(path, (countByPath.get(path) ?? 0) + 1);
  }
  const viewedBlobs = new Map(viewed.map(({ path, blob }) => [path, blob]));
  return ({ latin1Path: _, ...change }) => {
    const { path, previousPath, newBlob } = change;
    const before = previousPath === undefined ? 0 : (countByPath.get(previousPath) ?? 0);
    const seen = viewedBlobs.get(path);
    return {
      ...change,
      picture: isPictureName(path),
      comments: (countByPath.get(path) ?? 0) + before,
      viewed: seen === undefined ? 'no' : seen === newBlob ? 'yes' : 'changed',
    };
  };
};
