import { runGit, tryGit } from '../../git/command/run-git.ts';
import { inRepository, type Repository } from '../../git/repository.ts';

/** A commit that was checked out, and when that was known: in milliseconds UTC. */
type Moment = { readonly head: string | null; readonly at: number };

export type OwnCommits = {
  /** What was committed there in that time. */
  readonly own: ReadonlySet<string>;
  /** What a merge or a rebase brought in: the commits that the own ones stand on or took in. */
  readonly foreign: readonly string[];
};

const none: OwnCommits = { own: new Set(), foreign: [] };
/** Git's times are in whole seconds. */
const slackMs = 2_000;
const maxCommits = 1_000;

/**
 * What came onto a branch between two moments, told apart by when and where it was committed: along the first parents, in
 * that time, and by no other session. A rebase makes its commits anew, so they are own ones, too.
 *
 * Raises what git raises; of commits that are not there any more nothing is said.
 */
export const ownCommitsBetween = async (
  repository: Repository,
  session: string,
  before: Moment,
  after: Moment,
): Promise<OwnCommits> => {
  if (after.head === null || after.head === before.head) return none;
  const call = inRepository(repository);
  const isThere = async (id: string): Promise<boolean> =>
    (await tryGit({ ...call, arguments: ['rev-parse', '--verify', '--quiet', `${id}^{commit}`] })).exitCode === 0;
  if (!(await isThere(after.head)) || (before.head !== null && !(await isThere(before.head)))) return none;
  const format = '%H%x01%ct%x01%P%x01%(trailers:key=Throughline-Session,valueonly,separator=%x20)';
  const listed = await runGit({
    ...call,
    arguments: [
      'log',
      '-z',
      '--first-parent',
      '--no-show-signature',
      `--max-count=${maxCommits}`,
      `--format=${format}`,
      after.head,
      ...(before.head === null ? [] : [`^${before.head}`]),
      '--',
    ],
    cutOutput: true,
  });
  const own = new Set<string>();
  const parents: string[] = [];
  for (const entry of listed.split('\0')) {
    const [id = '', seconds = '', its = '', sessions = ''] = entry.split('\u0001');
    const at = Number(seconds) * 1000;
    const isOthers = sessions.trim() !== '' && !sessions.toLowerCase().includes(session);
    if (id === '' || isOthers || at < before.at - slackMs || at > after.at + slackMs) break;
    own.add(id);
    parents.push(...its.split(' ').filter((parent) => parent !== ''));
  }
  if (own.size === 0) return { own, foreign: [after.head] };
  const foreign: string[] = [];
  for (const parent of new Set(parents)) {
    if (own.has(parent) || parent === before.head) continue;
    const known =
      before.head === null
        ? null
        : await tryGit({ ...call, arguments: ['rev-list', '--max-count=1', parent, `^${before.head}`, '--'] });
    // One that was there before brings nothing.
    if (known?.stdout.trim() !== '') foreign.push(parent);
  }
  return { own, foreign };
};
