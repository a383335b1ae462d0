import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { tryGit } from '../command/run-git.ts';
import { inRepository, type Repository } from '../repository.ts';
import { addressOf, type RemoteAddress, shownAddress } from './remote-address.ts';

/** A remote of a repository, as a push goes there. */
export type Remote = {
  readonly name: string;
  /** As it is configured; it may hold a password. */
  readonly address: string;
  readonly to: RemoteAddress;
  /** Whether git keeps where the remote's branches are under `refs/remotes/NAME/`, as it does of itself. */
  readonly isTracked: boolean;
};

/**
 * The remote a branch is pushed to: the one that is named, else the one that git would take (`branch.X.pushRemote`,
 * `remote.pushDefault`, `branch.X.remote`), the only one, or `origin`. Of the repository's configuration its name and
 * address count, nothing else.
 *
 * Raises `push.no_remote`, `push.bad_address` for one that leads through a program, and what git raises.
 */
export const findRemote = async (repository: Repository, branch: string, wanted?: string): Promise<Remote> => {
  const configured = await remotesOf(repository);
  const names = [...new Set([...configured.keys()].flatMap((key) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []))];
  const said = (key: string): string | undefined => configured.get(key)?.at(-1);
  const guesses = [
    said(`branch.${branch}.pushremote`),
    said('remote.pushdefault'),
    said(`branch.${branch}.remote`),
    names.length === 1 ? names[0] : 'origin',
  ];
  const name = wanted ?? guesses.find((guess) => guess !== undefined && names.includes(guess));
  if (name === undefined || !names.includes(name)) {
    throw new ThroughlineError(
      'push.no_remote',
      wanted === undefined
        ? `${repository.root} has no remote to push to`
        : `${repository.root} has no remote named ${JSON.stringify(wanted.slice(0, 100))}`,
      {
        hint:
          names.length === 0
            ? 'add one with git remote add origin URL'
            : `name one of them with --remote: ${names.join(', ')}`,
      },
    );
  }
  const address = said(`remote.${name}.pushurl`) ?? said(`remote.${name}.url`) ?? '';
  const to = addressOf(address);
  if (to === null) {
    throw new ThroughlineError(
      'push.bad_address',
      `remote ${name} is at ${JSON.stringify(shownAddress(address).slice(0, 200))}, where Throughline does not push`,
      { hint: 'it pushes over https, http, ssh and to folders; nothing was run' },
    );
  }
  const isTracked = (configured.get(`remote.${name}.fetch`) ?? []).includes(`+refs/heads/*:refs/remotes/${name}/*`);
  return { name, address, to, isTracked };
};

const remotesOf = async (repository: Repository): Promise<ReadonlyMap<string, readonly string[]>> => {
  const listed = await tryGit({
    ...inRepository(repository),
    arguments: ['config', '--null', '--get-regexp', '^(remote|branch)\\.'],
  });
  const values = new Map<string, string[]>();
  for (const entry of listed.stdout.split('\0')) {
    const end = entry.indexOf('\n');
    if (end === -1) continue;
    const key = entry.slice(0, end);
    values.set(key, [...(values.get(key) ?? []), entry.slice(end + 1)]);
  }
  return values;
};
