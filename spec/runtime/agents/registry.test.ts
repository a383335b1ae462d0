import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equal, is } from 'uvu/assert';
import { installedPackage } from '../../../runtime/agents/installed-version.ts';
import { presets } from '../../../runtime/agents/presets.ts';
import { installable, isNewer } from '../../../runtime/agents/registry.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('releases of agents');

test('the newest release that runs on a Node is the one to install', () => {
  const claude = '@agentclientprotocol/claude-agent-acp';
  is(installable(claude, '24.0.0').specifier, claude);
  equal(installable(claude, '20.19.0'), { specifier: `${claude}@0.49.0`, version: '0.49.0', needsNode: null });
  const kimi = installable('@moonshot-ai/kimi-code', '20.19.0');
  equal([kimi.specifier, kimi.needsNode], ['@moonshot-ai/kimi-code', '22.19.0']);
  is(installable('@moonshot-ai/kimi-code', '22.19.0').needsNode, null);
  equal(installable('not-known', '20.19.0'), { specifier: 'not-known', version: null, needsNode: null });
});

test('every preset is in the data', () => {
  for (const preset of Object.values(presets)) is(typeof installable(preset.package, '24.0.0').version, 'string');
});

test('versions are compared by their numbers', () => {
  for (const [newer, older] of [
    ['1.10.0', '1.9.9'],
    ['2.0.0', '1.99.99'],
    ['1.0.1', '1.0.0-beta.7'],
  ] as const) {
    equal([isNewer(newer, older), isNewer(older, newer), isNewer(newer, newer)], [true, false, false]);
  }
});

const write = (path: string, text: string): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
};

test('a program is of the release that stands beside it, links followed', () => {
  const folder = temporaryFolder();
  const home = join(folder, 'node_modules', '@some', 'agent');
  const manifest = { name: '@some/agent', version: '1.2.3', bin: { 'some-agent': 'dist/bin/main.js' } };
  write(join(home, 'package.json'), JSON.stringify(manifest));
  write(join(home, 'dist', 'package.json'), '{"type":"module"}');
  const program = write(join(home, 'dist', 'bin', 'main.js'), '');
  mkdirSync(join(folder, 'bin'));
  symlinkSync(program, join(folder, 'bin', 'some-agent'));
  equal(installedPackage(join(folder, 'bin', 'some-agent'), 'some-agent'), { name: '@some/agent', version: '1.2.3' });
  // One that only lies there, and those of which nothing can be read, are of no release.
  is(installedPackage(write(join(home, 'other'), ''), 'other'), null);
  write(join(folder, 'package.json'), '{ no JSON');
  is(installedPackage(write(join(folder, 'plain'), ''), 'plain'), null);
  is(installedPackage('/nowhere/at/all', 'all'), null);
});

test.run();
