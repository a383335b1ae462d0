/** What of a repository, or of a session's folder, a person is told and asked: its setup, and what it would do. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { RepositorySetupAnswer } from '../../actors/protocol/gateway/check-routes.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import { inspectRepository, type Repository, resolveBase } from '../git/repository.ts';
import type { RepositorySetup, RepositorySetups } from '../setup/repository-setup.ts';
import type { Setup } from '../setup/setup-schema.ts';
import { describeSetup } from './describe-setup.ts';
import type { AgreementRequest } from './offered/check-commands.ts';
import { ignoredFiles } from './preparation/copy-files.ts';

/** A folder in which commands of a repository run, and by what agreements with it are known. */
export type SetupPlace = {
  readonly folder: string;
  /** Its repository's folder of git; of a folder without git, the folder itself. */
  readonly key: string;
  readonly repository: Repository | null;
};

export type SetupOf = ReturnType<typeof createSetupOf>;

export const createSetupOf = (setups: RepositorySetups) => {
  /** Of worktrees that were looked at: git is asked once for each. */
  const known = new Map<string, SetupPlace>();

  const answerOf = async (
    place: SetupPlace,
    found: RepositorySetup,
    uncommitted: boolean,
  ): Promise<RepositorySetupAnswer> => ({
    repository: place.repository?.root ?? place.folder,
    standing: found.standing,
    hash: found.hash,
    texts: [...found.texts],
    errors: [...found.errors],
    offered: found.offered && describeSetup(found.offered),
    inUse: found.inUse && describeSetup(found.inUse.setup),
    approvalsAgreed: found.inUse?.approvals === true,
    before: found.before && { at: found.before.at, texts: [...found.before.texts] },
    copies: await copiesOf(place.repository, found.offered?.copy ?? []),
    uncommitted,
    ownFile: setups.ownFile(place.key),
  });

  /** Where commands of a session run. Raises `repository.…`. */
  const placeOf = async (state: SessionHandle['state']): Promise<SetupPlace> => {
    if (!state.usesWorktree) return placeAt(state.repository);
    const name = JSON.stringify([state.repository, state.worktreePath]);
    const before = known.get(name);
    if (before !== undefined) return before;
    const repository = await inspectRepository(state.repository);
    const place = { folder: state.worktreePath ?? repository.root, key: repository.commonDirectory, repository };
    if (known.size >= mostKnown) known.clear();
    known.set(name, place);
    return place;
  };

  /** A folder that need not be a repository's. */
  const placeAt = async (folder: string): Promise<SetupPlace> => {
    const repository = await inspectRepository(folder).catch((thrown) => {
      const isNone =
        thrown instanceof ThroughlineError && ['repository.not_git', 'repository.bare'].includes(thrown.code);
      if (isNone) return null;
      throw thrown;
    });
    if (repository === null) return { folder, key: folder, repository };
    return { folder: repository.root, key: repository.commonDirectory, repository };
  };

  return {
    placeOf,
    inFolder: ({ folder, key }: SetupPlace): Promise<RepositorySetup> => setups.ofFolder(folder, key),
    atCommit: setups.ofCommit,
    answerOf,

    /** What of it counts for a session that is to begin in a repository, at what is checked out there. */
    inUseAt: async (repository: Repository): Promise<Setup | null> =>
      (await setups.ofCommit(repository, repository.headCommit)).inUse?.setup ?? null,

    /** At the commit that a session would begin at; of a folder without git, as it is there. */
    ofRepository: async (path: string, base?: string): Promise<RepositorySetupAnswer> => {
      const place = await placeAt(path);
      if (place.repository === null) return answerOf(place, await setups.ofFolder(place.folder, place.key), false);
      const { commit } = await resolveBase(place.repository, base);
      const found = await setups.ofCommit(place.repository, commit);
      const here = await setups.ofFolder(place.folder, place.key);
      return answerOf(place, found, JSON.stringify(here.texts) !== JSON.stringify(found.texts));
    },

    agree: async ({ path, base, hash, agreed, approvals }: AgreementRequest): Promise<void> => {
      const place = await placeAt(path);
      if (hash === null) return setups.forget(place.key);
      const here = await setups.ofFolder(place.folder, place.key);
      const found =
        here.hash === hash || place.repository === null
          ? here
          : await setups.ofCommit(place.repository, (await resolveBase(place.repository, base)).commit);
      setups.decide(found, place.key, { hash, agreed, approvals, at: toTimestamp(Date.now()) });
    },
  };
};

const copiesOf = async (
  repository: Repository | null,
  patterns: readonly string[],
): Promise<RepositorySetupAnswer['copies']> => {
  if (repository === null || patterns.length === 0) return null;
  const tree = { path: repository.root, call: { cwd: repository.root } };
  const files = [...(await ignoredFiles(tree, patterns))].slice(0, mostListed);
  let bytes = 0;
  for (const file of files) bytes += (await lstat(join(tree.path, file)).catch(() => null))?.size ?? 0;
  return { files, bytes };
};

const mostListed = 2_000;
const mostKnown = 1_000;
