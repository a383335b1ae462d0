/**
 * What a repository says of itself, and what of it is used: only what a person has agreed to, by its content. Where it
 * comes with something else than what was agreed to, that goes on being used until they have looked at the new; while it
 * has errors, nothing is.
 */
import { basename } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { type DataDirectory, readOwnFile } from '../data/data-directory.ts';
import type { Repository } from '../git/repository.ts';
import {
  type Agreed,
  agreeTo,
  decline,
  forgetAgreements,
  hashOf,
  readAgreements,
  repositoryPaths,
  type SetupText,
} from './agreements.ts';
import type { SetupError } from './read-setup.ts';
import { maxSetupFileBytes, type SetupFile, setupFilesAt, setupFilesIn } from './setup-files.ts';
import type { Setup } from './setup-schema.ts';
import { wholeSetup } from './whole-setup.ts';

/**
 * `none`: it says nothing. `agreed`: to this content. `declined`: it was looked at, and not agreed to. `changed`: there is
 * an agreement with another content. `unknown`: nobody has looked at it. `broken`: it has errors.
 */
export type SetupStanding = 'none' | 'agreed' | 'declined' | 'changed' | 'unknown' | 'broken';

export type SetupInUse = {
  readonly hash: string;
  readonly setup: Setup;
  /** Whether the wish for approvals was agreed to, too. */
  readonly approvals: boolean;
};

export type RepositorySetup = {
  readonly standing: SetupStanding;
  /** Of what is there now; null where nothing is, or where it cannot be read. */
  readonly hash: string | null;
  readonly texts: readonly SetupText[];
  readonly errors: readonly SetupError[];
  /** What is there now; null where nothing is, or where it has errors. */
  readonly offered: Setup | null;
  readonly inUse: SetupInUse | null;
  /** The texts that were agreed to last, where those that are there now are others. */
  readonly before: { readonly at: number; readonly texts: readonly SetupText[] } | null;
};

export type RepositorySetups = {
  /** What stands in a folder: the top of a worktree, or a folder that is no repository's. */
  readonly ofFolder: (folder: string, commonDirectory: string) => Promise<RepositorySetup>;
  /** What stands in a commit, from which a worktree would begin. */
  readonly ofCommit: (repository: Repository, commit: string) => Promise<RepositorySetup>;
  /** Where the person's own file for a repository stands, or may stand. */
  readonly ownFile: (commonDirectory: string) => string;
  /**
   * Remembers what a person says to a content. Raises `check.not_agreed` when what is there by now has another hash, so
   * that nobody agrees to what they did not see, and `configuration.invalid` for what has errors.
   */
  readonly decide: (
    found: RepositorySetup,
    commonDirectory: string,
    decision: { readonly hash: string; readonly agreed: boolean; readonly approvals: boolean; readonly at: number },
  ) => void;
  readonly forget: (commonDirectory: string) => void;
};

export const createRepositorySetups = (directory: DataDirectory): RepositorySetups => {
  const ownText = (commonDirectory: string): SetupText | null => {
    const { own } = repositoryPaths(directory, commonDirectory);
    const text = readOwnFile(own, { secret: false });
    return text === null ? null : { file: `repositories/${basename(own)}`, text };
  };

  const standingOf = (files: readonly SetupFile[], commonDirectory: string): RepositorySetup => {
    const own = ownText(commonDirectory);
    const refused: SetupError[] = files.flatMap(({ name, refused: why }) =>
      why === null ? [] : [{ file: name, line: 1, column: 1, place: '', message: why }],
    );
    const texts = [...files.map(({ name, text }) => ({ file: name, text })), ...(own === null ? [] : [own])];
    const nothing = { hash: null, texts, errors: [], offered: null, inUse: null, before: null };
    if (texts.length === 0) return { ...nothing, standing: 'none' };
    if (own !== null && Buffer.byteLength(own.text) > maxSetupFileBytes) {
      const message = `it has more than ${maxSetupFileBytes / 1024} kB`;
      refused.push({ file: own.file, line: 1, column: 1, place: '', message });
    }
    if (refused.length > 0) return { ...nothing, standing: 'broken', errors: refused };
    const whole = wholeSetup(texts);
    if (whole.kind === 'wrong') return { ...nothing, standing: 'broken', errors: whole.errors };
    const hash = hashOf(texts);
    const { agreed, declined } = readAgreements(directory, commonDirectory);
    const offered = whole.setup;
    const same = agreed.find((each) => each.hash === hash);
    if (same !== undefined) {
      const inUse = { hash, setup: offered, approvals: same.approvals };
      return { standing: 'agreed', hash, texts, errors: [], offered, inUse, before: null };
    }
    const last = agreed.at(-1) ?? null;
    return {
      standing: declined.includes(hash) ? 'declined' : last === null ? 'unknown' : 'changed',
      hash,
      texts,
      errors: [],
      offered,
      inUse: last && inUseOf(last),
      before: last && { at: last.at, texts: last.texts },
    };
  };

  return {
    ofFolder: async (folder, commonDirectory) => standingOf(await setupFilesIn(folder), commonDirectory),
    ofCommit: async (repository, commit) =>
      standingOf(await setupFilesAt(repository, commit), repository.commonDirectory),
    ownFile: (commonDirectory) => repositoryPaths(directory, commonDirectory).own,
    decide: (found, commonDirectory, { hash, agreed, approvals, at }) => {
      if (found.standing === 'broken') throw brokenSetup(found.errors);
      if (found.hash !== hash) {
        throw new ThroughlineError('check.not_agreed', 'the setup is another by now than the one that was shown', {
          hint: 'look at it again',
        });
      }
      if (agreed) agreeTo(directory, commonDirectory, { hash, at, approvals, texts: [...found.texts] });
      else decline(directory, commonDirectory, hash);
    },
    forget: (commonDirectory) => forgetAgreements(directory, commonDirectory),
  };
};

/** The error that a person is told for a setup that has some: the first of them. */
export const brokenSetup = (errors: readonly SetupError[]): ThroughlineError => {
  const [first] = errors;
  const where = first === undefined ? 'the setup' : `${first.file}:${first.line}:${first.column}`;
  const what = first === undefined ? 'cannot be read' : [first.place, first.message].filter(Boolean).join(': ');
  return new ThroughlineError('configuration.invalid', `${where}: ${what}`, {
    hint: 'while it has errors, nothing of it is used',
  });
};

const inUseOf = ({ hash, approvals, texts }: Agreed): SetupInUse | null => {
  // A newer program may understand less of what an older one was agreed to with.
  const whole = wholeSetup(texts);
  return whole.kind === 'read' ? { hash, setup: whole.setup, approvals } : null;
};
