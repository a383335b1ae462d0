/**
 * What keeps the snapshots of a session from `git gc`. One ref, at a tree of trees (`S1`, `S2`, …): `log --all`, `describe`
 * and pushes do not see it. A commit that was checked out and then left behind by a rebase or the like gets a ref of its
 * own, because a tree keeps no commits.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type SeveralGits, severalGits } from '../command/several-gits.ts';
import { inRepository, isCommitId, type RepositoryPlace } from '../repository.ts';

type Session = { readonly repository: RepositoryPlace; readonly session: string };
type Keeping = Session & { readonly git: SeveralGits };

const treesRef = (session: string): string => `refs/throughline/snapshots/${session}`;
const commitsFolder = (session: string): string => `refs/throughline/commits/${session}/`;
const entryOf = (snapshot: number): string => `S${snapshot}`;
const maxListBytes = 64 * 1024 * 1024;

/**
 * Keeps a snapshot's tree, in the place of what was kept under its number; and the commit that was checked out before,
 * where the one that is checked out now does not lead back to it.
 *
 * One at a time for a session. Raises `git.failed`, also when git has cleared the tree away meanwhile.
 */
export const keepTree = async (
  options: Session & {
    readonly snapshot: number;
    readonly tree: string;
    readonly head: string | null;
    /** The commit of the snapshot before; null where there is none. */
    readonly headBefore: string | null;
    /** The git of the worktree that it was taken from, where there is one at hand. */
    readonly git?: SeveralGits;
  },
): Promise<void> => {
  const { snapshot, tree, head, headBefore } = options;
  const keeping = { ...options, git: options.git ?? (await severalGits(inRepository(options.repository))) };
  const kept = await readKept(keeping);
  await writeKept(keeping, kept, new Map(kept.entries).set(entryOf(snapshot), tree));
  if (headBefore === null || headBefore === head) return;
  if (head !== null && (await leadsBack(keeping, head, headBefore))) return;
  await keepCommit(keeping, headBefore);
};

/** Keeps of a session these snapshots and their commits alone, and nothing where there are none. Raises as `keepTree`. */
export const keepOnly = async (
  options: Session & { readonly snapshots: readonly { readonly snapshot: number; readonly head: string | null }[] },
): Promise<void> => {
  const keeping = { ...options, git: await severalGits(inRepository(options.repository)) };
  const kept = await readKept(keeping);
  const wanted = new Set(options.snapshots.map(({ snapshot }) => entryOf(snapshot)));
  await writeKept(keeping, kept, new Map([...kept.entries].filter(([name]) => wanted.has(name))));
  const heads = new Set(options.snapshots.map(({ head }) => head));
  for (const [ref, commit] of await keptCommits(keeping)) {
    if (!heads.has(commit)) await updateRef(keeping, ['-d', '--', ref]);
  }
};

type Kept = {
  /** What the ref names; null where there is none. */
  readonly root: string | null;
  /** Trees by their entries. */
  readonly entries: ReadonlyMap<string, string>;
};

const readKept = async ({ git, session }: Keeping): Promise<Kept> => {
  // The id and what is in it by one process, and a ref that is not there is told from a tree that cannot be read.
  const said = await git.run({
    arguments: ['cat-file', '--batch'],
    input: `${treesRef(session)}\n`,
    encoding: 'latin1',
    maxOutputBytes: maxListBytes,
  });
  const [first = ''] = said.split('\n', 1);
  if (first === `${treesRef(session)} missing`) return { root: null, entries: new Map() };
  const [root = '', type, bytes] = first.split(' ');
  if (!isCommitId(root) || type !== 'tree') {
    throw new ThroughlineError('git.failed', `${treesRef(session)} is no tree: ${first}`);
  }
  const content = said.slice(first.length + 1, first.length + 1 + Number(bytes));
  return { root, entries: new Map(entriesOf(content, root.length / 2)) };
};

/** Reads a tree as git stores it: mode, name, NUL and the bytes of the id, one after the other. */
const entriesOf = function* (content: string, idBytes: number): Generator<readonly [name: string, tree: string]> {
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf('\0', at);
    const name = content.slice(content.indexOf(' ', at) + 1, end);
    at = end + 1 + idBytes;
    yield [name, Buffer.from(content.slice(end + 1, at), 'latin1').toString('hex')];
  }
};

const writeKept = async (session: Keeping, kept: Kept, entries: ReadonlyMap<string, string>): Promise<void> => {
  const ref = treesRef(session.session);
  if (entries.size === 0) {
    if (kept.root !== null) await updateRef(session, ['-d', '--', ref, kept.root]);
    return;
  }
  const input = [...entries].map(([name, tree]) => `040000 tree ${tree}\t${name}\n`).join('');
  // Raises where one of them is not there.
  const root = (await session.git.run({ arguments: ['mktree'], input })).trim();
  if (root !== kept.root) await updateRef(session, ['--', ref, root, kept.root ?? '']);
};

const leadsBack = async ({ git }: Keeping, head: string, before: string): Promise<boolean> => {
  const argv = ['merge-base', '--is-ancestor', before, head];
  return (await git.attempt({ arguments: argv })).exitCode === 0;
};

const keepCommit = async (session: Keeping, commit: string): Promise<void> => {
  // What is gone already cannot be kept.
  if ((await session.git.attempt({ arguments: ['cat-file', '-e', `${commit}^{commit}`] })).exitCode !== 0) return;
  await updateRef(session, ['--', `${commitsFolder(session.session)}${commit}`, commit]);
};

const keptCommits = async ({ git, session }: Keeping): Promise<readonly (readonly [string, string])[]> => {
  const argv = ['for-each-ref', '--format=%(refname) %(objectname)', commitsFolder(session)];
  const listed = await git.run({ arguments: argv, maxOutputBytes: maxListBytes });
  return [...listed.matchAll(/^(\S+) ([0-9a-f]+)$/gm)].map(([, ref = '', commit = '']) => [ref, commit] as const);
};

const updateRef = async ({ git, repository, session }: Keeping, argv: readonly string[]): Promise<void> => {
  const call = { arguments: ['update-ref', ...argv] };
  const outcome = await git.attempt(call);
  if (outcome.exitCode === 0) return;
  if (!outcome.stderr.includes('Unable to create')) throw git.failure(call, outcome);
  // Nobody but us, one at a time, moves these refs: whoever holds the lock of one is dead.
  const refs = [treesRef(session), ...argv.filter((word) => word.startsWith(commitsFolder(session)))];
  for (const ref of refs) await rm(join(repository.commonDirectory, `${ref}.lock`), { force: true });
  await git.run(call);
};
