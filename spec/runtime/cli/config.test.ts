/** `config` and `restart`, over one runtime. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, match } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { atTerminal, inProcess, type Said } from './support/in-process.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('settings on the command line', { timeLimitMs: 120_000 });

const folder = temporaryFolder('config');
const repository = join(folder, 'greetings');
const cli = throughline(bundle, join(folder, 'data'));
const file = join(cli.data, 'config.json');
const config = (...words: readonly string[]): Promise<Said> => inProcess(100, 'config', ...words);

test.before(async () => {
  makeSampleRepository(repository);
  process.env.THROUGHLINE_DATA = cli.data;
  is((await cli.run('serve', '--background')).code, 0);
});
test.after(async () => {
  await cli.run('stop');
});

test('a setting is shown with its default, set, shown again and taken away; the file is the owner’s alone', async () => {
  is((await config('path')).stdout, `${file}\n`);
  is((await config('get', 'parkAfterMinutes')).stdout, '10\n');
  const set = await config('set', 'parkAfterMinutes', '30');
  is(set.code, 0, set.stderr);
  match(set.stdout, 'Holds from now on: parkAfterMinutes.');
  is((await config('get', 'parkAfterMinutes')).stdout, '30\n');
  is(statSync(file).mode & 0o777, 0o600);
  equal((await config('set', 'snapshots.keepDays', '7', '--json')).json(), {
    path: file,
    running: true,
    taken: [],
    restart: ['snapshots'],
  });
  equal(JSON.parse(readFileSync(file, 'utf8')), { parkAfterMinutes: 30, snapshots: { keepDays: 7 } });
  is((await config('set', 'snapshots.keepDays')).code, 0);
  equal((await config('get', 'snapshots', '--json')).json(), { maxFileMegabytes: 32 });
  is((await config('get', 'nothing.like.this')).code, 2);
});

test('what would be wrong is refused, by its name, and the file stays as it was', async () => {
  const before = readFileSync(file, 'utf8');
  for (const [name, value, says] of [
    ['parkAfterMinutes', 'never', /parkAfterMinutes: /],
    ['parkAfterMinute', '3', /parkAfterMinute/],
    ['agents.mine.comand', 'x', /agents\.mine/],
    ['__proto__.polluted', 'true', /__proto__/],
    ['snapshots..keepDays', '3', /is no name of a setting/],
  ] as const) {
    const said = await config('set', name, value);
    is(said.code, 2, `${name}: ${said.stdout}`);
    match(said.stderr, says);
    is(said.stderr.trim().split('\n').length <= 2, true);
  }
  is(readFileSync(file, 'utf8'), before);
  is((Object.prototype as Record<string, unknown>).polluted, undefined);
});

test('an agent that is added is there for the next session of the runtime that runs', async () => {
  const agent = fileURLToPath(new URL('support/asking-agent.mjs', import.meta.url));
  const mine = JSON.stringify({ command: process.execPath, args: [agent, 'patch'] });
  const set = await config('set', 'agents.mine', mine, '--json');
  equal([set.json().taken, set.json().restart], [['agents'], []]);
  const begun = await inProcess(100, 'run', 'Ask', '--agent', 'mine', '--repo', repository);
  is(begun.code, 0, begun.stderr);
  // What a runtime writes down leaves out the secrets it has known from its beginning.
  const secret = JSON.stringify({ command: 'x', env: { MY_TOKEN: 'a-secret-of-this-agent' } });
  equal((await config('set', 'agents.secret', secret, '--json')).json().restart, ['agents']);
});

test('`config edit` opens the editor, and refuses what is wrong with nothing written', async () => {
  process.env.VISUAL = 'sed -i s/30/45/';
  const said = await atTerminal({ typed: [] }, 'config', 'edit');
  is(said.code, 0, said.stderr);
  is((await config('get', 'parkAfterMinutes')).stdout, '45\n');
  process.env.VISUAL = 'sed -i s/45/-1/';
  is((await atTerminal({ typed: ['', 'n'] }, 'config', 'edit')).code, 2);
  is((await config('get', 'parkAfterMinutes')).stdout, '45\n');
  // What was wrong is there to be edited again: the second time nothing is left to mend for this editor.
  process.env.VISUAL = 'sed -i -e s/-1/50/ -e s/45/-1/';
  const again = await atTerminal({ typed: ['', 'y'] }, 'config', 'edit');
  is(again.code, 0, again.stderr);
  match(again.stderr, /what you wrote: parkAfterMinutes: .*nothing was written/);
  is((await config('get', 'parkAfterMinutes')).stdout, '50\n');
  process.env.VISUAL = 'true';
  is((await atTerminal({ typed: [] }, 'config', 'edit')).stdout, 'Nothing was changed.\n');
  is((await config('edit')).code, 2);
});

test('`restart` starts the runtime again where it was, with the settings that needed it', async () => {
  const before = JSON.parse((await cli.run('serve', '--background', '--json')).stdout) as { url: string; pid: number };
  const again = await cli.run('restart', '--json');
  is(again.code, 0, again.stderr);
  const [{ url, pid, wasRunning } = {}] = again.json();
  equal([url, wasRunning], [before.url, true]);
  is(pid === before.pid, false);
  equal((await config('set', 'parkAfterMinutes', '45', '--json')).json().restart, []);
});

test('in a data directory where nobody was, it says the defaults, and a file that is wrong is said before anything', async () => {
  const elsewhere = join(folder, 'elsewhere');
  is((await config('get', 'discardedDays', '--data', elsewhere)).stdout, '30\n');
  is(existsSync(elsewhere), false);
  const set = await config('set', 'editor', 'vim', '--data', elsewhere);
  is(set.stdout, `Written to ${join(elsewhere, 'config.json')}.\n`);
  writeFileSync(join(elsewhere, 'config.json'), '{"editor": ');
  is((await config('set', 'editor', 'vim', '--data', elsewhere)).code, 2);
});

test('`serve --json` says in one line of JSON where it is', async () => {
  const serving = cli.start('serve', '--json', '--data', join(folder, 'served'));
  try {
    await until('it has said where it is', async () => serving.stdout().includes('\n'));
    const { url, pid, data } = JSON.parse(serving.stdout()) as Record<string, unknown>;
    match(String(url), /^http:\/\/127\.0\.0\.1:\d+$/);
    equal([pid, data], [serving.child.pid, join(folder, 'served')]);
  } finally {
    serving.child.kill('SIGTERM');
  }
  equal([(await serving.ended).code, serving.stdout().trim().split('\n').length], [0, 1]);
});

test.run();
