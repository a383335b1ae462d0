import { existsSync } from 'node:fs';
import { equal, is, match, not } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('the command line, where no runtime is needed');

const commands = [
  ...['serve', 'stop', 'run', 'prompt', 'interrupt', 'resume', 'approve', 'deny', 'rename', 'remove'],
  ...['list', 'show', 'history', 'agents', 'login', 'verify', 'demo', 'diff', 'comment', 'review'],
  ...['check', 'setup', 'commit', 'land', 'undo', 'fork', 'discarded', 'blame', 'bisect', 'push', 'pr'],
];

test('every command has help with an example, and takes --data and --json', async () => {
  const cli = throughline(bundle);
  const helps = await Promise.all(commands.map((command) => cli.run(command, '--help')));
  for (const [index, { code, stdout }] of helps.entries()) {
    is(code, 0);
    match(stdout, `$ throughline ${commands[index]}`);
    match(stdout, '--data <dir>');
    match(stdout, '--json');
  }
});

test('wrong usage ends with 2, one line on stderr, a suggestion where there is one', async () => {
  const cli = throughline(bundle);
  const wrong = [
    ['lst'],
    ['list', '--jsn'],
    ['show'],
    ['show', 'a', 'b'],
    ['serve', '--port', '99999'],
    ['run', 'x', '--approve', 'maybe'],
    ['run', 'two', 'words'],
    ['run', ''],
    ['run', '-'],
    ['list', '--data', ''],
  ];
  const ends = await Promise.all(wrong.map((words) => cli.run(...words)));
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    is(code, 2, `${wrong[index]?.join(' ')}: ${stderr}`);
    match(stderr, /^throughline: [^\n]+ \([^\n]+\)\n$/);
    is(stdout, '');
  }
  match(ends[0]?.stderr ?? '', 'Did you mean list?');
  match(ends[1]?.stderr ?? '', 'Did you mean --json?');
});

test('with --json an error is an object on stdout as well', async () => {
  const cli = throughline(bundle);
  const unknown = await cli.run('show', 'nobody', '--json');
  is(unknown.code, 3);
  match(unknown.stdout, /^\{"error":\{"code":"session\.not_found",[^\n]+\n$/);
  match(unknown.stderr, /^throughline: no session is called "nobody"/);
  const wrong = await cli.run('--json', 'lst');
  is(wrong.code, 2);
  match(wrong.stdout, '{"error":{"code":"input.invalid",');
});

test('what only reads makes nothing where there is nothing', async () => {
  const cli = throughline(bundle);
  const list = await cli.run('list');
  is(list.code, 0);
  match(list.stdout, 'No sessions yet');
  equal((await cli.run('list', '--json')).json(), [{ version: 0, rows: [] }]);
  is((await cli.run('verify')).code, 3);
  is((await cli.run('history', 'x')).code, 3);
  const stop = await cli.run('stop');
  is(stop.code, 0);
  match(stop.stdout, 'No runtime is running');
  equal((await cli.run('stop', '--json')).json(), [{ ok: true, wasRunning: false }]);
  not.ok(existsSync(cli.data));
});

test('a prompt is read from standard input, and an unknown session needs no runtime to be unknown', async () => {
  const cli = throughline(bundle);
  is((await cli.withInput('   ', 'run')).code, 2);
  const unknown = await cli.withInput('Now the docs', 'prompt', 'nobody');
  is(unknown.code, 3);
  not.ok(existsSync(cli.data));
});

test('agents are described without a runtime', async () => {
  const { code, json } = await throughline(bundle).run('agents', '--json');
  is(code, 0);
  const agents = json()[0]?.agents as { name: string; source: string; installed: boolean }[];
  is(agents.find(({ name }) => name === 'rehearsal')?.installed, true);
});

test('no stack trace, unless it is asked for', async () => {
  const quiet = await throughline(bundle).run('show', 'nobody');
  not.match(quiet.stderr, '    at ');
  process.env.THROUGHLINE_DEBUG = '1';
  try {
    match((await throughline(bundle).run('show', 'nobody')).stderr, '    at ');
  } finally {
    delete process.env.THROUGHLINE_DEBUG;
  }
});

test.run();
