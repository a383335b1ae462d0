/** Conflicts before anything is tried: of a session with its branch, and with the other sessions of its repository. */
import { conflictWords } from '../../../actors/model/work/conflict-words.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { ConflictingFile, Foreseen } from '../../../actors/protocol/gateway/landing-routes.ts';
import { runGit, tryGit } from '../../git/command/run-git.ts';
import { conflictLines } from '../../git/landing/conflict-lines.ts';
import { type Conflict, mergeManyTrees, type Pair } from '../../git/landing/merge-trees.ts';
import { commitOfNobody } from '../../git/landing/nobodys-commit.ts';
import type { LandedBefore } from '../../git/landing/prepare-landing.ts';
import { mergeBaseTree } from '../../git/landing/prepare-landing.ts';
import { inRepository, type Repository } from '../../git/repository.ts';

/** A session's work in git: what is checked out, and the files as they are. */
export type WorkInGit = {
  readonly head: string;
  readonly tree: string;
  readonly landedBefore: LandedBefore | null;
};

export type OtherWork = WorkInGit & { readonly id: SessionId; readonly name: string };

const maxFiles = 200;
const maxLooked = 20;
const maxBlobBytes = 1024 * 1024;

/** Raises what `runGit` raises. */
export const foresee = async (
  repository: Repository,
  tip: string,
  mine: WorkInGit,
  others: readonly OtherWork[],
): Promise<Foreseen> => {
  const own = await commitOf(repository, mine);
  const base = await mergeBaseTree(repository, { onto: tip, ...mine });
  const pairs: Pair[] = [{ ours: tip, theirs: own, ...(base === null ? {} : { base }) }];
  for (const other of others) pairs.push({ ours: await commitOf(repository, other), theirs: own });
  const [withBase, ...withOthers] = await mergeManyTrees(repository, pairs);
  const sessions: Foreseen['sessions'] = [];
  for (const [index, { id, name }] of others.entries()) {
    const merge = withOthers[index];
    const files = merge?.kind === 'conflicts' ? await conflictingFiles(repository, merge) : [];
    sessions.push({ id, name, files: [...files] });
  }
  return {
    base: withBase?.kind === 'conflicts' ? [...(await conflictingFiles(repository, withBase))] : [],
    sessions,
  };
};

/** Its work as a commit, also what is not committed yet. */
export const commitOf = async (repository: Repository, { head, tree }: WorkInGit): Promise<string> =>
  commitOfNobody(repository, { tree, parents: [head], message: 'what is not committed' });

/** The files of a conflict with what conflicts in them; where lines do, which. Raises what `runGit` raises. */
export const conflictingFiles = async (
  repository: Repository,
  merge: { readonly tree: string | null; readonly files: readonly string[]; readonly conflicts: readonly Conflict[] },
): Promise<readonly ConflictingFile[]> => {
  const found: ConflictingFile[] = [];
  for (const [index, path] of merge.files.slice(0, maxFiles).entries()) {
    const conflict = merge.conflicts.find(({ paths }) => paths.includes(path)) ?? null;
    if (conflict === null) {
      found.push({ path, words: null });
      continue;
    }
    const hasLines = conflict.kind === 'contents' || conflict.kind === 'content' || conflict.kind === 'add/add';
    const text = hasLines && merge.tree !== null && index < maxLooked ? await textAt(repository, merge.tree, path) : '';
    found.push({ path, words: conflictWords(conflict.kind, conflictLines(text)) });
  }
  return found;
};

const textAt = async (repository: Repository, tree: string, path: string): Promise<string> => {
  const call = inRepository(repository);
  const listed = await runGit({ ...call, arguments: ['ls-tree', '-z', '--full-tree', tree, '--', path] });
  const blob = /^100\d+ blob ([0-9a-f]+)\t/.exec(listed)?.[1];
  if (blob === undefined) return '';
  const read = await tryGit({
    ...call,
    arguments: ['cat-file', 'blob', blob],
    maxOutputBytes: maxBlobBytes,
    cutOutput: true,
  });
  return read.stdout;
};
