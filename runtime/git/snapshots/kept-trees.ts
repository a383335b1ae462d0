/**
 * What keeps the snapshots of a session from `git gc`. One ref, at a tree of trees (`S1`, `S2`, …): `log --all`, `describe`
 * and pushes do not see it. A commit that was checked out and then left behind by a rebase or the like gets a ref of its
 * own, because a tree keeps no commits.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gitFailure, runGit, tryGit } from '../command/run-git.ts';
import { inRepository, isCommitId, type Repository } from '../repository.ts';

type Session = { readonly repository: Repository; readonly session: string };

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
  },
): Promise<void> => {
  const { snapshot, tree, head, headBefore } = options;
  const kept = await readKept(options);
  await writeKept(options, kept, new Map(kept.entries).set(entryOf(snapshot), tree));
  if (headBefore === null || headBefore === head) return;
  if (head !== null && (await leadsBack(options, head, headBefore))) return;
  await keepCommit(options, headBefore);
};

/** Keeps of a session these snapshots and their commits alone, and nothing where there are none. Raises as `keepTree`. */
export const keepOnly = async (
  options: Session & { readonly snapshots: readonly { readonly snapshot: number; readonly head: string | null }[] },
): Promise<void> => {
  const kept = await readKept(options);
  const wanted = new Set(options.snapshots.map(({ snapshot }) => entryOf(snapshot)));
  await writeKept(options, kept, new Map([...kept.entries].filter(([name]) => wanted.has(name))));
  const heads = new Set(options.snapshots.map(({ head }) => head));
  for (const [ref, commit] of await keptCommits(options)) {
    if (!heads.has(commit)) await updateRef(options, ['-d', '--', ref]);
  }
};

type Kept = {
  /** What the ref names; null where there is none. */
  readonly root: string | null;
  /** Trees by their entries. */
  readonly entries: ReadonlyMap<string, string>;
};

const readKept = async ({ repository, session }: Session): Promise<Kept> => {
  const call = inRepository(repository);
  const found = await tryGit({ ...call, arguments: ['rev-parse', '--verify', '--quiet', treesRef(session)] });
  const root = found.stdout.trim();
  if (found.exitCode !== 0 || !isCommitId(root)) return { root: null, entries: new Map() };
  const listed = await runGit({ ...call, arguments: ['ls-tree', root], maxOutputBytes: maxListBytes });
  const entries = listed.matchAll(/^040000 tree ([0-9a-f]+)\t(.+)$/gm);
  return { root, entries: new Map([...entries].map(([, tree = '', name = '']) => [name, tree])) };
};

const writeKept = async (session: Session, kept: Kept, entries: ReadonlyMap<string, string>): Promise<void> => {
  const ref = treesRef(session.session);
  if (entries.size === 0) {
    if (kept.root !== null) await updateRef(session, ['-d', '--', ref, kept.root]);
    return;
  }
  const input = [...entries].map(([name, tree]) => `040000 tree ${tree}\t${name}\n`).join('');
  // Raises where one of them is not there.
  const root = (await runGit({ ...inRepository(session.repository), arguments: ['mktree'], input })).trim();
  if (root !== kept.root) await updateRef(session, ['--', ref, root, kept.root ?? '']);
};

const leadsBack = async ({ repository }: Session, head: string, before: string): Promise<boolean> => {
  const argv = ['merge-base', '--is-ancestor', before, head];
  return (await tryGit({ ...inRepository(repository), arguments: argv })).exitCode === 0;
};

const keepCommit = async (session: Session, commit: string): Promise<void> => {
  const call = { ...inRepository(session.repository), arguments: ['cat-file', '-e', `${commit}^{commit}`] };
  // What is gone already cannot be kept.
  if ((await tryGit(call)).exitCode !== 0) return;
  await updateRef(session, ['--', `${commitsFolder(session.session)}${commit}`, commit]);
};

const keptCommits = async ({ repository, session }: Session): Promise<readonly (readonly [string, string])[]> => {
  const argv = ['for-each-ref', '--format=%(refname) %(objectname)', commitsFolder(session)];
  const listed = await runGit({ ...inRepository(repository), arguments: argv, maxOutputBytes: maxListBytes });
  return [...listed.matchAll(/^(\S+) ([0-9a-f]+)$/gm)].map(([, ref = '', commit = '']) => [ref, commit] as const);
};

const updateRef = async ({ repository, session }: Session, argv: readonly string[]): Promise<void> => {
  const call = { ...inRepository(repository), arguments: ['update-ref', ...argv] };
  const outcome = await tryGit(call);
  if (outcome.exitCode === 0) return;
  if (!outcome.stderr.includes('Unable to create')) throw gitFailure(call, outcome);
  // Nobody but us, one at a time, moves these refs: whoever holds the lock of one is dead.
  const refs = [treesRef(session), ...argv.filter((word) => word.startsWith(commitsFolder(session)))];
  for (const ref of refs) await rm(join(repository.commonDirectory, `${ref}.lock`), { force: true });
  await runGit(call);
};
