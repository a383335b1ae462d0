/** How one file differs between two trees, as a review shows it. */
import { parseUnifiedDiff } from '../../../actors/model/review/unified-diff.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { tryGit } from '../../git/command/run-git.ts';
import { inRepository, type Repository } from '../../git/repository.ts';
import { treePatch } from '../../git/snapshots/tree-changes.ts';

/** As git takes it: a NUL among so many bytes at the beginning makes a file a binary one. */
const lookedAtBytes = 8_000;
const maxComparedBytes = 1024 * 1024;
/** Of all files together. */
const maxWholeBytes = 16 * 1024 * 1024;

export type AskedPatch = {
  readonly from: string;
  readonly to: string;
  readonly path?: string | undefined;
  readonly previousPath?: string | undefined;
  readonly context: number | 'all';
  readonly whitespace: 'ignore' | 'show';
};

export type ReviewPatch = {
  readonly text: string;
  readonly cut: boolean;
  readonly tooLarge: boolean;
  readonly binary: boolean;
};

/** Raises `review.not_found` for trees that the repository does not have, and what git raises. */
export const readReviewPatch = async (repository: Repository, asked: AskedPatch): Promise<ReviewPatch> => {
  const { from, to, path, previousPath, context, whitespace } = asked;
  // A name that is not UTF-8 cannot be given to git as it is shown: it is looked for among all.
  const isUnnamed = path?.includes('\ufffd') === true;
  const paths = isUnnamed ? [] : [previousPath, path].filter((each) => each !== undefined);
  const bound = paths.length === 0 ? { maxBytes: maxWholeBytes } : {};
  const ignoreWhitespace = whitespace === 'ignore';
  const read = await treePatch({ repository, from, to, paths, context, ignoreWhitespace, ...bound }).catch(
    async (thrown) => {
      for (const tree of [from, to]) await requireTree(repository, tree);
      throw thrown;
    },
  );
  const { cut } = read;
  if (path === undefined) return { text: read.text, cut, tooLarge: false, binary: false };
  const text = isUnnamed ? partOf(read.text, path) : read.text;
  if (!/^Binary files .* differ$/m.test(headOf(text))) return { text, cut, tooLarge: false, binary: false };
  const blobs = /^index ([0-9a-f]+)\.\.([0-9a-f]+)/m.exec(text)?.slice(1) ?? [];
  return { text: '', cut: false, ...(await whyNotByLines(repository, blobs)) };
};

/** The part of a patch that is of the file with this name, as it is shown; empty when there is none. */
const partOf = (text: string, path: string): string =>
  text.split(/^(?=diff --git )/m).find((part) => parseUnifiedDiff(part)[0]?.path === path) ?? '';

/** What stands before the first hunk: only there git says that a file is binary. */
const headOf = (text: string): string => {
  const hunk = text.indexOf('\n@@ ');
  return hunk === -1 ? text : text.slice(0, hunk);
};

const requireTree = async (repository: Repository, tree: string): Promise<void> => {
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${tree}^{tree}`];
  const found = await tryGit({ ...inRepository(repository), arguments: argv });
  if (found.exitCode === 0) return;
  throw new ThroughlineError('review.not_found', `the repository has no tree ${tree}`, {
    hint: 'ask for the files of the range again: its trees are named there',
  });
};

const whyNotByLines = async (
  repository: Repository,
  blobs: readonly string[],
): Promise<Pick<ReviewPatch, 'tooLarge' | 'binary'>> => {
  const call = inRepository(repository);
  let [tooLarge, binary] = [false, false];
  for (const blob of blobs) {
    if (/^0+$/.test(blob)) continue;
    const size = await tryGit({ ...call, arguments: ['cat-file', '-s', blob] });
    if (Number(size.stdout) > maxComparedBytes) tooLarge = true;
    const head = await tryGit({
      ...call,
      arguments: ['cat-file', 'blob', blob],
      maxOutputBytes: lookedAtBytes,
      cutOutput: true,
      encoding: 'latin1',
    });
    if (head.stdout.slice(0, lookedAtBytes).includes('\0')) binary = true;
  }
  // Neither too large nor a NUL in what was looked at: it stands further on.
  return { tooLarge, binary: binary || !tooLarge };
};
