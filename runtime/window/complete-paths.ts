/** Completes a piece of a path with the files of a session's folder, for who names one in a prompt. Pure. */

const maxPaths = 20;

/**
 * The paths that a piece of one may mean, the likeliest first: its file's name begins so, then a name in it does, then it
 * stands anywhere in it; among equals the shorter.
 * @example
 * completePaths(['src/rapid.ts', 'src/api/x.ts', 'api.md'], 'api') // => ['api.md', 'src/api/x.ts', 'src/rapid.ts']
 */
export const completePaths = (paths: readonly string[], piece: string): readonly string[] => {
  const wanted = piece.toLowerCase();
  return paths
    .flatMap((path) => {
      const rank = rankOf(path.toLowerCase(), wanted);
      return rank === null ? [] : [{ path, rank }];
    })
    .sort(
      (one, other) => one.rank - other.rank || one.path.length - other.path.length || (one.path < other.path ? -1 : 1),
    )
    .slice(0, maxPaths)
    .map(({ path }) => path);
};

const rankOf = (path: string, wanted: string): number | null => {
  if (path.slice(path.lastIndexOf('/') + 1).startsWith(wanted)) return 0;
  if (path.startsWith(wanted) || path.includes(`/${wanted}`)) return 1;
  return path.includes(wanted) ? 2 : null;
};
