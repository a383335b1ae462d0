import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary.ts';

const program = fileURLToPath(new URL('gh-stand-in.mjs', import.meta.url));

/** A pull request as the stand-in keeps it: with the names that `gh --json` has. */
export type Pull = Record<string, unknown> & { number: number; state: string };

export type GitHub = {
  loggedIn?: boolean;
  /** Said in place of any answer. */
  says?: string;
  calls: { words: string[]; cwd: string }[];
  repositories: Record<
    string,
    { pulls: Pull[]; branches?: string[]; threads?: Record<string, unknown[]>; logs?: Record<string, string> }
  >;
};

export type StandIn = {
  readonly read: () => GitHub;
  readonly change: (change: (gitHub: GitHub) => void) => void;
};

/** Puts a `gh` first on this process's PATH that stands in for the real one (`gh-stand-in.mjs` says how). */
export const standInForGh = (repositories: GitHub['repositories']): StandIn => {
  const folder = temporaryFolder('gh');
  const file = join(folder, 'github.json');
  writeFileSync(file, JSON.stringify({ repositories, calls: [] }));
  writeFileSync(join(folder, 'gh'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(join(folder, 'gh'), 0o755);
  process.env.GH_STAND_IN = file;
  process.env.PATH = `${folder}${delimiter}${process.env.PATH ?? ''}`;
  const read = (): GitHub => JSON.parse(readFileSync(file, 'utf8')) as GitHub;
  return {
    read,
    change: (change) => {
      const gitHub = read();
      change(gitHub);
      writeFileSync(file, JSON.stringify(gitHub));
    },
  };
};
