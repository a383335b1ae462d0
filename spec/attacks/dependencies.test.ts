/**
 * That what is installed is what was chosen: each package of one version and one content, from the registry, running nothing
 * when it is installed unless we named it. Not that what was chosen is good: whether a version has a known hole is for
 * `npm audit` to say, which asks a service on the network, and whether it has an unknown one nobody says.
 */
import { readdirSync, readFileSync } from 'node:fs';
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

const lockFile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), lockedPackage) });
const lock = lockFile.parse(read('package-lock.json'));

/** Neutralino's tool with all it needs, which `npm run window:fetch` installs. */
const toolLock = lockFile.parse(read('native/neutralino/package-lock.json'));

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({
    dependencies: versions,
    optionalDependencies: versions,
    devDependencies: versions,
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(read('package.json'));

/** The one package that is a folder of this repository: `engines`, a dependency, and the line that hands it on. */
const ours = { name: 'sqlite-for-node-20', from: 'file:native/sqlite-for-node-20' };

const locked = Object.entries(lock.packages).filter(([path]) => path !== '' && path !== `node_modules/${ours.name}`);
const allLocked = [...locked, ...Object.entries(toolLock.packages).filter(([path]) => path !== '')];
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

test('every package is pinned by a sha512 of its content', () => {
  assert.ok(locked.length > 20);
  const unpinned = allLocked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));
  assert.equal(unpinned, []);
});

test('every package comes from the registry by its name: none from git, a web address or a folder', () => {
  const foreign = allLocked.filter(([, { resolved, link }]) => resolved !== undefined || link === true);
  assert.equal(foreign, []);
  const badlyPlaced = allLocked.filter(([path]) => !path.startsWith('node_modules/') || path.includes('..'));
  assert.equal(badlyPlaced, []);
});

test('the one package of our own comes from this repository, and brings nothing but one pinned package', () => {
  assert.is(lock.packages[`node_modules/${ours.name}`]?.resolved, ours.from);
  assert.is(manifest.optionalDependencies[ours.name], ours.from);
  const folder = ours.from.slice('file:'.length);
  assert.equal(readdirSync(new URL(`../../${folder}`, import.meta.url)).sort(), ['index.cjs', 'package.json']);
  const code = readFileSync(new URL(`../../${folder}/index.cjs`, import.meta.url), 'utf8');
  assert.is(code, "module.exports = require('better-sqlite3');\n");
  const own = z
    .looseObject({ dependencies: versions, scripts: z.undefined().optional() })
    .parse(read(`${folder}/package.json`));
  for (const [name, version] of Object.entries(own.dependencies)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.is(lock.packages[`node_modules/${ours.name}/node_modules/${name}`]?.version, version, name);
  }
});

test('what we ask for is one exact version, and the lock file holds that one', () => {
  const { dependencies, optionalDependencies, devDependencies } = manifest;
  for (const [name, asked] of Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies })) {
    if (name === ours.name) continue;
    assert.match(asked, /^\d+\.\d+\.\d+$/, name);
    assert.is(lock.packages[`node_modules/${name}`]?.version, asked, name);
  }
});

test('only packages that we name may run a script when they are installed', () => {
  const withScript = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
  const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]);
  assert.equal([...new Set(withScript)].sort(), allowed.sort());
});

test("the window's tool is installed as it was pinned, running nothing, and by no name that is looked up then", () => {
  const script = readFileSync(new URL('../../fetch-window.mjs', import.meta.url), 'utf8');
  assert.match(script, /'ci', '--prefix', folder, '--ignore-scripts'/);
  assert.not.match(script, /npx/);
  const asked = z.object({ dependencies: versions }).parse(read('native/neutralino/package.json')).dependencies;
  assert.equal(Object.keys(asked), ['@neutralinojs/neu']);
  for (const [name, version] of Object.entries(asked)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.is(toolLock.packages[`node_modules/${name}`]?.version, version, name);
  }
});

test.run();
