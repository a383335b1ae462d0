/** A git that comes first on PATH and stops at what changes a repository, before it or after it, until it is let go. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from './temporary.ts';
import { until } from './until.ts';

export type HeldGit = {
  /** The PATH with it. */
  readonly path: string;
  /** The arguments of the call that stops now; null when none does. */
  readonly call: () => string | null;
  /** Waits for the next call that stops, and gives its arguments. */
  readonly stopped: () => Promise<string>;
  /** Lets the call that stopped go on. */
  readonly letGo: () => void;
};

/** `calls` are patterns of the shell for all arguments of a call in one line. */
export const holdGit = (calls: readonly string[], when: 'before' | 'after' = 'before'): HeldGit => {
  const folder = temporaryFolder('held-git');
  const held = join(folder, 'held');
  mkdirSync(held);
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const hold = `printf '%s' "$*" > "${held}/$$.new" && mv "${held}/$$.new" "${held}/$$"
  while [ -e "${held}/$$" ]; do sleep 0.02; done`;
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh
case "$*" in
${calls.map((call) => `*${call.replaceAll(' ', '\\ ')}*`).join('|')})
  ${when === 'before' ? `${hold}\n  exec ${real} "$@"` : `${real} "$@"\n  code=$?\n  ${hold}\n  exit $code`} ;;
esac
exec ${real} "$@"
`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  const waiting = (): string | undefined => readdirSync(held).find((name) => !name.endsWith('.new'));
  const call = (): string | null => {
    const name = waiting();
    return name === undefined ? null : readFileSync(join(held, name), 'utf8');
  };
  return {
    call,
    path: `${folder}${delimiter}${process.env.PATH}`,
    stopped: () => until(`git stops at ${calls.join(' or ')}`, call),
    letGo: () => {
      const name = waiting();
      if (name !== undefined && existsSync(join(held, name))) execFileSync('rm', [join(held, name)]);
    },
  };
};
