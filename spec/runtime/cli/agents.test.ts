import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, match, not, ok } from 'uvu/assert';
import { colourless } from '../../../runtime/cli/invocation/terminal.ts';
import { agentReportLines, agentTable } from '../../../runtime/cli/render/agent-table.ts';
import { displayWidth } from '../../../runtime/cli/text/display-width.ts';
import { marked } from '../../support/marked-processes.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('agents, looked at');

const loginAgent = fileURLToPath(new URL('../../support/agents/login-agent.mjs', import.meta.url));

const withAgents = (agents: Readonly<Record<string, { args: readonly string[]; env?: object }>>) => {
  const cli = throughline(bundle);
  mkdirSync(cli.data, { recursive: true, mode: 0o700 });
  const entries = Object.entries(agents).map(([name, agent]) => [name, { command: process.execPath, ...agent }]);
  writeFileSync(join(cli.data, 'config.json'), JSON.stringify({ agents: Object.fromEntries(entries) }), {
    mode: 0o600,
  });
  return cli;
};

const mine = (env: object = {}) => ({
  args: [loginAgent],
  env: { CODEX_API_KEY: null, OPENAI_API_KEY: null, LOGIN_STATE: join(temporaryFolder(), 'state'), ...env },
});

test('an agent is asked what it can and how it is logged in', async () => {
  const cli = withAgents({ mine: mine({ LOGIN_METHODS: 'browser,terminal' }) });
  const { code, json, stderr } = await cli.run('agents', 'mine', '--json');
  is(code, 0, stderr);
  const [report] = json() as {
    version: string;
    can: Record<string, boolean>;
    logins: { id: string; inTerminal: boolean }[];
    login: unknown;
  }[];
  is(report?.version, '9.9.9');
  const can = Object.entries(report?.can ?? {}).flatMap(([name, does]) => (does ? [name] : []));
  equal(can, ['load', 'logout', 'mcpHttp']);
  equal(
    report?.logins.map(({ id, inTerminal }) => [id, inTerminal]),
    [
      ['browser', false],
      ['terminal', true],
    ],
  );
  is(report?.login, null);
  not.match((await cli.run('agents', 'mine')).stdout, '\u001b');
  equal(marked(cli.data), []);
});

test('whether it is logged in is tried out, with the key that it has', async () => {
  const cli = withAgents({ without: mine(), 'with-key': mine({ CODEX_API_KEY: 'any' }) });
  const without = await cli.run('agents', 'without', '--check');
  is(without.code, 1);
  match(without.stdout, 'not logged in: throughline login without');
  const withKey = await cli.run('agents', 'with-key', '--check');
  is(withKey.code, 0, withKey.stderr);
  match(withKey.stdout, '✓ logged in');
});

test('an agent that ends, or is none, costs a line and the exit code', async () => {
  const cli = withAgents({ ends: { args: ['-e', 'console.error("out of luck"); process.exit(3)'] } });
  const { code, stderr } = await cli.run('agents', 'ends');
  is(code, 1);
  match(stderr, 'exited with code 3: out of luck');
  is((await cli.run('agents', 'nobody')).code, 3);
});

test('the release that is installed is told without a start, and a newer one that runs here', async () => {
  const folder = temporaryFolder('path');
  const home = join(folder, 'node_modules', 'opencode-ai');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'opencode-ai', version: '1.0.0', bin: { opencode: 'opencode' } }),
  );
  writeFileSync(join(home, 'opencode'), '#!/bin/sh\ntouch "$0.started"\n');
  chmodSync(join(home, 'opencode'), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${home}:${before}`;
  try {
    const { json } = await throughline(bundle).run('agents', '--json');
    const { agents } = json()[0] as { agents: { name: string; version: string | null; update: string | null }[] };
    const found = agents.find(({ name }) => name === 'opencode');
    equal([found?.version, found?.update], ['1.0.0', 'npm install -g opencode-ai']);
  } finally {
    process.env.PATH = before;
  }
});

type Checks = { ok: boolean; checks: { name: string; state: string; why: string }[] };
const statesOf = ({ checks }: Checks) => checks.map(({ name, state }) => `${name} ${state}`);

test('an agent is tried out in a short conversation: the rehearsal agent without any model', async () => {
  const cli = throughline(bundle);
  const { code, json, stderr } = await cli.run('agents', 'test', 'rehearsal', '--json');
  is(code, 0, stderr);
  const tried = json()[0] as Checks;
  is(tried.ok, true);
  equal(statesOf(tried), [
    ...['start well', 'conversation well', 'answer well', 'stream well', 'end well', 'usage open'],
    ...['cancel well', 'taken up well'],
  ]);
  const told = await cli.run('agents', 'test', 'rehearsal');
  match(told.stdout, '✓ answer        Done, that was quick.');
  equal(marked(cli.data), []);
});

test('what does not work is named, with why, and is the exit code', async () => {
  const cli = withAgents({ mine: mine(), 'with-key': mine({ CODEX_API_KEY: 'any' }) });
  const refusing = await cli.run('agents', 'test', 'rehearsal:refused', '--json');
  is(refusing.code, 1);
  match(JSON.stringify(refusing.json()[0]), '"name":"end","state":"bad","why":"refusal"');
  const dying = await cli.run('agents', 'test', 'rehearsal:crash');
  is(dying.code, 1);
  match(dying.stdout, /✗ answer +The agent exited/);
  const without = await cli.run('agents', 'test', 'mine', '--yes');
  is(without.code, 1);
  match(without.stdout, /✗ conversation +mine is not logged in/);
  // It forgets with its process that it was told of its key, and is told again.
  const tried = (await cli.run('agents', 'test', 'with-key', '--yes', '--json')).json()[0] as Checks;
  is(statesOf(tried).at(-1), 'taken up well');
  equal(marked(cli.data), []);
});

test('a real model is asked for nothing without a word of the person', async () => {
  const { code, stderr } = await withAgents({ mine: mine() }).run('agents', 'test', 'mine');
  is(code, 2);
  match(stderr, 'at your cost');
});

const agent = (name: string, more: object = {}) => ({
  name,
  title: `Title of ${name}: with more`,
  command: [name],
  path: `/usr/local/bin/${name}`,
  installed: true,
  install: null,
  source: 'preset' as const,
  asks: null,
  ...more,
});
const lines = [
  { agent: agent('one'), version: '1.2.3', update: 'npm install -g one', needsNode: null },
  {
    agent: agent('another', { installed: false, path: null, install: 'npm install -g @some/rather-long-name@0.49.0' }),
    version: null,
    update: null,
    needsNode: '99.1.0',
  },
];

test('the table is as wide as the terminal at most, and nothing of a command is cut', () => {
  for (const columns of [60, 120]) {
    const text = agentTable(lines, { colours: colourless, columns });
    for (const line of text.split('\n')) ok(displayWidth(line) <= columns, line);
    for (const part of [
      'npm install -g @some/rather-long-name@0.49.0',
      'needs Node 99.1.0',
      'newer: npm install -g one',
    ]) {
      match(text, part);
    }
  }
  const wide = agentTable(lines, { colours: colourless, columns: 120 }).split('\n');
  is(wide.length < agentTable(lines, { colours: colourless, columns: 60 }).split('\n').length, true);
});

test('what an agent says of itself is harmless', () => {
  const can = JSON.parse('{}');
  const report = { agent: 'odd\u001b[2J', version: '1\n2', protocol: 1, can, logins: [], login: null };
  const text = agentReportLines('odd', report, colourless);
  not.match(text, '\u001b');
  is(text.split('\n').length, 6);
});

test.run();
