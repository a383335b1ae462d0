import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { gitEnvironment, hardeningArguments } from '../../git/command/git-environment.ts';

const files = {
  'README.md': '# greetings\n\nSays hello, politely.\n',
  'package.json': `${JSON.stringify({ name: 'greetings', type: 'module', scripts: { test: 'node --test' } }, null, 2)}\n`,
  'src/greet.js': "export const greet = (name) => 'Hello, ' + name + '!';\n",
  'test/sanity.test.js': [
    "import { test } from 'node:test';",
    "import { greet } from '../src/greet.js';",
    '',
    "test('greets at all', () => {",
    "  if (greet('Ada') === '') throw new Error('no greeting');",
    '});',
    '',
  ].join('\n'),
};

/** For the environment of git: nobody's own settings, hooks and templates belong into a demo. */
export const nobodysSettings = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_SYSTEM: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TEMPLATE_DIR: '',
} as const;

/** Makes a small git repository with one commit, and an author of its own for more of them. Raises `git.not_installed` or `git.failed`. */
export const makeSampleRepository = (path: string): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  git(path, 'init', '--quiet', '--initial-branch=main');
  git(path, 'config', 'user.name', 'Throughline demo');
  git(path, 'config', 'user.email', 'demo@example.invalid');
  git(path, 'add', '--all');
  git(path, 'commit', '--quiet', '--message', 'A polite beginning');
};

const git = (path: string, ...words: readonly string[]): void => {
  try {
    execFileSync('git', [...hardeningArguments, ...words], {
      cwd: path,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      env: gitEnvironment(nobodysSettings),
    });
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') {
      throw new ThroughlineError('git.not_installed', 'git cannot be found', { hint: 'install git', cause });
    }
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new ThroughlineError('git.failed', `git ${words[0]} failed in the sample repository: ${said}`, { cause });
  }
};
