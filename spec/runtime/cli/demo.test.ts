import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { is, match, ok } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('the demo', { timeLimitMs: 10 * 60_000 });

/** Settings of a person that would end a commit, were they asked: no name, a signer that fails, hooks that refuse. */
const difficultPerson = (): string => {
  const folder = temporaryFolder('person');
  writeFileSync(join(folder, 'pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const file = join(folder, 'gitconfig');
  writeFileSync(file, `[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n[core]\n\thooksPath = ${folder}\n`);
  return file;
};

test("it proves what it says without a terminal, whatever the person's git is set to, and exits 0", async () => {
  const before = process.env.GIT_CONFIG_GLOBAL;
  process.env.GIT_CONFIG_GLOBAL = difficultPerson();
  const running = throughline(bundle).run('demo');
  if (before === undefined) delete process.env.GIT_CONFIG_GLOBAL;
  else process.env.GIT_CONFIG_GLOBAL = before;
  const { code, stdout, stderr } = await running;
  is(code, 0, stderr + stdout);
  is(stderr, '');
  for (const claim of [
    'kill -9',
    '○ Running  was working',
    'none was rewritten to failed',
    'git sees that line changed',
    'would be given back',
    '0 landed, 1 given back',
    'main has the work of all three',
    'exactly this dashboard',
  ]) {
    match(stdout, claim);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no cursor moves where there is no terminal
  ok(!/\u001b/.test(stdout));
});

test('with --data it keeps what it made, main with the work of all three, and refuses a data directory that holds sessions', async () => {
  const cli = throughline(bundle, join(temporaryFolder('demo'), 'data'));
  const first = await cli.run('demo', '--data', cli.data);
  is(first.code, 0, first.stderr);
  match((await cli.run('list')).stdout, /^tests /m);
  is((await cli.run('demo', '--data', cli.data)).code, 2);

  const [shown] = (await cli.run('show', 'readme', '--json')).json();
  const repository = String(shown?.repository);
  const git = (...words: readonly string[]): string =>
    execFileSync('git', words, { cwd: repository, encoding: 'utf8' });
  is(git('rev-list', '--count', '--first-parent', 'main').trim(), '4');
  match(git('show', 'main:test/greet.test.mjs'), /greets somebody by name/);
  match(git('show', 'main:src/greet.js'), 'Object.freeze(Object.keys(greetings))');
  match(git('show', 'main:README.md'), /## Usage.*English, French and Greek/s);
  is(
    git('log', '--format=%(trailers:key=Throughline-Session,valueonly,separator=)', 'main').trim().split('\n').length,
    3,
  );
  is(git('status', '--porcelain'), '');
  rmSync(dirname(repository), { recursive: true, force: true });
});

test.run();
