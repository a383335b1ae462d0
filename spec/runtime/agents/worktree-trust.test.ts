import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { withTrustOf } from '../../../runtime/agents/worktree-trust.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('trust of a worktree');

const launchOf = (home: string, command: string, more: Readonly<Record<string, string>> = {}) => ({
  name: 'gemini',
  command,
  arguments: ['--acp'],
  environment: { HOME: home, ...more },
  defaults: {},
  protocol: 1 as const,
});

const homeThat = (name: string, rules: unknown): string => {
  const home = temporaryFolder(name);
  mkdirSync(join(home, '.gemini'));
  writeFileSync(
    join(home, '.gemini', 'trustedFolders.json'),
    typeof rules === 'string' ? rules : JSON.stringify(rules),
  );
  return home;
};

const isTold = (repository: string, home: string, command = '/usr/bin/gemini'): string | undefined => {
  const environment: Readonly<Record<string, string>> = withTrustOf(repository, launchOf(home, command)).environment;
  return environment.GEMINI_CLI_TRUST_WORKSPACE;
};

test('what a person trusts is trusted in a worktree of it, by the rule that is nearest, and nothing else is', () => {
  const repository = temporaryFolder('trusted-repository');
  const trusts = (rules: unknown): string | undefined => isTold(repository, homeThat('gemini-home', rules));
  assert.is(trusts({ [repository]: 'TRUST_FOLDER' }), 'true');
  assert.is(trusts({ [join(repository, 'packages')]: 'TRUST_PARENT' }), 'true');
  assert.is(trusts({ [dirname(repository)]: 'TRUST_FOLDER' }), 'true');
  assert.is(trusts({ [dirname(repository)]: 'TRUST_FOLDER', [repository]: 'DO_NOT_TRUST' }), undefined);
  assert.is(trusts({ [`${repository}-other`]: 'TRUST_FOLDER' }), undefined);
  assert.is(trusts({ [repository]: 'SOMETHING_NEW' }), undefined);
  assert.is(trusts('{ broken'), undefined);
  assert.is(isTold(repository, temporaryFolder('gemini-home')), undefined);
});

test('only the agent that asks for it is told, and what a person says in the environment stands', () => {
  const repository = temporaryFolder('trusted-repository');
  const home = homeThat('gemini-home', { [repository]: 'TRUST_FOLDER' });
  assert.is(isTold(repository, home, '/usr/bin/another'), undefined);
  const launch = launchOf(home, '/usr/bin/gemini', { GEMINI_CLI_TRUST_WORKSPACE: 'false' });
  assert.equal(withTrustOf(repository, launch), launch);
});

test.run();
