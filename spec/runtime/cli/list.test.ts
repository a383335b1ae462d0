/** `list`: which sessions it shows, and how they are printed. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match } from 'uvu/assert';
import type { DashboardSnapshot } from '../../../actors/protocol/gateway/dashboard.ts';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { inProcess, type Said } from './support/in-process.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('list on the command line', { timeLimitMs: 120_000 });

const folder = temporaryFolder('list');
const cli = throughline(bundle, join(folder, 'data'));
const say = (...words: readonly string[]): Promise<Said> => inProcess(100, 'list', ...words);
const rowsOf = async (...words: readonly string[]) =>
  ((await say('--json', ...words)).json() as unknown as DashboardSnapshot).rows;
const namesOf = async (...words: readonly string[]) => (await rowsOf(...words)).map(({ name }) => name);

test.before(async () => {
  for (const name of ['shop', 'docs']) makeSampleRepository(join(folder, name));
  process.env.THROUGHLINE_DATA = cli.data;
  is((await cli.run('serve', '--background')).code, 0);
  for (const [name, repository] of [
    ['Speed up the search', 'shop'],
    ['Ask me', 'docs'],
  ] as const) {
    const begun = await cli.run(
      'run',
      'Say hello',
      '--name',
      name,
      '--agent',
      'rehearsal',
      '--repo',
      join(folder, repository),
    );
    is(begun.code, 0, begun.stderr);
  }
  await until('both wait or have ended', async () =>
    (await rowsOf()).every(({ status, waitingFor }) => status !== 'Starting' && (waitingFor ?? status) !== 'Running'),
  );
});
test.after(async () => {
  await cli.run('stop');
});

test('the filters of the commands for several choose what is shown', async () => {
  equal(await namesOf(), ['Ask me', 'Speed up the search']);
  equal(await namesOf('--repo', 'shop'), ['Speed up the search']);
  equal(await namesOf('--agent', 'claude'), []);
  equal(await namesOf('--older', '1d'), []);
  is((await say('--agent', 'claude')).stdout, 'No session is like that.\n');
  const wrong = await say('--status', 'sleeping');
  is(wrong.code, 2);
  match(wrong.stderr, /--status/);
});

test('ids alone, and lines of a format of one’s own', async () => {
  const rows = await rowsOf();
  is((await say('-q')).stdout, rows.map(({ id }) => `${id}\n`).join(''));
  const said = await say('--repo', 'docs', '--format', '{name}\\t{repo}\\t{failure} {short}');
  is(said.code, 2);
  match(said.stderr, /a session has no field \{failure\}.*it has id, short, name/s);
  const [docs] = rows;
  is(
    (await say('--repo', 'docs', '--format', '{name}\\t{repo} {reason}|{short}')).stdout,
    `Ask me\tdocs |${docs?.id.slice(-8)}\n`,
  );
  is((await say('-q', '--json')).code, 2);
});

test('the table fits the terminal, and --wide has every column all the same', async () => {
  const narrow = await inProcess(60, 'list');
  equal(narrow.tooWide, []);
  is(/BRANCH/.test(narrow.stdout), false);
  match((await inProcess(60, 'list', '--wide')).stdout, /AGENT +AGE +BRANCH/);
});

test('a shell is told what can stand next: commands, options, values, sessions; and nothing it would obey', async () => {
  const next = async (...words: readonly string[]): Promise<readonly string[]> =>
    (await inProcess(100, 'complete', '--', ...words)).stdout.split('\n').filter((word) => word !== '');
  equal(await next('hi'), ['history']);
  equal(await next('config', ''), ['path', 'get', 'set', 'edit']);
  equal(await next('list', '--st'), ['--status']);
  equal(await next('run', '--approve', 'd'), ['deny']);
  equal(await next('run', '--agent', 'rehe'), ['rehearsal']);
  equal(await next('run', '--repo', join(folder, 'sh')), [join(folder, 'shop')]);
  const rows = await rowsOf();
  // Their names have spaces, which would be two words.
  equal([...(await next('history', ''))].sort(), rows.map(({ id }) => id.slice(-8)).sort());
  equal(await next('no-such-command', ''), []);
  equal(await next('completion', 'b'), ['bash']);
  equal(await next('help', 'hi'), ['history']);
  is((await inProcess(100, 'rename', rows[0]?.id ?? '', '$(reboot)')).code, 0);
  equal(await next('show', '$'), []);
  const described = await inProcess(100, 'complete', '--about', '--', 'rena');
  is(described.stdout, 'rename:Give a session another name\n');
  for (const shell of ['bash', 'zsh', 'fish']) {
    is((await inProcess(100, 'completion', shell)).stdout.includes('throughline'), true);
  }
  is((await inProcess(100, 'completion', 'csh')).code, 2);
});

test('help on a command that there is not says so, and a group of commands says which there are', async () => {
  const none = await inProcess(100, 'help', 'nosuch');
  is(none.code, 2);
  match(none.stderr, /^throughline: there is no such command \(/);
  const group = await inProcess(100, 'config');
  is(group.code, 0);
  match(group.stdout, /path[^\n]*\n.*get/);
});

test('bash completes with it', async () => {
  const script = join(folder, 'completion.bash');
  writeFileSync(script, (await inProcess(100, 'completion', 'bash')).stdout);
  const program = join(folder, 'throughline');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(process.cwd(), 'dist/throughline.js')} "$@"\n`, {
    mode: 0o755,
  });
  const said = spawnSync(
    'bash',
    ['-c', `. ${script}; COMP_WORDS=(${program} hist); COMP_CWORD=1; _throughline; echo "\${COMPREPLY[@]}"`],
    { encoding: 'utf8' },
  );
  is(said.stdout, 'history\n', said.stderr);
});

test('--watch prints JSON again when something has changed, and ends with Ctrl-C', async () => {
  const watching = cli.start('list', '--watch', '--json');
  await until('it has been printed', async () => watching.stdout().split('\n').length === 2);
  const [row] = await rowsOf();
  const parsed = (line: string | undefined) => JSON.parse(line ?? '') as DashboardSnapshot;
  equal(parsed(watching.stdout().split('\n')[0]).rows.length, 2);
  is((await inProcess(100, 'remove', row?.id ?? '', '--force')).code, 0);
  await until('one is gone', async () => {
    const line = watching.stdout().trim().split('\n').at(-1);
    return parsed(line).rows.length === 1;
  });
  watching.child.kill('SIGINT');
  is((await watching.ended).code, 0);
});

test.run();
