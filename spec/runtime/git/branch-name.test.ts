import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { branchNameFor, checkBranchName, isBranchName } from '../../../runtime/git/branch-name.ts';
import { suite } from '../../support/suite.ts';
import { errorOf } from './git-world.ts';

const test = suite('branch names');
const id = '0192f3a4-5b6c-7d8e-9f01-23456789abcd';

const gitTakes = (branch: string): boolean =>
  spawnSync('git', ['check-ref-format', '--branch', branch], { stdio: 'ignore' }).status === 0;

test('a branch is named after the session and the end of its id', () => {
  assert.is(branchNameFor('Fix the login page', id), 'throughline/fix-the-login-page-89abcd');
  assert.is(branchNameFor('Überprüfe Größe', id), 'throughline/uberprufe-gro-e-89abcd');
});

test('names that are trouble give good branches', () => {
  const names = [
    '',
    ' ',
    '-x',
    '--upload-pack=evil',
    '..',
    '../../etc',
    'a..b',
    'x.lock',
    'HEAD',
    '@{u}',
    '🚀🔥',
    '修正',
    'a\0b',
  ];
  for (const name of [...names, 'x'.repeat(300), '-'.repeat(300), `${'a'.repeat(47)} b`]) {
    const branch = branchNameFor(name, id);
    assert.match(branch, /^throughline\/[a-z0-9]+(?:-[a-z0-9]+)*-89abcd$/);
    assert.ok(gitTakes(branch), branch);
  }
});

test('every name and id gives a branch that we and git accept', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.oneof(fc.uuid(), fc.string()), (name, sessionId) => {
      const branch = branchNameFor(name, sessionId);
      assert.match(branch, /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/);
      assert.ok(isBranchName(branch));
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.uuid(), (name, sessionId) => {
      assert.ok(gitTakes(branchNameFor(name, sessionId)));
    }),
    { numRuns: 150 },
  );
});

test('every name that we accept, git accepts', () => {
  const alphabet = fc.constantFrom('a', 'Z', '0', '.', '-', '_', '/', '.lock', '..', 'HEAD', 'refs', '@', '~', ' ');
  fc.assert(
    fc.property(fc.array(alphabet, { minLength: 1, maxLength: 8 }), (parts) => {
      const branch = parts.join('');
      if (isBranchName(branch)) execFileSync('git', ['check-ref-format', '--branch', branch], { stdio: 'ignore' });
    }),
    { numRuns: 400 },
  );
});

test('a branch that a person gives is checked', async () => {
  assert.is(checkBranchName('feature/login-2.0'), 'feature/login-2.0');
  const bad = [
    '',
    '-x',
    '--force',
    'a..b',
    'a b',
    'x.lock',
    'x.lock/y',
    'HEAD',
    'refs/heads/x',
    '/x',
    'x/',
    'a//b',
    'a/.b',
    'x.',
  ];
  for (const branch of [...bad, 'ü', '@{u}', 'a\nb', 'a\0b', 'x'.repeat(101)]) {
    const error = await errorOf(async () => checkBranchName(branch));
    assert.is(error.code, 'worktree.bad_branch', branch);
  }
});

test.run();
