/** What of a worktree differs from an index: the first and the longest step of a snapshot. */
import type { SeveralGits } from '../command/several-gits.ts';

const maxListBytes = 256 * 1024 * 1024;
const timeLimitMs = 10 * 60_000;

/** Paths of a worktree, as latin1, that differ from an index. */
export type Listed = {
  /** Of what the index has: changed, gone, in conflict. More than once never; some may turn out to be the same. */
  readonly tracked: readonly string[];
  /** Untracked files, those that are ignored left out. */
  readonly others: readonly string[];
  /** Folders that are repositories of their own, which git does not enter. */
  readonly repositories: readonly string[];
  /** Folders that cannot be opened. */
  readonly unopened: readonly string[];
};

/** Lists it, two gits side by side. Raises `git.failed`. */
export const listChanged = async (git: SeveralGits): Promise<Listed> => {
  const [tracked, untracked] = await Promise.all([
    listTracked(git),
    git.runWhole(listing(['ls-files', '-z', '--others', '--exclude-standard'])),
  ]);
  const others: string[] = [];
  const repositories: string[] = [];
  for (const path of pathsIn(untracked.stdout)) {
    // A repository, which git does not enter.
    if (path.endsWith('/')) repositories.push(path.slice(0, -1));
    else others.push(path);
  }
  const unopened = [...untracked.stderr.matchAll(/^warning: could not open directory '(.*?)\/?':/gm)].map((match) =>
    Buffer.from(match[1] ?? '', 'utf8').toString('latin1'),
  );
  return { tracked, others, repositories, unopened };
};

/**
 * What differs from the index of what is in it. `diff-files` looks at many files at once and takes half the time of
 * `ls-files`, which alone lists what it could not look at.
 */
const listTracked = async (git: SeveralGits): Promise<readonly string[]> => {
  // Of a repository inside this one the commit counts; nothing is started in it.
  const options = ['--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'];
  const { stdout, stderr } = await git.runWhole(listing(['diff-files', '-z', ...options]));
  if (stderr === '') return pathsIn(stdout);
  return pathsIn(await git.run(listing(['ls-files', '-z', '--modified', '--deleted'])));
};

const listing = (argv: readonly string[]) => ({
  arguments: argv,
  maxOutputBytes: maxListBytes,
  encoding: 'latin1' as const,
  timeLimitMs,
});

const pathsIn = (listed: string): readonly string[] => [...new Set(listed.split('\0'))].filter((path) => path !== '');
