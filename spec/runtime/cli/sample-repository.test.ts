import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { git, makeRepository } from '../git/git-world.ts';

const test = suite('the sample repository');

test('it is made in its own folder, though the environment sends git to another repository, as in a hook', () => {
  const other = makeRepository();
  const before = git(other, 'rev-parse', 'HEAD');
  const path = join(temporaryFolder('sample'), 'sample');
  const aimed = { GIT_DIR: join(other, '.git'), GIT_INDEX_FILE: join(other, '.git/index') };
  Object.assign(process.env, aimed);
  try {
    makeSampleRepository(path);
  } finally {
    for (const name of Object.keys(aimed)) delete process.env[name];
  }
  assert.ok(existsSync(join(path, '.git')));
  assert.is(git(path, 'log', '--format=%s'), 'A polite beginning');
  assert.is(git(other, 'rev-parse', 'HEAD'), before);
  assert.is(git(other, 'status', '--porcelain'), '');
});

test.run();
