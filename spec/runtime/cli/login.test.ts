import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, match, not } from 'uvu/assert';
import { marked } from '../../support/marked-processes.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { bundle, type Throughline, throughline } from './support/throughline.ts';

const test = suite('logging agents in');

const program = fileURLToPath(new URL('../../support/agents/login-agent.mjs', import.meta.url));

type World = Throughline & { readonly state: string };

/** The command line with an agent called `mine` that offers these methods. */
const withAgent = (methods: string, env: Readonly<Record<string, string>> = {}): World => {
  const cli = throughline(bundle);
  const state = join(cli.data, 'logged-in');
  mkdirSync(cli.data, { recursive: true, mode: 0o700 });
  const agent = {
    command: process.execPath,
    args: [program],
    env: { CODEX_API_KEY: null, LOGIN_STATE: state, LOGIN_METHODS: methods, ...env },
  };
  writeFileSync(join(cli.data, 'config.json'), JSON.stringify({ agents: { mine: agent } }), { mode: 0o600 });
  return { ...cli, state };
};

test('the only method that an agent offers is done: it is told to, and what it says on the way is shown harmless', async () => {
  const cli = withAgent('browser');
  const { code, stdout, stderr } = await cli.run('login', 'mine');
  is(code, 0, stderr);
  match(stdout, 'mine is logged in');
  match(stderr, 'Waiting for mine to log in');
  match(stderr, 'open http://127.0.0.1:9/login');
  not.match(stderr, '\u001b');
  is(readFileSync(cli.state, 'utf8'), 'browser');
  equal(marked(cli.data), []);
});

test('a method for the terminal runs the agent’s own command with its arguments and variables', async () => {
  const cli = withAgent('terminal');
  const { code, stdout, stderr } = await cli.run('login', 'mine');
  is(code, 0, stderr);
  match(stdout, 'logging in, by hand');
  is(readFileSync(cli.state, 'utf8'), 'by hand');

  const older = withAgent('program');
  const told = await older.run('login', 'mine', '--json');
  is(told.code, 0, told.stderr);
  equal(told.json(), [{ agent: 'mine', method: 'program', loggedIn: true }]);
  is(readFileSync(older.state, 'utf8'), 'by program');
});

test('a login in the terminal that does not end well is no login', async () => {
  const { code, stderr } = await withAgent('terminal', { LOGIN_FAILS: '1' }).run('login', 'mine');
  is(code, 1);
  match(stderr, 'exit code 3');
});

test('of several methods one has to be chosen; where nobody can be asked they are told', async () => {
  const cli = withAgent('api-key,browser');
  const refused = await cli.run('login', 'mine');
  is(refused.code, 2);
  match(refused.stderr, 'api-key, browser');
  is((await cli.run('login', 'mine', '--method', 'nothing')).code, 2);
  is(existsSync(cli.state), false);
  is((await cli.run('login', 'mine', '--method', 'browser')).code, 0);
  const withoutKey = await cli.run('login', 'mine', '--method', 'api-key');
  is(withoutKey.code, 1);
  match(withoutKey.stderr, 'CODEX_API_KEY is not set');
});

test('logging out is asked of the agent', async () => {
  const cli = withAgent('browser');
  await cli.run('login', 'mine');
  const out = await cli.run('login', 'mine', '--out', '--json');
  equal(out.json(), [{ agent: 'mine', loggedIn: false }], out.stderr);
  is(existsSync(cli.state), false);
  const rehearsal = await cli.run('login', 'rehearsal', '--out');
  is(rehearsal.code, 4);
  is((await cli.run('login', 'rehearsal')).code, 4);
});

test('a login that is cancelled leaves no agent behind, and one under way is nothing that a runtime ends', async () => {
  const cli = withAgent('waits');
  const waiting = cli.start('login', 'mine');
  await until('its agent runs', () => marked(cli.data).length > 0);
  const agents = marked(cli.data);
  is((await cli.run('serve', '--background')).code, 0);
  equal(marked(cli.data), agents);
  waiting.child.kill('SIGINT');
  is((await waiting.ended).code, 130);
  await until('its agent is gone', () => marked(cli.data).length === 0);
});

test('the agent of a login whose program was killed is ended by the next runtime', async () => {
  const cli = withAgent('waits', { LOGIN_STAYS: '1' });
  const waiting = cli.start('login', 'mine');
  await until('its agent runs', () => marked(cli.data).length > 0);
  waiting.child.kill('SIGKILL');
  await waiting.ended;
  is(marked(cli.data).length, 1);
  is((await cli.run('serve', '--background')).code, 0);
  await until('its agent is gone', () => marked(cli.data).length === 0);
});

test.run();
