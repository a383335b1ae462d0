import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { runGit, tryGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';

/** Who commits: the person, as git knows them here, and how they sign. */
export type Person = {
  /** `NAME <EMAIL>` */
  readonly author: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Null when the person does not sign. */
  readonly signing: Signing | null;
};

export type Signing = {
  readonly format: 'openpgp' | 'ssh' | 'x509';
  /** What `GitCall.settings` takes. */
  readonly settings: Readonly<Record<string, string>>;
};

/**
 * The person as their configuration has them. The name may be the repository's; how it is signed is taken from the
 * person's own and the machine's configuration alone, for each signer is a program, and an agent can write to the
 * repository's.
 *
 * Raises `commit.refused` when git knows no name or address here, and what `runGit` raises.
 */
export const personOf = async (repository: Repository): Promise<Person> => {
  const call = { ...inRepository(repository), settings: { 'user.useConfigOnly': 'true' } };
  const [found, signing] = await Promise.all([
    tryGit({ ...call, arguments: ['var', 'GIT_AUTHOR_IDENT'] }),
    signingOf(repository),
  ]);
  const [, name, email] = /^(.*) <(.*)> \d+ [+-]\d+\n?$/s.exec(found.stdout) ?? [];
  if (found.exitCode !== 0 || name === undefined || email === undefined || name === '') {
    throw new ThroughlineError('commit.refused', 'git does not know who commits here: there is no name or address', {
      hint: 'tell it with `git config --global user.name "Your Name"`, and the same with user.email',
    });
  }
  return {
    author: `${name} <${email}>`,
    environment: {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    },
    signing,
  };
};

const programKeys = { openpgp: 'gpg.openpgp.program', ssh: 'gpg.ssh.program', x509: 'gpg.x509.program' } as const;
const defaultPrograms = { openpgp: 'gpg', ssh: 'ssh-keygen', x509: 'gpgsm' } as const;

const signingOf = async (repository: Repository): Promise<Signing | null> => {
  const own = new Map(await ownSettings(repository));
  if (!isTrue(own.get('commit.gpgsign'))) return null;
  const named = own.get('gpg.format');
  const format = named === 'ssh' || named === 'x509' ? named : 'openpgp';
  const program =
    own.get(programKeys[format]) ??
    (format === 'openpgp' ? own.get('gpg.program') : undefined) ??
    defaultPrograms[format];
  const key = own.get('user.signingkey');
  const keyCommand = own.get('gpg.ssh.defaultkeycommand');
  return {
    format,
    settings: {
      'gpg.format': format,
      [programKeys[format]]: program,
      ...(format === 'openpgp' ? { 'gpg.program': program } : {}),
      // An empty one is none; the repository's does not count.
      'user.signingKey': key ?? '',
      ...(keyCommand === undefined ? {} : { 'gpg.ssh.defaultKeyCommand': keyCommand }),
    },
  };
};

/** The settings of the machine and, above them, of the person; their keys in small letters, in the order they count. */
const ownSettings = async (repository: Repository): Promise<readonly (readonly [string, string])[]> => {
  const listed = await tryGit({
    ...inRepository(repository),
    arguments: ['config', '--includes', '--null', '--show-scope', '--get-regexp', '^(commit|gpg|user)\\.'],
  });
  if (listed.exitCode !== 0) return [];
  // The scope and the setting, each with a NUL at its end.
  const fields = listed.stdout.split('\0');
  const settings: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [scope, record = ''] = fields.slice(at, at + 2);
    if (scope !== 'system' && scope !== 'global') continue;
    const end = record.indexOf('\n');
    // A key without a value means yes.
    settings.push(end < 0 ? [record, 'true'] : [record.slice(0, end), record.slice(end + 1)]);
  }
  return settings;
};

const isTrue = (value: string | undefined): boolean => value !== undefined && /^(?:true|yes|on|[1-9]\d*)$/i.test(value);

const utf8 = { 'i18n.commitEncoding': 'UTF-8' };

export type CommitToMake = {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  /** In place of the person's name, address and date of now: of a commit that is made anew elsewhere. */
  readonly author?: Readonly<Record<string, string>>;
};

/**
 * Makes a commit that no branch has yet, by the person, signed if they sign. No hook and no editor runs. Gives its id.
 *
 * Raises `commit.refused` when it cannot be signed, and what `runGit` raises.
 */
export const makeCommit = async (
  repository: Repository,
  { environment, signing }: Person,
  commit: CommitToMake,
): Promise<string> => {
  const { cwd, environment: own } = inRepository(repository);
  const call = {
    cwd,
    environment: { ...own, ...environment, ...commit.author },
    arguments: [
      'commit-tree',
      signing === null ? '--no-gpg-sign' : '-S',
      ...commit.parents.flatMap((parent) => ['-p', parent]),
      '-F',
      '-',
      commit.tree,
    ],
    input: commit.message,
  };
  if (signing === null) return (await runGit({ ...call, settings: utf8 })).trim();
  const made = await tryGit({ ...call, settings: { ...utf8, ...signing.settings } });
  if (made.exitCode === 0) return made.stdout.trim();
  const why = made.stderr.trim().split('\n').at(0) ?? '';
  throw new ThroughlineError('commit.refused', `the commit could not be signed (${signing.format}): ${why}`, {
    hint: 'your settings ask for it: see git config --global user.signingKey, or set commit.gpgSign to false there',
  });
};
