import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { agentDescription } from '../../../actors/protocol/gateway/api.ts';
import { type AgentSurroundings, describeAgents, findAgent } from '../../../runtime/agents/find-agent.ts';
import { findProgram } from '../../../runtime/agents/find-program.ts';
import { installCommand, presets } from '../../../runtime/agents/presets.ts';
import { parseConfiguration } from '../../../runtime/data/configuration.ts';
import { openDataDirectory } from '../../../runtime/data/data-directory.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('find agent');

const program = (folder: string, name: string, mode = 0o755): string => {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
};

const surroundings = (
  agents: Record<string, unknown> = {},
  environment: NodeJS.ProcessEnv = {},
): AgentSurroundings => ({
  configuration: parseConfiguration(JSON.stringify({ agents }), 'config.json'),
  dataDirectory: openDataDirectory(temporaryFolder()),
  environment,
});

const refused = (code: string, name: string, around: AgentSurroundings): string => {
  try {
    findAgent(name, around);
  } catch (thrown) {
    assert.ok(thrown instanceof ThroughlineError, String(thrown));
    assert.equal(thrown.code, code);
    return `${thrown.message}; ${thrown.hint}`;
  }
  throw new Error(`${name} was found`);
};

test('a preset that is on PATH is started by its whole path, with its arguments', () => {
  const folder = temporaryFolder();
  const path = program(folder, 'opencode');
  const launch = findAgent('opencode', surroundings({}, { PATH: folder, HOME: '/home/me', OPENAI_API_KEY: 'k' }));
  assert.deepEqual(launch, {
    name: 'opencode',
    command: path,
    arguments: ['acp'],
    environment: { PATH: folder, HOME: '/home/me', OPENAI_API_KEY: 'k' },
    defaults: {},
    protocol: 1,
  });
});

test('what is not installed is refused with the command that installs it', () => {
  for (const [name, preset] of Object.entries(presets)) {
    const said = refused('agent.not_installed', name, surroundings({}, { PATH: '/nowhere' }));
    assert.match(said, /PATH.*npm install -g /);
    assert.ok(said.includes(preset.package));
  }
});

test('on an older Node the newest agent that runs there is named', () => {
  const { claude } = presets;
  assert.ok(claude);
  assert.equal(installCommand(claude, '20.20.0'), 'npm install -g @agentclientprotocol/claude-agent-acp@0.49.0');
  assert.equal(installCommand(claude, '24.1.0'), 'npm install -g @agentclientprotocol/claude-agent-acp');
});

test('an unknown name is refused with those that are known and the one most likely meant', () => {
  const around = surroundings({ mine: { command: 'x' } });
  assert.match(refused('agent.unknown', 'opncode', around), /did you mean opencode\?.*claude.*mine/);
  assert.doesNotMatch(refused('agent.unknown', 'zzzzzz', around), /did you mean/);
  for (const name of ['constructor', '__proto__', 'toString']) refused('agent.unknown', name, around);
});

test('a configured agent has its own arguments, variables and mode, and may stand in for a preset', () => {
  const folder = temporaryFolder();
  const path = program(folder, 'my-claude');
  const agents = {
    claude: { command: path, args: ['--acp'], env: { ADDED: '1', GONE: null }, mode: 'plan', options: { fast: true } },
  };
  const launch = findAgent('claude', surroundings(agents, { GONE: 'x', KEPT: 'y', THROUGHLINE_DATA: '/d' }));
  assert.equal(launch.command, path);
  assert.deepEqual(launch.arguments, ['--acp']);
  assert.deepEqual(launch.environment, { KEPT: 'y', ADDED: '1' });
  assert.deepEqual(launch.defaults, { fast: true, mode: 'plan' });
  const missing = surroundings({ mine: { command: 'none-such' } });
  assert.match(refused('agent.not_installed', 'mine', missing), /agents\.mine\.command in .*config\.json/);
});

test('acp: takes any command line, without a shell', () => {
  const folder = temporaryFolder();
  const path = program(folder, 'my-agent');
  const launch = findAgent(`acp:my-agent --say 'two words' "$HOME;"`, surroundings({}, { PATH: folder }));
  assert.equal(launch.command, path);
  assert.deepEqual(launch.arguments, ['--say', 'two words', '$HOME;']);
  assert.equal(findAgent(`acp:"${path}"`, surroundings()).command, path);
  assert.match(refused('agent.not_installed', 'acp:none-such', surroundings()), /none-such/);
  refused('input.invalid', 'acp:', surroundings());
  refused('input.invalid', "acp:x 'open", surroundings());
  assert.match(refused('input.invalid', 'acp:./agent', surroundings()), /absolute path/);
});

test('the rehearsal agent starts in any folder, with the script asked for', async () => {
  const around = surroundings({}, process.env);
  const launch = findAgent('rehearsal:quick', around);
  assert.equal(launch.command, process.execPath);
  assert.deepEqual(launch.arguments.slice(-4), ['--script', 'quick', '--state', around.dataDirectory.rehearsal]);
  assert.deepEqual(findAgent('rehearsal', around).arguments.slice(-3)[0], 'default');
  const agent = spawn(launch.command, launch.arguments, { cwd: temporaryFolder(), env: launch.environment });
  const initialize = { protocolVersion: 1, clientCapabilities: {} };
  agent.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: initialize })}\n`);
  const [answer] = await once(agent.stdout, 'data');
  assert.match(String(answer), /protocolVersion/);
  agent.stdin.end();
  await once(agent, 'close');
});

test('a script that does not exist is refused before anything starts', () => {
  assert.match(refused('agent.script_invalid', 'rehearsal:quik', surroundings()), /did you mean quick\?/);
  assert.match(refused('agent.script_invalid', 'rehearsal:my.json', surroundings()), /absolute path/);
  assert.equal(findAgent('rehearsal:/tmp/my.json', surroundings()).arguments.at(-3), '/tmp/my.json');
});

test('all agents are described: presets, rehearsal, configured', () => {
  const folder = temporaryFolder();
  const path = program(folder, 'gemini');
  const agents = describeAgents(
    surroundings({ mine: { command: 'x', title: 'Mine' }, codex: { command: path } }, { PATH: folder }),
  );
  for (const agent of agents) assert.deepEqual(agentDescription.parse(agent), agent);
  const summary = agents.map(({ name, source, installed }) => `${name} ${source} ${installed}`);
  assert.deepEqual(summary, [
    'opencode preset false',
    'claude preset false',
    'gemini preset true',
    ...['qwen', 'kilo', 'kimi', 'copilot', 'pi', 'cline', 'auggie'].map((name) => `${name} preset false`),
    'rehearsal built-in true',
    'mine configuration false',
    'codex configuration true',
  ]);
  assert.equal(agents.find(({ name }) => name === 'gemini')?.path, path);
  assert.match(agents[0]?.install ?? '', /npm install -g opencode-ai/);
});

test('[law 18] it is said of each agent whether it can be made to ask', () => {
  const configured = { pi: { command: 'pi-acp' }, mine: { command: 'x' } };
  const agents = describeAgents(surroundings(configured, {}));
  assert.deepEqual(Object.fromEntries(agents.map(({ name, asks }) => [name, asks])), {
    opencode: null,
    claude: true,
    codex: true,
    gemini: true,
    qwen: true,
    kilo: null,
    kimi: false,
    copilot: true,
    cline: null,
    auggie: null,
    rehearsal: null,
    pi: false,
    mine: null,
  });
});

test('PATH is searched in order, for programs only, and never relative to a folder', () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  const here = process.cwd();
  process.chdir(first);
  try {
    mkdirSync(join(first, 'tool'));
    program(first, 'data', 0o644);
    const path = program(second, 'tool');
    program(first, 'local');
    const environment = { PATH: ['', '.', first, second].join(delimiter) };
    assert.equal(findProgram('tool', environment), path);
    assert.equal(findProgram('data', environment), null);
    assert.equal(findProgram('local', { PATH: ['', '.'].join(delimiter) }), null);
    assert.equal(findProgram('../x', environment), null);
    assert.equal(findProgram('tool', {}), null);
  } finally {
    process.chdir(here);
  }
});

test.run();
