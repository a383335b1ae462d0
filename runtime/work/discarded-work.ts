/** The work that was given up, of all sessions, removed ones too: listed, brought back, deleted, and gone when its time is over. */
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { BroughtBack, DiscardedEntry } from '../../actors/protocol/gateway/snapshot-routes.ts';
import type { Log } from '../data/log.ts';
import type { RememberedRepositories } from '../data/remembered-repositories.ts';
import { checkBranchName } from '../git/branch-name.ts';
import { tryGit } from '../git/command/run-git.ts';
import { checkBranchIsFree } from '../git/create-worktree.ts';
import { inRepository, inspectRepository, type Repository } from '../git/repository.ts';
import { asCommit, type DiscardedWork, deleteDiscarded, listDiscarded } from '../git/snapshots/discarded.ts';
import { changedPaths, editTree, entryAt, mergeFile, pathText, type TreeEntry } from '../git/snapshots/edit-tree.ts';
import { reachableTree } from '../git/snapshots/put-back.ts';
import { treeTotals } from '../git/snapshots/tree-changes.ts';
import type { createPuttingBack } from './putting-back.ts';

export type DiscardedOptions = {
  readonly puttingBack: ReturnType<typeof createPuttingBack>;
  readonly readers: {
    readonly repositories: () => Promise<{ readonly repositories: readonly { readonly path: string }[] }>;
    readonly dashboard: () => Promise<{ readonly rows: readonly { readonly id: SessionId }[] }>;
  };
  readonly remembered: RememberedRepositories;
  /** For how many days each is kept. */
  readonly days: number;
  readonly log: Log;
};

const dayMs = 24 * 60 * 60_000;

type Kept = { readonly repository: Repository; readonly work: DiscardedWork };

export const createDiscardedWork = ({ puttingBack, readers, remembered, days, log }: DiscardedOptions) => {
  const everywhere = async (): Promise<readonly Kept[]> => {
    const { repositories } = await readers.repositories();
    const kept: Kept[] = [];
    const seen = new Set<string>();
    for (const path of new Set([...repositories.map((each) => each.path), ...remembered.all()])) {
      // One that is not there at the moment, as on a disk that is not mounted, is none's loss.
      const repository = await inspectRepository(path).catch(() => null);
      if (repository === null || seen.has(repository.commonDirectory)) continue;
      seen.add(repository.commonDirectory);
      for (const work of await listDiscarded(repository)) kept.push({ repository, work });
    }
    return kept.sort((one, other) => other.work.at - one.work.at);
  };

  // Work of removed worktrees was never said to go, and stays until somebody deletes it.
  const until = ({ at, facts }: DiscardedWork): number | null => (facts === null ? null : at + days * dayMs);

  const find = async (name: string): Promise<Kept> => {
    const [found, ...others] = (await everywhere()).filter(({ work }) => work.name === name);
    if (found === undefined) {
      throw new ThroughlineError('snapshot.not_found', `no discarded work is called ${name}`, {
        hint: '`throughline discarded` lists what there is',
      });
    }
    if (others.length === 0) return found;
    throw new ThroughlineError(
      'input.invalid',
      `discarded work of ${others.length + 1} repositories is called ${name}`,
      {
        hint: `bring it back with git: it is ${found.work.ref}`,
      },
    );
  };

  const entryOf = async ({ repository, work }: Kept, sessions: ReadonlySet<string>): Promise<DiscardedEntry> => {
    const { facts, before, after } = work;
    const counted = facts === null && after !== null ? await treeTotals({ repository, from: after, to: before }) : null;
    return {
      name: work.name,
      repository: repository.root,
      session: facts?.session ?? null,
      sessionName: facts?.sessionName ?? null,
      isThere: facts !== null && sessions.has(facts.session),
      snapshot: facts?.snapshot ?? null,
      words: facts?.words ?? work.subject,
      files: facts?.files ?? counted?.files ?? null,
      lines: facts?.lines ?? counted?.additions ?? null,
      ref: work.ref,
      before,
      after,
      at: work.at,
      until: until(work),
    };
  };

  /** Makes what was given up to a session's files of now, line by line. */
  const intoSession = async (id: SessionId, { repository, work }: Kept): Promise<BroughtBack> => {
    const opened = await puttingBack.look(id, 'before_restore');
    if (opened.repository.commonDirectory !== repository.commonDirectory) {
      throw new ThroughlineError('input.invalid', `${work.name} is of another repository than that session`, {
        hint: 'bring it back as a branch: --branch NAME',
      });
    }
    const { taken, session } = opened;
    const after = work.facts === null ? await beginningOf(opened.repository, taken.head, work) : work.after;
    const entries: { path: string; entry: TreeEntry | null }[] = [];
    for (const change of await changedPaths({ repository, from: after ?? work.before, to: work.before })) {
      const ours = await entryAt(repository, taken.tree, change.path);
      const { path, before: base, after: other } = change;
      entries.push({ path, entry: await mergeFile({ repository, path, ours, base, other }) });
    }
    const wanted = await editTree({ repository, tree: taken.tree, entries });
    const { tree } = await reachableTree({ repository, from: taken.tree, to: wanted });
    const paths = entries.map(({ path }) => pathText(path));
    const how = { kind: 'discarded_work', paths, words: `before ${work.name} was brought back` } as const;
    const restored = await puttingBack.carryOut(id, opened, { tree, to: null, stays: [] }, how);
    return { ...restored, session: session.id };
  };

  const asBranch = async ({ repository, work }: Kept, wanted: string | undefined): Promise<BroughtBack> => {
    const branch = checkBranchName(wanted ?? `throughline/restored-${work.name}`);
    await checkBranchIsFree(repository, branch);
    const commit = work.facts === null ? work.id : await asCommit(repository, work);
    // The empty old value makes git refuse a branch that has come up meanwhile.
    const call = { ...inRepository(repository), arguments: ['update-ref', '--', `refs/heads/${branch}`, commit, ''] };
    const made = await tryGit(call);
    if (made.exitCode === 0) return { branch, commit };
    throw new ThroughlineError('worktree.exists', `branch ${branch} could not be made: ${made.stderr.trim()}`, {
      hint: 'choose another name: --branch NAME',
    });
  };

  return {
    list: async (): Promise<{ readonly discarded: DiscardedEntry[]; readonly days: number }> => {
      const [kept, { rows }] = await Promise.all([everywhere(), readers.dashboard()]);
      const sessions = new Set<string>(rows.map(({ id }) => id));
      return { discarded: await Promise.all(kept.map((each) => entryOf(each, sessions))), days };
    },

    /** Which session it is brought back into, if into one: that which was asked for, else the one it is of. */
    sessionFor: async (name: string, into: SessionId | null, branch: string | undefined): Promise<SessionId | null> => {
      if (into !== null || branch !== undefined) return into;
      const { work } = await find(name);
      const { rows } = await readers.dashboard();
      return rows.find(({ id }) => id === work.facts?.session)?.id ?? null;
    },

    /**
     * Brings it back: into a session's files, or as a commit on a new branch. It stays listed. Raises
     * `snapshot.not_found`, `restore.in_the_way` where a file has changed at the same lines since, and as a restore does.
     */
    restore: async (name: string, into: SessionId | null, branch: string | undefined): Promise<BroughtBack> => {
      const kept = await find(name);
      return into === null ? asBranch(kept, branch) : intoSession(into, kept);
    },

    /** Raises `snapshot.not_found`. */
    remove: async (name: string): Promise<void> => {
      const { repository, work } = await find(name);
      await deleteDiscarded(repository, work);
    },

    /** Deletes what has been kept for long enough. */
    expire: async (now: number): Promise<void> => {
      for (const { repository, work } of await everywhere()) {
        const end = until(work);
        if (end === null || end > now) continue;
        await deleteDiscarded(repository, work).then(
          () => log.info('discarded work was kept for long enough', { name: work.name, repository: repository.root }),
          (error) => log.error('discarded work could not be deleted', { name: work.name, error }),
        );
      }
    },
  };
};

/** The tree that the commits of a removed worktree and a session's have in common. */
const beginningOf = async (
  repository: Repository,
  head: string | null,
  { id, name }: DiscardedWork,
): Promise<string> => {
  const call = inRepository(repository);
  const base = head === null ? null : await tryGit({ ...call, arguments: ['merge-base', head, id] });
  const tree =
    base?.exitCode === 0
      ? await tryGit({ ...call, arguments: ['rev-parse', '--verify', `${base.stdout.trim()}^{tree}`] })
      : null;
  if (tree?.exitCode === 0) return tree.stdout.trim();
  throw new ThroughlineError('restore.in_the_way', `${name} has no commit in common with that session`, {
    hint: 'bring it back as a branch: --branch NAME',
  });
};
