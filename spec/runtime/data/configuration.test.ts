import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { parseConfiguration, readConfiguration } from '../../../runtime/data/configuration.ts';
import { openDataDirectory } from '../../../runtime/data/data-directory.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('configuration');

const refused = (value: unknown): string => {
  try {
    parseConfiguration(typeof value === 'string' ? value : JSON.stringify(value), '/data/config.json');
  } catch (thrown) {
    assert.ok(thrown instanceof ThroughlineError);
    assert.equal(thrown.code, 'input.invalid');
    return thrown.message;
  }
  throw new Error('accepted');
};

test('without a file everything has its default', () => {
  assert.deepEqual(readConfiguration(openDataDirectory(temporaryFolder())), {
    agents: {},
    passEnvironment: [],
    parkAfterMinutes: 10,
    interruptDeadlineMs: 10_000,
    synchronous: 'FULL',
    retention: {},
    limits: { wait: true, retries: 5 },
    discardedDays: 30,
    snapshots: { maxFileMegabytes: 32 },
    maxStoredTextBytes: 262_144,
    maxRecapBytes: 32_768,
    mcpServers: [],
    repositories: {},
  });
});

test('what is set is read, the rest keeps its default', () => {
  const directory = openDataDirectory(temporaryFolder());
  const agent = { command: 'my-agent', args: ['--acp'], env: { KEY: 'value', HTTP_PROXY: null }, mode: 'ask' };
  writeFileSync(directory.configuration, JSON.stringify({ agents: { mine: agent }, synchronous: 'NORMAL' }));
  const configuration = readConfiguration(directory);
  assert.deepEqual(configuration.agents, { mine: { ...agent, options: {}, protocol: 1 } });
  assert.equal(configuration.synchronous, 'NORMAL');
  assert.equal(configuration.parkAfterMinutes, 10);
});

test('what is wrong is named with its file and its place', () => {
  assert.match(refused('{ "agents": '), /^\/data\/config\.json: it is no JSON/);
  assert.match(refused('{\n  "agents": {} "x": 1 }'), /it is no JSON, from line 2, column 16 on/);
  assert.match(refused([]), /^\/data\/config\.json: .*object/);
  assert.match(refused({ agents: { mine: { args: [] } } }), /config\.json: agents\.mine\.command: /);
  assert.match(refused({ agents: { mine: { command: 'x', args: ['a', 7] } } }), /agents\.mine\.args\.1: /);
  assert.match(refused({ parkAfterMinuts: 5 }), /parkAfterMinuts/);
  assert.match(refused({ passEnvironment: ['A B'] }), /passEnvironment\.0: a name/);
  assert.match(refused({ synchronous: 'OFF' }), /synchronous: .*FULL/);
});

test('bounds hold', () => {
  for (const wrong of [
    { parkAfterMinutes: -1 },
    { interruptDeadlineMs: 99 },
    { interruptDeadlineMs: 0.5 },
    { retention: { maxAgeDays: 0 } },
    { retention: { maxTotalMegabytes: 1 } },
    { maxStoredTextBytes: 1 },
  ]) {
    assert.match(refused(wrong), new RegExp(Object.keys(wrong)[0] ?? ''));
  }
});

test('an agent cannot take a name that means something else', () => {
  for (const name of ['rehearsal', 'acp:node', '', '-x', 'a b']) {
    assert.match(refused(`{"agents":{${JSON.stringify(name)}:{"command":"x"}}}`), /agents/);
  }
});

test('a configuration behind a symlink is not read', () => {
  const directory = openDataDirectory(temporaryFolder());
  symlinkSync('/dev/null', directory.configuration);
  assert.throws(() => readConfiguration(directory), /symlink/);
});

test.run();
