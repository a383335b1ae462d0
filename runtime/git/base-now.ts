/** What a session's changes are compared with: where its branch and its base, as it is now, last had the same. */
import { type GitCall, runGit, tryGit } from './command/run-git.ts';
import { checkCommitId, isCommitId } from './repository.ts';

export type BaseNow = {
  /** What came before it is not the session's, whether the session began there, merged it or was rebased onto it. */
  readonly commit: string;
  /** Where the base stands now; null when it is gone, or has no name. */
  readonly tip: string | null;
  /** `remembered`: it is where the session began, since the base cannot say; `words` says why. */
  readonly from: 'now' | 'remembered';
  readonly words: string | null;
  /** How many commits HEAD has that the base lacks; 0 on a branch without any commit. */
  readonly ahead: number;
  /** How many commits the base has that HEAD lacks; null where there is no base to ask. */
  readonly behind: number | null;
  /** The branch that is really checked out; null: none is. */
  readonly branch: string | null;
};

/**
 * Finds it from the base branch (or tag, or commit) of this name as it is now. A merge in progress counts as done, as the
 * files do. When the branch was moved back, what the session began with still is not its own. `call` is that of the
 * worktree; where there is none any more, that of the repository, with the commit that was checked out as `head`.
 *
 * Raises `repository.bad_base` for a `baseCommit` that is no commit id, and what `runGit` raises.
 */
export const baseNow = async (
  call: Pick<GitCall, 'cwd' | 'environment'>,
  options: { readonly base: string | null; readonly baseCommit: string; readonly head?: string },
): Promise<BaseNow> => {
  const ask = async (...argv: readonly string[]): Promise<string | null> => {
    const outcome = await tryGit({ ...call, arguments: argv });
    return outcome.exitCode === 0 ? outcome.stdout.trim() : null;
  };
  const commitOf = (name: string): Promise<string | null> =>
    ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
  const count = async (of: readonly string[], without: readonly string[]): Promise<number> =>
    Number(await runGit({ ...call, arguments: ['rev-list', '--count', ...of, '--not', ...without, '--'] }));

  const began = checkCommitId(options.baseCommit);
  const [head, merging, tip, branch] = await Promise.all([
    commitOf(options.head ?? 'HEAD'),
    options.head === undefined ? commitOf('MERGE_HEAD') : null,
    tipOf(options.base, commitOf),
    options.head === undefined ? ask('symbolic-ref', '--quiet', '--short', 'HEAD') : null,
  ]);
  const remembered = async (words: string): Promise<BaseNow> => ({
    commit: began,
    tip,
    from: 'remembered',
    words,
    ahead: head === null ? 0 : await count([head], tip === null ? [began] : [began, tip]),
    behind: tip === null || head === null ? null : await count([tip], [head]),
    branch,
  });

  const name = options.base ?? 'the base';
  if (head === null) return remembered('the branch has no commit yet');
  if (tip === null) return remembered(`${name} is not there any more`);
  const sides = merging === null ? [head] : [head, merging];
  const candidates = new Set<string>();
  for (const side of sides) {
    const found = await ask('merge-base', side, tip, began);
    if (found !== null && isCommitId(found)) candidates.add(found);
  }
  if (candidates.size === 0) {
    const isShallow = (await ask('rev-parse', '--is-shallow-repository')) === 'true';
    return remembered(
      isShallow
        ? `this clone is too shallow to say what the branch and ${name} have in common`
        : `the branch and ${name} have nothing in common`,
    );
  }
  // Of two, the one that the other leads to; where none does, the first.
  const best = candidates.size === 1 ? null : await ask('merge-base', '--independent', ...candidates);
  const [commit = began] = best === null ? candidates : best.split('\n');
  return {
    commit,
    tip,
    from: 'now',
    words: null,
    ahead: await count([head], [tip, began]),
    behind: await count([tip], sides),
    branch,
  };
};

/** A branch before a tag of the same name: it is what moves on. */
const tipOf = async (
  base: string | null,
  commitOf: (name: string) => Promise<string | null>,
): Promise<string | null> => {
  if (base === null || base === '' || base.startsWith('-')) return null;
  return (await commitOf(`refs/heads/${base}`)) ?? (await commitOf(base));
};
