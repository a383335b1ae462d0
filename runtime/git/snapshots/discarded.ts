/**
 * Work that was given up and can be brought back: under `refs/throughline/discarded/` a tag object of two trees, the
 * files before they were given up and after. `log`, `describe` and pushes do not see it, and gc keeps it. Work of removed
 * worktrees, which has commits of its own, is parked beside it (`park-work.ts`) and listed with it.
 */
import * as z from 'zod';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { runGit, tryGit } from '../command/run-git.ts';
import { inRepository, isCommitId, type Repository } from '../repository.ts';

const discardedFolder = 'refs/throughline/discarded/';
const parkedFolder = 'refs/throughline/parked/';
const maxListBytes = 64 * 1024 * 1024;

/** What is known of discarded work besides its trees; a line of JSON in the tag. */
const facts = z.object({
  session: z.string(),
  sessionName: z.string(),
  snapshot: z.number().int(),
  kind: z.string(),
  /** What it is, in a few words: `before undo of run 3`. */
  words: z.string(),
  /** How many files it is about, and how many lines of them it would bring back. */
  files: z.number().int(),
  lines: z.number().int(),
  /** The commit that was checked out. */
  head: z.string().nullable(),
});
export type DiscardedFacts = z.infer<typeof facts>;

export type DiscardedWork = {
  /** How it is called: the end of its ref. */
  readonly name: string;
  readonly ref: string;
  /** What the ref names, for a deletion that deletes nothing else. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The tree of the files as they were before it was given up. */
  readonly before: string;
  /** The tree without it; null where there was nothing before it. */
  readonly after: string | null;
  /** Null for work of a removed worktree, which is a commit: `id`. */
  readonly facts: DiscardedFacts | null;
  /** Its first line. */
  readonly subject: string;
};

/** The first name for what a session gives up with one of its snapshots: a session may do so twice, or another be called alike. */
const nameOf = ({ session, snapshot }: DiscardedFacts, number: number): string =>
  `${session.replaceAll('-', '').slice(-6)}-S${snapshot}${number === 1 ? '' : `-${number}`}`;

/**
 * Keeps work that is being given up, and gives its name. What is the same from tree to tree is kept once, from now on.
 * Raises what `runGit` raises.
 */
export const keepDiscarded = async (options: {
  readonly repository: Repository;
  readonly before: string;
  readonly after: string;
  readonly facts: DiscardedFacts;
  readonly now: number;
}): Promise<string> => {
  const { repository, before, after, now } = options;
  const call = inRepository(repository);
  const input = `040000 tree ${after}\tafter\n040000 tree ${before}\tbefore\n`;
  const tree = (await runGit({ ...call, arguments: ['mktree'], input })).trim();
  const { words, sessionName } = options.facts;
  for (let number = 1; ; number += 1) {
    const name = nameOf(options.facts, number);
    const ref = `${discardedFolder}${name}`;
    const there = await runGit({ ...call, arguments: ['for-each-ref', '--format=%(objectname) %(*objectname)', ref] });
    const [old = '', itsTree] = there.trim().split(' ');
    if (old !== '' && itsTree !== tree) continue;
    const tag = [
      `object ${tree}`,
      'type tree',
      `tag ${name}`,
      `tagger Throughline <throughline@localhost> ${Math.floor(now / 1000)} +0000`,
      '',
      `${words}, of ${sessionName}`.replace(/\s+/g, ' '),
      '',
      JSON.stringify(options.facts),
      '',
    ].join('\n');
    const id = (await runGit({ ...call, arguments: ['mktag'], input: tag })).trim();
    const made = await tryGit({ ...call, arguments: ['update-ref', '--', ref, id, old] });
    if (made.exitCode === 0) return name;
    throw new ThroughlineError('git.failed', `discarded work could not be kept: ${made.stderr.trim()}`);
  }
};

const format = ['%(refname)', '%(objectname)', '%(creatordate:unix)', '%(contents)'].join('%00');

/** All that is kept in a repository, the last first. Raises what `runGit` raises. */
export const listDiscarded = async (repository: Repository): Promise<readonly DiscardedWork[]> => {
  const call = { ...inRepository(repository), maxOutputBytes: maxListBytes };
  const listed = await runGit({
    ...call,
    arguments: ['for-each-ref', '--sort=-creatordate', `--format=${format}%00%01`, discardedFolder, parkedFolder],
  });
  const found = listed.split('\0\u0001\n').flatMap(readRecord);
  if (found.length === 0) return [];
  const names = found.flatMap(({ id, facts: known }) =>
    known === null ? [`${id}^{tree}`, `${id}^1^{tree}`] : [`${id}^{tree}:before`, `${id}^{tree}:after`],
  );
  const argv = ['cat-file', '--batch-check=%(objectname)'];
  const trees = (await runGit({ ...call, arguments: argv, input: `${names.join('\n')}\n` })).split('\n');
  return found.flatMap((work, index) => {
    const [before = '', after = ''] = trees.slice(2 * index, 2 * index + 2);
    return isCommitId(before) ? [{ ...work, before, after: isCommitId(after) ? after : null }] : [];
  });
};

const readRecord = (record: string): readonly Omit<DiscardedWork, 'before' | 'after'>[] => {
  const [ref, id, seconds, contents = ''] = record.split('\0');
  if (ref === undefined || id === undefined) return [];
  const isParked = ref.startsWith(parkedFolder);
  const known = isParked ? null : factsIn(contents);
  if (!isParked && known === null) return [];
  const name = ref.slice((isParked ? parkedFolder : discardedFolder).length);
  return [{ name, ref, id, at: Number(seconds) * 1000, facts: known, subject: contents.split('\n', 1)[0] ?? '' }];
};

const factsIn = (contents: string): DiscardedFacts | null => {
  for (const line of contents.split('\n')) {
    if (!line.startsWith('{')) continue;
    try {
      return facts.parse(JSON.parse(line));
    } catch {
      return null;
    }
  }
  return null;
};

/** Deletes it, unless it has become something else meanwhile. Raises what `runGit` raises. */
export const deleteDiscarded = async (repository: Repository, { ref, id }: DiscardedWork): Promise<void> => {
  await runGit({ ...inRepository(repository), arguments: ['update-ref', '-d', '--', ref, id] });
};

/** The files as they were before, as a commit on top of the one that was checked out then. Raises what `runGit` raises. */
export const asCommit = async (
  repository: Repository,
  { before, facts: known, subject, at }: DiscardedWork,
): Promise<string> => {
  const call = inRepository(repository);
  const head = known?.head ?? null;
  // That commit may have been rebased away, and cleared away since.
  const found =
    head === null
      ? null
      : await tryGit({ ...call, arguments: ['rev-parse', '--verify', '--quiet', `${head}^{commit}`] });
  const parent = found?.exitCode === 0 && head !== null ? ['-p', head] : [];
  const argv = ['commit-tree', '--no-gpg-sign', ...parent, '-m', subject, before];
  const date = `@${Math.floor(at / 1000)} +0000`;
  const person = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'Throughline'],
    [`GIT_${who}_EMAIL`, 'throughline@localhost'],
    [`GIT_${who}_DATE`, date],
  ]);
  const environment = { ...call.environment, ...Object.fromEntries(person) };
  return (await runGit({ ...call, environment, arguments: argv })).trim();
};
