import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { suite } from '../support/suite.ts';

const test = suite('attacks on the dependencies');

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));

const lockedPackage = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});

const lock = z
  .object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), lockedPackage) })
  .parse(read('package-lock.json'));

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: versions, devDependencies: versions, allowScripts: z.record(z.string(), z.boolean()) })
  .parse(read('package.json'));

const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

test('every package is pinned by a sha512 of its content', () => {
  assert.ok(locked.length > 20);
  const unpinned = locked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));
  assert.equal(unpinned, []);
});

test('every package comes from the registry by its name: none from git, a web address or a folder', () => {
  const foreign = locked.filter(([, { resolved, link }]) => resolved !== undefined || link === true);
  assert.equal(foreign, []);
  const badlyPlaced = locked.filter(([path]) => !path.startsWith('node_modules/') || path.includes('..'));
  assert.equal(badlyPlaced, []);
});

test('what we ask for is one exact version, and the lock file holds that one', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.is(lock.packages[`node_modules/${name}`]?.version, version, name);
  }
});

test('only packages that we name may run a script when they are installed', () => {
  const withScript = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
  const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]);
  assert.equal([...new Set(withScript)].sort(), allowed.sort());
});

test.run();
