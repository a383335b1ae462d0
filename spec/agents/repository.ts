import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs git without the person's configuration and gives back what it prints. */
export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Suite', '-c', 'user.email=suite@example.invalid', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  });

/** A repository with one commit. Gives its path back. */
export const createRepository = (path: string): string => {
  mkdirSync(path, { recursive: true });
  git(path, 'init', '--quiet', '--initial-branch=main');
  writeFileSync(join(path, 'README.md'), '# Sample\n');
  git(path, 'add', 'README.md');
  git(path, 'commit', '--quiet', '--message=First');
  return path;
};
